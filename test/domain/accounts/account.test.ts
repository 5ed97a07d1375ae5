import test from 'ava';
import { MAX_WORKING_ORDERS } from '../../../src/domain/markets/market.ts';
import {
  accountWith,
  admit,
  BASE,
  changes,
  codeOf,
  DAY,
  limit,
  market,
  NOW,
  QUOTE,
  settledOrder,
} from './account-session.ts';

test('an order reserves what it may cost, and one that is not covered is refused', (t) => {
  const account = accountWith(150_000_000n);
  t.like(admit(account, limit()), { orderNo: 1, accountId: 1000, clientOrderId: null });
  t.is(account.available(QUOTE), 50_000_000n);
  t.is(codeOf(account.admitOrder(market, limit(), null, NOW)), 'insufficient_funds');
  t.is(account.available(QUOTE), 50_000_000n, 'a refusal changes nothing');
  t.is(admit(account, limit({ quantity: '0.5' })).orderNo, 2, 'a refusal takes no number');
  t.is(codeOf(account.admitOrder(market, limit({ side: 'sell' }), null, NOW)), 'insufficient_funds');
});

test('the status of the market is asked before the money', (t) => {
  const account = accountWith(0n);
  const halted = { ...market, status: 'halted' as const };
  t.is(codeOf(account.admitOrder(halted, limit(), null, NOW)), 'market_halted');
  const postOnly = { ...market, status: 'post_only' as const };
  t.is(codeOf(account.admitOrder(postOnly, limit(), null, NOW)), 'market_post_only');
  t.is(codeOf(account.admitOrder(postOnly, limit({ postOnly: true }), null, NOW)), 'insufficient_funds');
});

test('a clientOrderId names one order: repeated it is found, changed it is a conflict', (t) => {
  const account = accountWith(1_000_000_000n);
  const order = admit(account, limit({ clientOrderId: 'a' }));
  t.deepEqual(account.admitOrder(market, limit({ clientOrderId: 'a' }), null, NOW), {
    ok: true,
    value: { kind: 'repeated', repeated: { orderNo: 1, settled: false } },
  });
  t.is(account.available(QUOTE), 900_000_000n, 'a repeat reserves nothing');
  for (const change of [
    { price: '101' },
    { quantity: '2' },
    { side: 'sell' as const },
    { postOnly: true },
    { timeInForce: 'ioc' as const },
    { market: 'ETH-USD' },
  ]) {
    const conflict = account.admitOrder(market, limit({ clientOrderId: 'a', ...change }), null, NOW);
    t.is(codeOf(conflict), 'client_order_id_conflict', JSON.stringify(change));
  }
  account.settle(changes({ orders: [settledOrder(order)] }));
  t.like(account.admitOrder(market, limit({ clientOrderId: 'a' }), null, NOW), {
    value: { repeated: { settled: true } },
  });
});

test('an order that its market refused never was: money, number of the id and all', (t) => {
  const account = accountWith(100_000_000n);
  const order = admit(account, limit({ clientOrderId: 'a' }));
  account.returnOrders([order.orderNo], [{ assetId: QUOTE, amountMinor: 100_000_000n }]);
  t.is(account.available(QUOTE), 100_000_000n);
  t.is(codeOf(account.working({ orderNo: 1 })), 'order_not_open');
  t.is(codeOf(account.working({ clientOrderId: 'a' })), 'order_not_found');
  t.is(admit(account, limit({ clientOrderId: 'a', quantity: '0.5' })).orderNo, 2);
  t.throws(() => account.returnOrders([1], [{ assetId: QUOTE, amountMinor: 100_000_000n }]), {
    message: /comes back once/,
  });
});

test('an account has a bounded number of open orders; one that can’t rest is taken all the same', (t) => {
  const account = accountWith(1_000_000_000_000_000n);
  for (let count = 0; count < MAX_WORKING_ORDERS; count += 1) admit(account, limit());
  t.is(codeOf(account.admitOrder(market, limit(), null, NOW)), 'too_many_open_orders');
  t.true(account.admitOrder(market, limit({ timeInForce: 'ioc' }), null, NOW).ok);
});

test('orders are found by number and by the client’s id as long as they work', (t) => {
  const account = accountWith(1_000_000_000n);
  const order = admit(account, limit({ clientOrderId: 'a' }));
  t.deepEqual(account.working({ orderNo: 1 }), { ok: true, value: { orderNo: 1, marketId: market.id } });
  t.deepEqual(account.working({ clientOrderId: 'a' }), account.working({ orderNo: 1 }));
  t.is(codeOf(account.working({ orderNo: 2 })), 'order_not_found');
  account.settle(
    changes({
      released: [[QUOTE, 100_000_000n]],
      orders: [settledOrder(order, { status: 'canceled' })],
    }),
  );
  t.is(codeOf(account.working({ orderNo: 1 })), 'order_not_open');
  t.is(codeOf(account.working({ clientOrderId: 'a' })), 'order_not_open');
});

