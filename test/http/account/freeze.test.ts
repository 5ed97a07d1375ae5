import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import { createWebSocketGateway } from '../../../src/http/websocket/server.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { PASSWORD } from '../gateway.ts';
import { sender, withSecret } from '../keys/signing.ts';
import { startTrading } from '../trading.ts';
import { TestClient } from '../websocket/client.ts';

const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '1' };
const KEY = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read', 'trade'], password: PASSWORD };
const because = { reason: 'reported stolen' };

async function start(t: ExecutionContext) {
  const trading = await startTrading(t);
  const { server, exchange, tokens, pool, trader } = trading;
  const sockets = createWebSocketGateway({
    server,
    exchange,
    tokens,
    pool,
    requestLimits: unlimitedRequests(),
    log: pino({ level: 'silent' }),
    limits: { closeTimeoutMs: 500 },
  });
  t.teardown(() => sockets.close('the test is over'));
  const alice = await trader({ USDT: '10000' });
  const resting = (await alice.limit('buy', '90', '2')).body.order;
  return { ...trading, alice, resting };
}

test('who freezes his account gets nothing more in, by whatever way, and can still cancel and be paid', async (t) => {
  const x = await start(t);
  const { alice, resting, operator } = x;
  const { body: key } = await alice.post('/v1/me/api-keys', KEY);
  const program = sender(x, withSecret(key.id, key.secret));
  const socket = await TestClient.connect(t, x.url);
  await socket.ask('authenticate', { token: alice.token });
  t.is((await alice.get('/v1/me')).body.frozen, false);

  t.deepEqual((await alice.post('/v1/me/freeze', {})).body, { frozen: true, canceled: [] });
  t.deepEqual((await alice.post('/v1/me/freeze', {})).body, { frozen: true, canceled: [] }, 'twice is once');
  t.is((await alice.get('/v1/me')).body.frozen, true);

  const list = {
    market: 'BTC-USDT',
    legs: [
      { side: 'sell', type: 'limit', price: '120', quantity: '1' },
      { side: 'sell', type: 'stop', stopPrice: '80', quantity: '1' },
    ],
  };
  for (const [what, reply] of Object.entries({
    order: await alice.post('/v1/orders', order),
    list: await alice.post('/v1/order-lists', list),
    replacement: await alice.post(`/v1/orders/${resting.id}/replace`, order),
    price: await alice.patch(`/v1/orders/${resting.id}`, { price: '95' }),
    quantity: await alice.patch(`/v1/orders/${resting.id}`, { quantity: '3' }),
    signed: await program('POST', '/v1/orders', order),
    'new key': await alice.post('/v1/me/api-keys', KEY),
  }))
    t.deepEqual([reply.status, reply.body.code], [409, 'account_frozen'], what);
  const batch = await alice.post('/v1/orders/batch', { orders: [order] });
  t.is(batch.body.results[0].error.code, 'account_frozen');
  t.is((await socket.request('order.place', order)).error.code, 'account_frozen');
  t.is(
    (await socket.request('order.amend', { orderId: resting.id, price: '95' })).error.code,
    'account_frozen',
  );

  const credit = { accountId: alice.accountId, asset: 'USDT', amount: '5' };
  t.is((await operator.post('/v1/admin/credits', credit)).status, 201);
  t.is((await alice.patch(`/v1/orders/${resting.id}`, { quantity: '1' })).status, 200);
  t.is((await alice.delete(`/v1/orders/${resting.id}`)).status, 200);
  const { body } = await alice.get('/v1/balances');
  t.like(
    body.balances.find(({ asset }: { asset: string }) => asset === 'USDT'),
    { balance: '10005', locked: '0' },
  );
});

test('a freeze cancels what is open where that is asked for', async (t) => {
  const { alice, resting, operator } = await start(t);
  t.deepEqual((await alice.post('/v1/me/freeze', { cancelOrders: true })).body, {
    frozen: true,
    canceled: [resting.id],
  });
  t.like((await alice.get(`/v1/orders/${resting.id}`)).body, {
    status: 'canceled',
    reason: 'canceled_by_client',
  });
  const path = `/v1/admin/users/${alice.userId}`;
  t.is((await operator.post(`${path}/unfreeze`, because)).body.frozen, false);
  const { body } = await alice.limit('buy', '90', '1');
  const frozen = await operator.post(`${path}/freeze`, { ...because, cancelOrders: true });
  t.deepEqual(frozen.body, { frozen: true, canceled: [body.order.id] });
  t.is((await alice.get(`/v1/orders/${body.order.id}`)).body.reason, 'canceled_by_operator');
});

test('only risk and admin end a freeze, never its owner, a key or support', async (t) => {
  const x = await start(t);
  const { alice, operatorWith, trader, operator } = x;
  const path = `/v1/admin/users/${alice.userId}`;
  const { body: key } = await alice.post('/v1/me/api-keys', KEY);
  const support = await operatorWith('support');
  const risk = await operatorWith('risk');
  t.is((await support.post(`${path}/freeze`, {})).status, 400, 'a reason is wanted');
  t.is((await support.post(`${path}/freeze`, { ...because, frozen: false })).status, 400);
  t.is((await support.post(`${path}/freeze`, because)).status, 200);
  t.is((await support.get(path)).body.frozen, true);

  t.is((await support.post(`${path}/unfreeze`, because)).body.code, 'forbidden');
  t.is((await alice.post(`${path}/unfreeze`, because)).body.code, 'forbidden');
  t.is((await (await trader()).post(`${path}/unfreeze`, because)).body.code, 'forbidden');
  const program = sender(x, withSecret(key.id, key.secret));
  t.is((await program('POST', `${path}/unfreeze`, because)).body.code, 'session_required');
  t.is((await program('POST', '/v1/me/freeze', {})).body.code, 'session_required');
  const policy = { selfTradePrevention: 'none' };
  t.is((await alice.put('/v1/account/policy', { ...policy, frozen: false })).status, 400);
  t.is((await alice.put('/v1/account/policy', policy)).status, 200, 'what else he sets leaves it frozen');
  t.is((await alice.post('/v1/orders', order)).body.code, 'account_frozen');
  t.is((await risk.post('/v1/admin/users/999999/freeze', because)).body.code, 'not_found');

  t.is((await risk.post(`${path}/unfreeze`, because)).status, 200);
  t.is((await alice.post('/v1/orders', order)).status, 201);
  // An operator who has frozen himself needs another.
  t.is((await risk.post('/v1/me/freeze', {})).status, 200);
  t.is((await risk.post(`/v1/admin/users/${risk.userId}/unfreeze`, because)).body.code, 'own_account');

  const { body } = await operator.get(`/v1/admin/audit?userId=${alice.userId}&action=account.frozen`);
  t.deepEqual(
    body.items.map(({ outcome }: { outcome: string }) => outcome),
    ['done', 'asked'],
  );
  t.like(body.items[1], { detail: because, actor: { type: 'user', userId: Number(support.userId) } });
  const own = await alice.get('/v1/me/security-events');
  const told = own.body.items.find(({ action }: { action: string }) => action === 'account.frozen');
  t.deepEqual([told.actor, told.detail], [{ type: 'operator' }, null]);
});
