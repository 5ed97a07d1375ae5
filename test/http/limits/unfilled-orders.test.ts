import test from 'ava';
import { NO_LIMITS } from '../../support/limits.ts';
import { startTrading } from '../trading.ts';

test('orders that don’t trade are limited; what trades, and what is refused, does not count', async (t) => {
  const x = await startTrading(t, { rateLimits: { ...NO_LIMITS, unfilledOrders: 3 } });
  const [alice, bob] = [await x.trader({ USDT: '1000' }), await x.trader({ BTC: '10' })];
  for (const price of ['99', '98']) t.is((await alice.limit('buy', price, '0.1')).status, 201);
  for (let count = 0; count < 5; count += 1) t.is((await alice.limit('buy', '97', '1000')).status, 422);
  t.is((await alice.limit('buy', '100', '1')).status, 201);
  const refused = await alice.limit('buy', '100', '0.1');
  t.is(refused.status, 429);
  t.is(refused.body.code, 'too_many_unfilled_orders');
  t.regex(refused.headers.get('retry-after')!, /^([1-9]|10)$/);
  const list = {
    market: 'BTC-USDT',
    legs: [
      { side: 'buy', type: 'limit', price: '90', quantity: '0.1' },
      { side: 'buy', type: 'stop', stopPrice: '150', quantity: '0.1' },
    ],
  };
  t.is((await alice.post('/v1/order-lists', list)).status, 429);
  const { body: batch } = await alice.post('/v1/orders/batch', {
    orders: [{ market: 'BTC-USDT', side: 'buy', type: 'limit', price: '90', quantity: '0.1' }],
  });
  t.is(batch.results[0].error.code, 'too_many_unfilled_orders');

  // Each trade gives one back, to the taker and to the maker.
  for (let count = 0; count < 5; count += 1) t.is((await bob.limit('sell', '100', '0.1')).status, 201);
  t.is((await alice.limit('buy', '90', '0.1')).status, 201);
  t.is((await x.operator.get('/v1/admin/audit')).status, 200);
});

test('a repeat of a clientOrderId does not count', async (t) => {
  const x = await startTrading(t, { rateLimits: { ...NO_LIMITS, unfilledOrders: 2 } });
  const alice = await x.trader({ USDT: '1000' });
  const clientOrderId = 'once';
  t.is((await alice.limit('buy', '90', '0.1', { clientOrderId })).status, 201);
  for (let count = 0; count < 5; count += 1) {
    t.is((await alice.limit('buy', '90', '0.1', { clientOrderId })).status, 200);
  }
  t.is((await alice.limit('buy', '91', '0.1')).status, 201);
  t.is((await alice.limit('buy', '91', '0.1')).status, 429);
});

test('a day has a limit of its own', async (t) => {
  const x = await startTrading(t, { rateLimits: { ...NO_LIMITS, unfilledOrdersADay: 2 } });
  const alice = await x.trader({ USDT: '1000' });
  for (const status of [201, 201, 429]) t.is((await alice.limit('buy', '90', '0.1')).status, status);
  const late = await alice.limit('buy', '90', '0.1');
  t.true(Number(late.headers.get('retry-after')) > 80_000);
});
