import test from 'ava';
import { TestClient } from './client.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '1', quantity: '1' };

test('a socket of a key may do what the key may, and ends with it', async (t) => {
  const { url, tokens } = await startScriptedGateway(t, { limits: { sessionGraceMs: 50 } });
  const reader = await TestClient.connect(t, url);
  await reader.ask('authenticate', { token: tokens.issue(1000, 'key:reader', ['read']) });
  t.is((await reader.request('order.place', order)).error.code, 'insufficient_scope');
  t.is(
    (await reader.request('order.cancelOnDisconnect', { enabled: true })).error.code,
    'insufficient_scope',
  );
  // It gets as far as the database, which this gateway does not have.
  t.is((await reader.request('subscribe', { channel: 'orders' })).error.code, 'internal_error');

  const dealer = await TestClient.connect(t, url);
  await dealer.ask('authenticate', { token: tokens.issue(1000, 'key:dealer', ['trade']) });
  t.is((await dealer.request('subscribe', { channel: 'orders' })).error.code, 'insufficient_scope');
  t.not((await dealer.request('order.cancel', { orderId: '7-1' })).error.code, 'insufficient_scope');
  tokens.endSession('key:dealer');
  t.deepEqual(await dealer.closed, { code: 4001, reason: 'session ended' });
});
