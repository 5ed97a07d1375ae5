import test from 'ava';
import { LIST_EXAMPLES, ORDER_EXAMPLES } from '../../../src/http/orders/examples.ts';
import { startTrading } from '../trading.ts';

const sell = (price: string, quantity: string, more = {}) => ({
  side: 'sell',
  type: 'limit',
  price,
  quantity,
  ...more,
});

test('special orders are placed, seen with what is special about them, and amended', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ BTC: '10', USDT: '10000' });
  const market = 'BTC-USDT';
  const expiresAt = '2099-01-01T00:00:00.000Z';
  const iceberg = await alice.limit('buy', '90', '10', {
    displayQuantity: '1',
    timeInForce: 'gtd',
    expiresAt,
    tag: 'grid',
    selfTradePrevention: 'cancel_both',
  });
  t.is(iceberg.status, 201);
  t.like(iceberg.body.order, {
    displayQuantity: '1',
    timeInForce: 'gtd',
    expiresAt,
    tag: 'grid',
    selfTradePrevention: 'cancel_both',
  });
  const depth = await alice.get('/v1/markets/BTC-USDT/depth');
  t.deepEqual(depth.body.bids, [['90', '1']], 'others see a part of it');

  const stop = await alice.post('/v1/orders', {
    market,
    side: 'sell',
    type: 'stop_limit',
    price: '79',
    stopPrice: '80',
    quantity: '1',
  });
  t.like(stop.body.order, { status: 'untriggered', stopPrice: '80', price: '79' });
  const amended = await alice.patch(`/v1/orders/${stop.body.order.id}`, { stopPrice: '81', quantity: '2' });
  t.like(amended.body.order, { status: 'untriggered', stopPrice: '81', quantity: '2' });
  t.deepEqual((await alice.get(`/v1/orders/${stop.body.order.id}`)).body, amended.body.order);

  for (const [body, code] of [
    [{ type: 'stop', stopPrice: undefined }, 'invalid_order'],
    [{ type: 'limit', price: '80', displayQuantity: '0.001' }, 'invalid_order'],
    [{ type: 'limit', price: '80', timeInForce: 'gtd' }, 'invalid_order'],
    [{ type: 'limit', price: '80', timeInForce: 'gtd', expiresAt: '2001-01-01T00:00:00Z' }, 'order_expired'],
    [{ type: 'limit', price: '80', reprice: true }, 'invalid_order'],
    [{ type: 'limit', price: '80', timeInForce: 'gtd', expiresAt: '2099' }, 'invalid_order'],
    [{ type: 'limit', price: '80', timeInForce: 'ioc', minQuantity: '3' }, 'invalid_order'],
  ] as const) {
    const refused = await alice.post('/v1/orders', { market, side: 'sell', quantity: '1', ...body });
    t.is(refused.body.code, code, JSON.stringify(body));
  }
});

test('a list is placed as a whole, and its repeat answers the same orders', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ BTC: '2' });
  const list = {
    market: 'BTC-USDT',
    legs: [
      sell('110', '2'),
      { side: 'sell', type: 'stop', stopPrice: '90', quantity: '2', clientOrderId: 'loss' },
    ],
  };
  const placed = await alice.post('/v1/order-lists', list);
  t.is(placed.status, 201);
  t.deepEqual(
    placed.body.orders.map((order: { status: string }) => order.status),
    ['open', 'untriggered'],
  );
  t.like((await alice.get('/v1/balances')).body.balances[0], { asset: 'BTC', locked: '2' });
  const again = await alice.post('/v1/order-lists', list);
  t.is(again.status, 200);
  t.deepEqual(again.body.orders, placed.body.orders);
  const other = { ...list, legs: [list.legs[0], { ...list.legs[1], stopPrice: '91' }] };
  t.is((await alice.post('/v1/order-lists', other)).body.code, 'client_order_id_conflict');
  t.is(
    (await alice.post('/v1/order-lists', { market: 'BTC-USDT', legs: [sell('1', '1')] })).body.code,
    'invalid_order_list',
  );

  const canceled = await alice.delete('/v1/orders/by-client-order-id/loss');
  t.like(canceled.body, { status: 'canceled', reason: 'canceled_by_client' });
  t.like((await alice.get(`/v1/orders/${placed.body.orders[0].id}`)).body, { reason: 'list_canceled' });
  t.like((await alice.get('/v1/balances')).body.balances[0], { locked: '0' });
});

