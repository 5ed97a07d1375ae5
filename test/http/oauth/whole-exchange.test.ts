import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { revokeApiKeys } from '../../../src/db/api-keys.ts';
import { startTestExchange } from '../../support/running-exchange.ts';
import { confirmAddress } from '../../support/traders.ts';
import { PASSWORD } from '../gateway.ts';
import { TestClient } from '../websocket/client.ts';
import { basic, FORM } from './client.ts';

const ORDER = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '50000', quantity: '0.01' };

test('sockets take the scopes of such a token, and requests and sockets end when another process revokes the client', async (t) => {
  const { baseUrl, pool } = await startTestExchange(t);
  const send = async (method: string, path: string, body: unknown, token?: string) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await fetch(baseUrl + path, { method, headers, ...sent });
    return { status: reply.status, body: (await reply.json()) as Record<string, string> };
  };
  const person = { email: 'ada@example.com', password: PASSWORD };
  await send('POST', '/v1/auth/register', person);
  await confirmAddress(pool, person.email);
  const { body: session } = await send('POST', '/v1/auth/login', person);
  const { body: client } = await send(
    'POST',
    '/v1/me/api-keys',
    { name: 'reader', algorithm: 'client-secret', scopes: ['read'], password: PASSWORD },
    session['accessToken'],
  );
  const issued = await fetch(`${baseUrl}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': FORM, authorization: basic(client as never) },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await issued.json()) as { access_token: string };

  const socket = await TestClient.connect(t, baseUrl);
  await socket.ask('authenticate', { token });
  await socket.ask('subscribe', { channel: 'orders' });
  t.is((await socket.request('order.place', ORDER)).error.code, 'insufficient_scope');
  const see = async () => (await send('GET', '/v1/orders', undefined, token)).status;
  t.is(await see(), 200);

  await revokeApiKeys(pool, 1, Date.now());
  const beganAtMs = performance.now();
  while ((await see()) === 200) {
    t.true(performance.now() - beganAtMs < 10_000);
    await delay(20);
  }
  t.is((await socket.request('order.place', ORDER)).error.code, 'unauthenticated');
  t.log(`refused after ${Math.round(performance.now() - beganAtMs)} ms`);
});
