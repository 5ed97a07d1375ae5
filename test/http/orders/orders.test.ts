import test from 'ava';
import { startTrading } from '../trading.ts';

test('places a limit order, reads its own write, cancels it, and gets the money back', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  const placed = await alice.limit('buy', '100.50', '2', { clientOrderId: 'grid/1' });
  t.is(placed.status, 201);
  t.false(placed.body.repeated);
  const { id } = placed.body.order;
  t.like(placed.body.order, {
    clientOrderId: 'grid/1',
    market: 'BTC-USDT',
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    price: '100.5',
    quantity: '2',
    remainingQuantity: '2',
    status: 'open',
    reason: null,
  });
  t.deepEqual((await alice.get(`/v1/orders/${id}`)).body, placed.body.order);
  t.deepEqual((await alice.get('/v1/orders/by-client-order-id/grid%2F1')).body, placed.body.order);
  const locked = await alice.get('/v1/balances');
  t.like(locked.body.balances[2], { asset: 'USDT', balance: '1000', locked: '201', available: '799' });

  const canceled = await alice.delete('/v1/orders/by-client-order-id/grid%2F1');
  t.is(canceled.status, 200);
  t.like(canceled.body, { id, status: 'canceled', reason: 'canceled_by_client' });
  t.deepEqual((await alice.get(`/v1/orders/${id}`)).body, canceled.body);
  t.deepEqual((await alice.get('/v1/orders/by-client-order-id/grid%2F1')).body, canceled.body);
  t.like((await alice.get('/v1/balances')).body.balances[2], { locked: '0', available: '1000' });
  t.like((await alice.delete(`/v1/orders/${id}`)).body, { code: 'order_not_open', status: 409 });
});

test('a repeated clientOrderId gets the first result, a changed body a conflict', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  const first = await alice.limit('buy', '100', '1', { clientOrderId: 'once' });
  const again = await alice.limit('buy', '100', '1', { clientOrderId: 'once' });
  t.is(again.status, 200);
  t.true(again.body.repeated);
  t.is(again.body.order.id, first.body.order.id);
  const conflict = await alice.limit('buy', '100', '2', { clientOrderId: 'once' });
  t.is(conflict.status, 409);
  t.is(conflict.body.code, 'client_order_id_conflict');
  const parallel = await Promise.all(
    Array.from({ length: 10 }, () => alice.limit('buy', '99', '1', { clientOrderId: 'at-once' })),
  );
  t.is(new Set(parallel.map(({ body }) => body.order.id)).size, 1);
  t.is(parallel.filter(({ status }) => status === 201).length, 1);
});

test('orders trade: limit, market by quantity and by quote amount, ioc, fok and post-only', async (t) => {
  const { trader } = await startTrading(t);
  const maker = await trader({ BTC: '10' });
  const taker = await trader({ USDT: '10000' });
  await maker.limit('sell', '100', '1');
  await maker.limit('sell', '101', '1');

  const limit = await taker.limit('buy', '100', '0.5');
  t.like(limit.body.order, {
    status: 'filled',
    reason: 'filled',
    averagePrice: '100',
    feeAsset: 'BTC',
    fee: '0.001',
  });
  t.like(limit.body.fills[0], { role: 'taker', quantity: '0.5', quoteAmount: '50' });

  const buy = (order: object) =>
    taker.post('/v1/orders', { market: 'BTC-USDT', side: 'buy', type: 'market', ...order });
  const byQuantity = await buy({ quantity: '0.25' });
  t.like(byQuantity.body.order, { status: 'filled', filledQuantity: '0.25', price: null });
  const byAmount = await buy({ quoteAmount: '25' });
  t.like(byAmount.body.order, { filledQuoteAmount: '25', quantity: null, quoteAmount: '25' });

  const ioc = await taker.limit('buy', '101', '5', { timeInForce: 'ioc' });
  t.like(ioc.body.order, { status: 'canceled', reason: 'immediate_or_cancel', filledQuantity: '1' });
  await maker.limit('sell', '102', '1');
  const fok = await taker.limit('buy', '102', '2', { timeInForce: 'fok' });
  t.is(fok.body.fills?.length ?? 0, 0);
  const postOnly = await taker.limit('buy', '102', '1', { postOnly: true });
  t.regex(JSON.stringify(postOnly.body), /post_only_would_take/);
});