test('a replacement does both or neither', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '200' });
  const bob = await trader({ BTC: '1' });
  const first = await alice.limit('buy', '100', '2');
  const order = {
    market: 'BTC-USDT',
    side: 'buy',
    type: 'limit',
    price: '99',
    quantity: '2',
    clientOrderId: 'second',
  };
  const path = `/v1/orders/${first.body.order.id}/replace`;
  // All of its money is in the order that goes.
  const replaced = await alice.post(path, order);
  t.is(replaced.status, 201);
  t.like(replaced.body.canceled, { id: first.body.order.id, status: 'canceled', reason: 'replaced' });
  t.like(replaced.body.order, { price: '99', status: 'open' });
  const repeated = await alice.post(path, order);
  t.is(repeated.status, 200);
  t.like(repeated.body, { repeated: true, canceled: null, order: { id: replaced.body.order.id } });

  await bob.limit('sell', '100', '1');
  const taking = { ...order, price: '100', quantity: '1', postOnly: true, clientOrderId: 'third' };
  const refused = await alice.post('/v1/orders/by-client-order-id/second/replace', taking);
  t.is(refused.body.code, 'post_only_would_take');
  t.like((await alice.get(`/v1/orders/${replaced.body.order.id}`)).body, { status: 'open' });
  const tooDear = { ...order, price: '101', clientOrderId: 'fourth' };
  t.is(
    (await alice.post('/v1/orders/by-client-order-id/second/replace', tooDear)).body.code,
    'insufficient_funds',
  );
  const gone = await alice.post(path, { ...order, clientOrderId: 'fifth' });
  t.is(gone.body.code, 'order_not_open');
});

test('self-trades are prevented within a trade group, and each owner reads of his own orders only', async (t) => {
  const { trader, operator } = await startTrading(t);
  const alice = await trader({ BTC: '10' });
  const bob = await trader({ USDT: '1000' });
  for (const { accountId } of [alice, bob]) {
    const set = await operator.patch(`/v1/admin/accounts/${accountId}`, { tradeGroup: alice.accountId });
    t.like(set.body, { tradeGroup: alice.accountId, selfTradePrevention: 'cancel_newest' });
  }
  const outside = await operator.patch(`/v1/admin/accounts/${bob.accountId}`, { tradeGroup: '536870912' });
  t.is(outside.body.code, 'account_not_found');
  t.is((await alice.patch(`/v1/admin/accounts/${bob.accountId}`, { tradeGroup: '1000' })).status, 403);
  const maker = await alice.limit('sell', '100', '1');
  const taker = await bob.limit('buy', '100', '3');
  t.like(taker.body.order, { status: 'canceled', reason: 'self_trade', filledQuantity: '0' });
  const seen = await bob.get('/v1/prevented-matches');
  t.is(seen.body.items.length, 1);
  t.like(seen.body.items[0], {
    price: '100',
    quantity: '1',
    mode: 'cancel_newest',
    takerOrderId: taker.body.order.id,
    makerOrderId: null,
  });
  t.like((await alice.get('/v1/prevented-matches')).body.items[0], {
    makerOrderId: maker.body.order.id,
    takerOrderId: null,
  });
  const policy = await bob.put('/v1/account/policy', { selfTradePrevention: 'none' });
  t.like(policy.body, { selfTradePrevention: 'none', tradeGroup: alice.accountId });
  t.like((await bob.limit('buy', '100', '1')).body.order, { status: 'filled', selfTradePrevention: 'none' });
});

test('orders are canceled by side and by tag, and by a countdown', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ BTC: '10', USDT: '1000' });
  const bid = await alice.limit('buy', '90', '1', { tag: 'a' });
  const ask = await alice.limit('sell', '110', '1', { tag: 'b' });
  const other = await alice.limit('sell', '111', '1', { tag: 'a' });
  t.deepEqual((await alice.delete('/v1/orders?side=buy')).body.canceled, [bid.body.order.id]);
  t.deepEqual((await alice.delete('/v1/orders?tag=a')).body.canceled, [other.body.order.id]);
  t.is((await alice.put('/v1/countdown', { seconds: 4_000 })).body.code, 'invalid_request');
  t.is((await alice.put('/v1/countdown', { seconds: 0 })).body.expiresAt, null);
  t.true(Date.parse((await alice.put('/v1/countdown', { seconds: 1 })).body.expiresAt) > Date.now());
  const reasonOf = async () => (await alice.get(`/v1/orders/${ask.body.order.id}`)).body.reason;
  while ((await reasonOf()) === null) await new Promise((resolve) => setTimeout(resolve, 50));
  t.is(await reasonOf(), 'countdown');
});

test('every example of the documents is taken as it stands', async (t) => {
  const { trader } = await startTrading(t);
  const maker = await trader({ BTC: '10', USDT: '1000000' });
  const taker = await trader({ BTC: '10', USDT: '1000000' });
  await maker.limit('buy', '59990', '1');
  await maker.limit('sell', '60010', '2');
  await taker.limit('buy', '60010', '0.1');
  for (const [name, { value }] of Object.entries(ORDER_EXAMPLES)) {
    const placed = await taker.post('/v1/orders', value);
    t.is(placed.status, 201, `${name} ${JSON.stringify(placed.body)}`);
    t.not(placed.body.order.status, 'rejected', name);
  }
  for (const [name, { value }] of Object.entries(LIST_EXAMPLES)) {
    t.is((await taker.post('/v1/order-lists', value)).status, 201, name);
  }
  const spec = await taker.get('/openapi.json');
  t.deepEqual(
    Object.keys(spec.body.paths['/v1/orders'].post.requestBody.content['application/json'].examples),
    Object.keys(ORDER_EXAMPLES),
  );
});
