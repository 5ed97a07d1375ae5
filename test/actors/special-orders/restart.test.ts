import test from 'ava';
import type { OrderListRequest } from '../../../src/domain/orders/order-list.ts';
import { eventually, mustBeOk, startTestExchange } from '../../support/exchange.ts';

/** What waits, hides or belongs together has to be there again after a restart, and go on as if there had been none. */

const HOUR_MS = 3_600_000;

test('stops, icebergs and trailing stops go on after a restart where they were', async (t) => {
  const first = await startTestExchange(t);
  const { account, place } = first;
  const alice = await account({ BTC: '20', USD: '10000' });
  const bob = await account({ BTC: '20', USD: '10000' });
  mustBeOk(await place(bob, { side: 'sell', price: '100', quantity: '1' }));
  mustBeOk(await place(alice, { price: '100', quantity: '1' }));

  const stop = mustBeOk(
    await place(alice, { side: 'sell', type: 'stop', price: undefined, stopPrice: '90', quantity: '2' }),
  );
  t.like(stop.order, { status: 'untriggered', stopPrice: '90', price: null });
  const trailing = {
    side: 'sell',
    type: 'trailing_stop',
    price: undefined,
    trailingOffset: '8',
    quantity: '1',
  } as const;
  t.is(mustBeOk(await place(alice, trailing)).order.stopPrice, '92');
  const iceberg = { side: 'sell', price: '105', quantity: '5', displayQuantity: '2' } as const;
  mustBeOk(await place(alice, iceberg));
  // The trailing stop follows to 97, and one lot of the iceberg's first part is gone.
  mustBeOk(await place(bob, { price: '105', quantity: '1' }));

  const second = await first.restart();
  const { exchange } = second;
  t.deepEqual(mustBeOk(exchange.depth('BTC-USD', 10)).asks, [['105', '1']]);
  mustBeOk(await second.place(bob, { price: '105', quantity: '1' }));
  // The next part is shown.
  await eventually(() => mustBeOk(exchange.depth('BTC-USD', 10)).asks[0]?.[1] === '2');
  mustBeOk(await second.place(bob, { price: '97', quantity: '10' }));
  const hit = mustBeOk(await second.place(alice, { side: 'sell', price: '97', quantity: '1' }));
  t.is(hit.fills.length, 1);
  // At 97 the trailing stop fires, at the same price; the other stop still waits.
  const orders = second.frames.flatMap((frame) => frame.orders);
  t.like(
    orders.findLast(({ type }) => type === 'trailing_stop'),
    { status: 'filled', stopPrice: '97' },
  );
  t.false(orders.some(({ type }) => type === 'stop'));
  t.is(
    (await exchange.cancelOrder({ accountId: alice, name: { orderNo: Number(stop.order.id.split('-')[1]) } }))
      .ok,
    true,
  );
});

test('a list that was half-way before a restart is finished after it', async (t) => {
  const first = await startTestExchange(t);
  const alice = await first.account({ USD: '10000' });
  const bob = await first.account({ BTC: '20', USD: '10000' });
  const request: OrderListRequest = {
    market: 'BTC-USD',
    working: { side: 'buy', type: 'limit', price: '100', quantity: '2' },
    legs: [
      { side: 'sell', type: 'limit', price: '110', quantity: '2' },
      { side: 'sell', type: 'stop', stopPrice: '95', quantity: '2' },
    ],
  };
  const placed = mustBeOk(await first.exchange.placeOrderList({ accountId: alice, request }));
  t.deepEqual(
    placed.orders.map(({ status }) => status),
    ['open', 'pending', 'pending'],
  );
  t.is(await first.wallet(alice, 'USD'), '10000000000/200000000');
  mustBeOk(await first.place(bob, { side: 'sell', price: '100', quantity: '1' }));
  // Half of what the legs will sell is there, less the fee, and kept for them.
  t.is(await first.wallet(alice, 'BTC'), '99900000/99900000');

  const second = await first.restart();
  mustBeOk(await second.place(bob, { side: 'sell', price: '100', quantity: '1' }));
  t.is(await second.wallet(alice, 'BTC'), '199800000/199800000', 'held once for two legs');
  const legs = second.frames.flatMap((frame) => frame.orders).filter(({ side }) => side === 'sell');
  t.like(
    legs.find(({ listId, type }) => listId !== undefined && type === 'limit'),
    { status: 'open', quantity: '1.998', listId: placed.orders[0]!.id },
  );
  mustBeOk(await second.place(bob, { price: '110', quantity: '0.5' }));
  const after = second.frames.flatMap((frame) => frame.orders);
  t.like(
    after.findLast(({ type }) => type === 'stop'),
    { status: 'canceled', reason: 'list_leg_executed' },
  );
  t.is(await second.wallet(alice, 'BTC'), '149800000/149800000');
});

test('an order good till a date expires with the clock, also one whose time came while nothing ran', async (t) => {
  let nowMs = Date.now();
  const clock = { now: () => nowMs };
  const first = await startTestExchange(t, { clock });
  const alice = await first.account({ USD: '1000' });
  const expiresAt = new Date(nowMs + HOUR_MS).toISOString();
  const placed = mustBeOk(await first.place(alice, { timeInForce: 'gtd', expiresAt }));
  t.is(placed.order.expiresAt, expiresAt);
  t.like(await first.place(alice, { timeInForce: 'gtd', expiresAt: new Date(nowMs).toISOString() }), {
    refusal: { code: 'order_expired' },
  });
  nowMs += 2 * HOUR_MS;
  const second = await first.restart();
  await second.exchange.cancelAllOrders({ accountId: alice, side: 'sell' });
  const found = second.frames.flatMap((frame) => frame.orders);
  t.like(found.at(-1), { id: placed.order.id, status: 'canceled', reason: 'expired' });
  t.is(await second.wallet(alice, 'USD'), '1000000000/0');
});

test('a countdown that runs out cancels everything, also over a restart', async (t) => {
  let nowMs = Date.now();
  const clock = { now: () => nowMs };
  const first = await startTestExchange(t, { clock });
  const alice = await first.account({ USD: '1000' });
  const bob = await first.account({ USD: '1000' });
  for (const accountId of [alice, bob]) mustBeOk(await first.place(accountId, {}));
  t.is(mustBeOk(await first.exchange.cancelAllAfter(alice, 60_000)), nowMs + 60_000);
  mustBeOk(await first.exchange.cancelAllAfter(bob, 60_000));
  t.is(mustBeOk(await first.exchange.cancelAllAfter(bob, 0)), null);
  nowMs += 59_999;
  const second = await first.restart();
  mustBeOk(await second.place(bob, { quantity: '0.5' }));
  t.false(second.frames.some((frame) => frame.accountId === alice));
  nowMs += 1;
  const third = await second.restart();
  await eventually(() => third.frames.some((frame) => frame.accountId === alice));
  t.like(third.frames.find((frame) => frame.accountId === alice)?.orders, [{ reason: 'countdown' }]);
  t.is(await third.wallet(bob, 'USD'), '1000000000/150000000', 'an ended countdown cancels nothing');
});
