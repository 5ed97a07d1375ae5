import test from 'ava';
import { TestClient } from './client.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '1', quantity: '1' };

test('an expired token ends what needs an account; a new one in time keeps it', async (t) => {
  const { url, tokens } = await startScriptedGateway(t);
  const client = await TestClient.connect(t, url);
  await client.ask('authenticate', { token: tokens.issue(1000) });
  tokens.nowMs += 40_000;
  await client.ask('authenticate', { token: tokens.issue(1000) });
  tokens.nowMs += 40_000;
  t.is((await client.request('order.cancel', { orderId: '7-1' })).error.code, 'order_not_found');
  tokens.nowMs += 40_000;
  t.is((await client.request('order.place', order)).error.code, 'unauthenticated');
  t.deepEqual(await client.event('system'), {
    channel: 'system',
    type: 'session_ended',
    reason: 'token_expired',
  });
});

test('a socket whose session ended gets no more frames and is closed unless it signs in again', async (t) => {
  const { url, tokens } = await startScriptedGateway(t, { limits: { sessionGraceMs: 50 } });
  const client = await TestClient.connect(t, url);
  await client.ask('authenticate', { token: tokens.issue(1000, 'first') });
  tokens.endSession('another');
  tokens.endSession('first');
  t.is((await client.event('system')).reason, 'session_ended');
  t.is((await client.request('order.place', order)).error.code, 'unauthenticated');
  await client.ask('authenticate', { token: tokens.issue(1000, 'second') });
  tokens.endSession('second');
  t.deepEqual(await client.closed, { code: 4001, reason: 'session ended' });
});

test('a socket speaks for one account only', async (t) => {
  const { url, tokens } = await startScriptedGateway(t);
  const client = await TestClient.connect(t, url);
  await client.ask('authenticate', { token: tokens.issue(1000) });
  const other = await client.request('authenticate', { token: tokens.issue(1001) });
  t.is(other.error.code, 'account_mismatch');
  t.is((await client.request('order.cancel', { orderId: '1001-1' })).error.code, 'order_not_found');
});
