import test from 'ava';
import type { Exchange } from '../../src/actors/ports.ts';
import { REJECTIONS, type Rejection, refuse } from '../../src/domain/rejection.ts';
import { httpStatus } from '../../src/http/problem.ts';
import { createTestDatabase } from '../support/database.ts';
import { exchangeThatIs, startGateway } from './gateway.ts';

const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '1', quantity: '1' };

test('every refusal of the exchange keeps its code, gets its status, and 503 says when to try again', async (t) => {
  let code: Rejection = 'insufficient_funds';
  const exchange = { placeOrder: async () => refuse(code, 'Because.') } as unknown as Exchange;
  const gateway = await startGateway(t, exchange);
  const { accessToken: token } = await gateway.signUp('ada@example.com');
  for (code of REJECTIONS) {
    const { status, headers, body } = await gateway.request('POST', '/v1/orders', {
      token,
      body: order,
      undocumented: true,
    });
    t.is(status, httpStatus[code], code);
    t.is(headers.get('content-type'), 'application/problem+json; charset=utf-8');
    t.like(body, { code, status, detail: 'Because.', type: `/docs#${code}` });
    t.is(headers.has('retry-after'), status === 503, code);
  }
  t.is(httpStatus.outcome_unknown, 503);
});

test('a bug is a 500 that tells the client nothing but the request id', async (t) => {
  const exchange = {
    placeOrder: async () => {
      throw new Error('secret of the inside');
    },
  } as unknown as Exchange;
  const gateway = await startGateway(t, exchange);
  const { accessToken: token } = await gateway.signUp('ada@example.com');
  const { status, body } = await gateway.request('POST', '/v1/orders', { token, body: order });
  t.is(status, 500);
  t.is(body.code, 'internal_error');
  t.notRegex(JSON.stringify(body), /secret/);
  t.truthy(body.requestId);
});

test('without a database reads are answered with 503, and remembered tokens still let through', async (t) => {
  const database = await createTestDatabase(t);
  const gateway = await startGateway(t, exchangeThatIs(true), { database });
  const { accessToken: token } = await gateway.signUp('ada@example.com');
  t.is((await gateway.request('GET', '/v1/me', { token })).status, 200);
  await database.drop();
  const away = await gateway.request('GET', '/v1/me', { token });
  t.is(away.status, 503);
  t.is(away.body.code, 'database_unavailable');
  t.is(away.headers.get('retry-after'), '1');
});