test('amends: less keeps the order, price and quantity change, the hold follows', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  const { body } = await alice.limit('buy', '100', '2', { clientOrderId: 'a-1' });
  const path = `/v1/orders/${body.order.id}`;
  const less = await alice.patch(path, { quantity: '1' });
  t.is(less.status, 200);
  t.like(less.body.order, { quantity: '1', price: '100', status: 'open' });
  const dearer = await alice.patch('/v1/orders/by-client-order-id/a-1', { price: '200', quantity: '3' });
  t.like(dearer.body.order, { quantity: '3', price: '200' });
  t.like((await alice.get('/v1/balances')).body.balances[2], { locked: '600' });
  t.is((await alice.patch(path, { quantity: '30' })).body.code, 'insufficient_funds');
  t.is((await alice.patch(path, {})).body.code, 'invalid_request');
  t.like((await alice.get(path)).body, { quantity: '3', price: '200' });
});

test('batches answer one result for each order, in order', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '250' });
  const order = (price: string, more: object = {}) => ({
    market: 'BTC-USDT',
    side: 'buy',
    type: 'limit',
    price,
    quantity: '1',
    ...more,
  });
  const placed = await alice.post('/v1/orders/batch', {
    orders: [order('100'), order('1e2'), order('100'), order('100'), order('50', { clientOrderId: 'x' })],
  });
  t.is(placed.status, 200);
  t.deepEqual(
    placed.body.results.map(
      (result: { ok: boolean; error?: { code: string } }) => result.ok || result.error!.code,
    ),
    [true, 'invalid_amount', true, 'insufficient_funds', true],
  );
  const canceled = await alice.post('/v1/orders/batch-cancel', {
    orders: [
      { id: placed.body.results[0].order.id },
      { clientOrderId: 'x' },
      { id: '1-1' },
      { clientOrderId: 'no' },
    ],
  });
  t.deepEqual(
    canceled.body.results.map(
      (result: { ok: boolean; error?: { code: string } }) => result.ok || result.error!.code,
    ),
    [true, true, 'order_not_found', 'order_not_found'],
  );
  const all = await alice.delete('/v1/orders');
  t.deepEqual(all.body, { canceled: [placed.body.results[2].order.id] });
  t.is((await alice.post('/v1/orders/batch', { orders: [] })).status, 400);
  const tooMany = Array.from({ length: 101 }, () => order('1'));
  t.is((await alice.post('/v1/orders/batch', { orders: tooMany })).body.errors[0].pointer, '#/orders');
});

test('cancels all in one market or everywhere', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  await Promise.all([1, 2, 3].map((price) => alice.limit('buy', String(price), '1')));
  t.is((await alice.delete('/v1/orders?market=NO-SUCH')).status, 404);
  t.is((await alice.delete('/v1/orders?market=BTC-USDT')).body.canceled.length, 3);
  t.deepEqual((await alice.delete('/v1/orders')).body, { canceled: [] });
});