test('what is traded moves the account to the tier of its volume', (t) => {
  const account = accountWith(1_000_000_000n);
  t.is(admit(account, limit({ quantity: '0.1' })).takerFeePpm, 2_000);
  account.settle(changes({ volumes: [[QUOTE, DAY, 1_000_000_000n]] }));
  t.is(admit(account, limit({ quantity: '0.1' })).takerFeePpm, 1_000);
  t.is(account.volume(QUOTE, DAY), 1_000_000_000n);
  t.is(account.volume(QUOTE, DAY + 30), 0n);
});

test('a commit never takes from what may be spent', (t) => {
  const account = accountWith(100n);
  t.throws(() => account.settle(changes({ released: [[QUOTE, -1n]] })), { name: 'AssertionFailed' });
});

test('an account starts again from what is in the ledger', (t) => {
  const resting = settledOrder({
    ...admit(accountWith(1_000_000_000n), limit({ clientOrderId: 'rests' })),
    orderNo: 7,
  });
  const account = accountWith(5n, 6n, {
    nextOrderNo: 9,
    openOrders: [resting],
    clientOrderIds: [
      ['ended', 123, 3],
      ['rests', resting.requestDigest, 7],
    ],
    volumes: [[QUOTE, DAY, 77n]],
  });
  t.is(account.available(QUOTE), 5n);
  t.is(account.available(BASE), 6n);
  t.is(account.volume(QUOTE, DAY), 77n);
  t.true(account.working({ clientOrderId: 'rests' }).ok);
  t.is(codeOf(account.working({ clientOrderId: 'ended' })), 'order_not_open');
  t.like(account.admitOrder(market, limit({ clientOrderId: 'rests' }), null, NOW), {
    value: { kind: 'repeated', repeated: { orderNo: 7, settled: true } },
  });
  t.is(
    codeOf(account.admitOrder(market, limit({ clientOrderId: 'ended' }), null, NOW)),
    'client_order_id_conflict',
  );
});

test('one amend of an order at a time; it is over when it is committed or comes back', (t) => {
  const account = accountWith(1_000_000_000n);
  const order = admit(account, limit());
  account.settle(changes({ orders: [settledOrder(order)] }));
  const amend = account.admitAmend(market, 1, { price: '110', quantity: '2' });
  t.like(amend, {
    value: { priceTicks: 11_000, quantityLots: 20_000, reserved: { amountMinor: 120_000_000n } },
  });
  t.is(codeOf(account.admitAmend(market, 1, { price: '111', quantity: undefined })), 'order_amend_pending');
  // A fill that was committed before the market got to the amend is not its end.
  account.settle(changes({ orders: [settledOrder(order, { filledLots: 1 })] }));
  t.is(codeOf(account.admitAmend(market, 1, { price: '111', quantity: undefined })), 'order_amend_pending');
  account.returnAmend(1, [{ assetId: QUOTE, amountMinor: 120_000_000n }]);
  t.is(account.available(QUOTE), 900_000_000n);
  t.true(account.admitAmend(market, 1, { price: '110', quantity: '2' }).ok);
  const applied = settledOrder(order, { filledLots: 1, priceTicks: 11_000, quantityLots: 20_000 });
  account.settle(changes({ orders: [applied], amended: [1] }));
  t.true(account.admitAmend(market, 1, { price: '111', quantity: undefined }).ok);
});

test('an amend is refused for the same reasons as an order, and below what is filled', (t) => {
  const account = accountWith(200_000_000n);
  const order = admit(account, limit());
  account.settle(changes({ orders: [settledOrder(order, { filledLots: 5_000 })] }));
  const amend = (price?: string, quantity?: string) =>
    codeOf(account.admitAmend(market, 1, { price: price, quantity: quantity }));
  t.is(amend('1e2'), 'invalid_amount');
  t.is(amend('0'), 'invalid_price');
  t.is(amend(undefined, '0'), 'invalid_quantity');
  t.is(amend(undefined, '1000.0001'), 'quantity_too_large');
  t.is(amend('90000000000'), 'notional_too_large');
  t.is(amend(undefined, '0.5'), 'quantity_below_filled');
  t.is(amend('1000'), 'insufficient_funds');
  const halted = { ...market, status: 'halted' as const };
  t.is(codeOf(account.admitAmend(halted, 1, { price: '101', quantity: undefined })), 'market_halted');
  t.is(account.available(QUOTE), 100_000_000n, 'refusals reserve nothing');
});