test('lists open and past orders page by page, newest first', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  for (let count = 1; count <= 5; count += 1) await alice.limit('buy', String(count), '1');
  const pageOf = async (query: string) => (await alice.get(`/v1/orders?${query}`)).body;
  const first = await pageOf('limit=2');
  t.deepEqual(
    first.items.map(({ price }: { price: string }) => price),
    ['5', '4'],
  );
  const second = await pageOf(`limit=2&cursor=${first.nextCursor}`);
  const third = await pageOf(`limit=2&cursor=${second.nextCursor}`);
  t.is(third.items.length, 1);
  t.is(third.nextCursor, null);
  await alice.delete('/v1/orders');
  t.is((await pageOf('status=open')).items.length, 0);
  t.is((await pageOf('status=past&limit=3&market=BTC-USDT')).items.length, 3);
  t.is((await pageOf('market=NO-SUCH')).code, 'market_not_found');
  for (const bad of [
    'limit=0',
    'limit=501',
    'limit=1e1',
    'cursor=-1',
    'status=all',
    'colour=red',
    'limit=1&limit=2',
  ]) {
    t.is((await pageOf(bad)).code, 'invalid_request', bad);
  }
});

test('bad numbers and fields are refused with 400 and change nothing', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  const good = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '1' };
  const numbers = [
    '1e-7',
    'NaN',
    '-0',
    '0x10',
    ' 1',
    '1 ',
    '+1',
    '-1',
    '',
    '1.',
    '.5',
    '01',
    '1,5',
    'Infinity',
    '0',
    '١',
  ];
  const bad: object[] = [
    ...numbers.flatMap((text) => [{ price: text }, { quantity: text }]),
    { price: '100.001' },
    { quantity: '0.00001' },
    { price: '9'.repeat(60) },
    { price: 100 },
    { quantity: 1 },
    { price: null },
    { price: ['100'] },
    { quantity: undefined },
    { side: 'BUY' },
    { type: 'stop' },
    { timeInForce: 'day' },
    { postOnly: 'true' },
    { quoteAmount: '1' },
    { clientOrderId: '' },
    { clientOrderId: 'with space' },
    { clientOrderId: 'x'.repeat(65) },
    { market: undefined },
    { type: 'market' },
    { accountId: '1' },
    { constructor: 1 },
  ];
  for (const change of bad) {
    const refused = await alice.post('/v1/orders', { ...good, ...change });
    t.is(refused.status, 400, JSON.stringify(change));
    t.is(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  }
  t.is((await alice.limit('buy', '100', '1', { market: 'NO-SUCH' })).status, 404);
  t.is((await alice.limit('buy', '1', '0.0001')).body.code, 'notional_too_small');
  t.is((await alice.limit('buy', '100', '1000.0001')).body.code, 'quantity_too_large');
  t.is((await alice.limit('buy', '100', '11')).body.code, 'insufficient_funds');
  t.is((await alice.get('/v1/orders')).body.items.length, 0);
  t.like((await alice.get('/v1/balances')).body.balances[2], { balance: '1000', locked: '0' });
});

test('orders of others are not found, and nobody trades without a token', async (t) => {
  const { trader, request } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  const mallory = await trader();
  const { body } = await alice.limit('buy', '100', '1', { clientOrderId: 'mine' });
  for (const path of [
    `/v1/orders/${body.order.id}`,
    '/v1/orders/by-client-order-id/mine',
    '/v1/orders/nonsense',
  ]) {
    for (const attempt of [
      mallory.get(path),
      mallory.delete(path),
      mallory.patch(path, { quantity: '0.5' }),
    ]) {
      t.like((await attempt).body, { code: 'order_not_found', status: 404 });
    }
    t.is((await request('GET', path)).status, 401);
  }
  t.is((await request('POST', '/v1/orders', { body: {} })).status, 401);
  t.is((await request('DELETE', '/v1/orders')).status, 401);
});

test('of 1,000 parallel orders that each spend everything exactly one is accepted', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ USDT: '100' });
  const replies = await Promise.all(Array.from({ length: 1_000 }, () => alice.limit('buy', '100', '1')));
  t.is(replies.filter(({ status }) => status === 201).length, 1);
  t.is(replies.filter(({ body }) => body.code === 'insufficient_funds').length, 999);
  t.like((await alice.get('/v1/balances')).body.balances[2], {
    balance: '100',
    locked: '100',
    available: '0',
  });
});
