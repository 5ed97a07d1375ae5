import test from 'ava';
import { codeOf, mustBeOk, startTestExchange } from '../support/exchange.ts';

test('an order is placed, rests, is amended, and canceled; the ledger follows each step', async (t) => {
  const { exchange, place, account, wallet } = await startTestExchange(t);
  const alice = await account({ USD: '1000' });
  const { order, fills, repeated } = mustBeOk(await place(alice, { price: '100.5', quantity: '2' }));
  t.like(order, { status: 'open', price: '100.5', quantity: '2', remainingQuantity: '2', reason: null });
  t.deepEqual([fills, repeated], [[], false]);
  t.is(await wallet(alice, 'USD'), '1000000000/201000000');
  const name = { orderNo: Number(order.id.split('-')[1]) };
  mustBeOk(await exchange.amendOrder({ accountId: alice, name, price: '99', quantity: '3' }));
  t.is(await wallet(alice, 'USD'), '1000000000/297000000');
  mustBeOk(await exchange.amendOrder({ accountId: alice, name, quantity: '1' }));
  t.is(await wallet(alice, 'USD'), '1000000000/99000000');
  const canceled = mustBeOk(await exchange.cancelOrder({ accountId: alice, name }));
  t.like(canceled, { status: 'canceled', reason: 'canceled_by_client', quantity: '1' });
  t.is(await wallet(alice, 'USD'), '1000000000/0');
  t.is(codeOf(await exchange.cancelOrder({ accountId: alice, name })), 'order_not_open');
});

test('trades: each side pays its fee in what it receives, rounded up, and gets back what it did not need', async (t) => {
  const { place, account, wallet } = await startTestExchange(t);
  const maker = await account({ BTC: '1' });
  const taker = await account({ USD: '1000' });
  mustBeOk(await place(maker, { side: 'sell', price: '100.01', quantity: '0.3333' }));
  const { order, fills } = mustBeOk(await place(taker, { price: '110', quantity: '0.3333' }));
  // 0.3333 BTC at 0.2 %: 66,660 of 10^-8; 33.333333 USD at 0.1 %: 33,333.333 of 10^-6, rounded up.
  t.like(order, { status: 'filled', averagePrice: '100.01', fee: '0.0006666' });
  t.like(fills[0], {
    role: 'taker',
    price: '100.01',
    quoteAmount: '33.333333',
    fee: '0.0006666',
    feeAsset: 'BTC',
  });
  t.is(await wallet(taker, 'BTC'), '33263340/0');
  t.is(await wallet(taker, 'USD'), '966666667/0');
  t.is(await wallet(maker, 'USD'), `${33_333_333 - 33_334}/0`);
  t.is(await wallet(maker, 'BTC'), '66670000/0');
});

test('every form of order', async (t) => {
  const { exchange, place, account } = await startTestExchange(t);
  const maker = await account({ BTC: '10' });
  const taker = await account({ USD: '10000' });
  const statusOf = async (request: Parameters<typeof place>[1]) => {
    const { order } = mustBeOk(await place(taker, request));
    return `${order.status} ${order.reason} ${order.filledQuantity}`;
  };
  t.is(codeOf(await place(taker, { type: 'market', price: undefined })), 'no_reference_price');
  for (const price of ['100', '101', '130']) {
    mustBeOk(await place(maker, { side: 'sell', price, quantity: '1' }));
  }
  t.is(
    await statusOf({ price: '101', quantity: '3', timeInForce: 'fok' }),
    'canceled fill_or_kill_not_fillable 0',
  );
  t.is(await statusOf({ price: '100', postOnly: true }), 'rejected post_only_would_take 0');
  t.is(await statusOf({ price: '99', postOnly: true }), 'open null 0');
  t.is(await statusOf({ price: '100', quantity: '0.5', timeInForce: 'fok' }), 'filled filled 0.5');
  t.is(
    await statusOf({ price: '100', quantity: '0.7', timeInForce: 'ioc' }),
    'canceled immediate_or_cancel 0.5',
  );
  const market = { type: 'market', price: undefined } as const;
  t.is(await statusOf({ ...market, quantity: undefined, quoteAmount: '50.5' }), 'filled filled 0.5');
  // The next level is beyond the band of 10 % around the last price.
  t.is(await statusOf({ ...market, quantity: '2' }), 'canceled insufficient_liquidity 0.5');
  t.is(
    await statusOf({ ...market, quantity: '1', timeInForce: 'fok' }),
    'canceled fill_or_kill_not_fillable 0',
  );
  const ids = mustBeOk(await exchange.cancelAllOrders({ accountId: taker }));
  t.is(ids.length, 1);
  t.deepEqual(mustBeOk(await exchange.cancelAllOrders({ accountId: taker, market: 'BTC-USD' })), []);
  t.is(codeOf(await exchange.cancelAllOrders({ accountId: taker, market: 'NO-SUCH' })), 'market_not_found');
});

test('a repeated clientOrderId gets the original result, at once or later, before and after a restart', async (t) => {
  const first = await startTestExchange(t);
  const alice = await first.account({ USD: '1000' });
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => first.place(alice, { clientOrderId: 'once' })),
  );
  const placements = answers.map(mustBeOk);
  t.is(new Set(placements.map(({ order }) => order.id)).size, 1);
  t.is(placements.filter(({ repeated }) => !repeated).length, 1);
  t.is(await first.wallet(alice, 'USD'), '1000000000/100000000');

  const second = await first.restart();
  const again = mustBeOk(await second.place(alice, { clientOrderId: 'once' }));
  t.true(again.repeated);
  t.is(again.order.id, placements[0]!.order.id);
  t.is(
    codeOf(await second.place(alice, { clientOrderId: 'once', price: '101' })),
    'client_order_id_conflict',
  );
  const name = { clientOrderId: 'once' };
  mustBeOk(await second.exchange.cancelOrder({ accountId: alice, name }));
  const ended = mustBeOk(await second.place(alice, { clientOrderId: 'once' }));
  t.like(ended, { repeated: true, order: { status: 'canceled' } });
});

test('parallel repeats of an order that the market refuses are all refused, and its id is free', async (t) => {
  const { exchange, place, account, wallet } = await startTestExchange(t);
  const alice = await account({ USD: '100' });
  // The account still sees the market open while the market has handled its halt already.
  const halted = exchange.setMarketStatus('BTC-USD', 'halted');
  const answers = await Promise.all(Array.from({ length: 20 }, () => place(alice, { clientOrderId: 'x' })));
  mustBeOk(await halted);
  t.deepEqual([...new Set(answers.map(codeOf))], ['market_halted']);
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'open'));
  t.false(mustBeOk(await place(alice, { clientOrderId: 'x' })).repeated);
  t.is(await wallet(alice, 'USD'), '100000000/100000000');
});

test('of 1,000 parallel orders that each spend the whole balance exactly one is accepted', async (t) => {
  const { place, account, wallet } = await startTestExchange(t);
  const alice = await account({ USD: '100' });
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => place(alice, {})));
  t.is(answers.filter(({ ok }) => ok).length, 1);
  t.is(answers.filter((answer) => codeOf(answer) === 'insufficient_funds').length, 999);
  t.is(await wallet(alice, 'USD'), '100000000/100000000');
});

test('money that comes back can be spent at once, and never twice', async (t) => {
  const { exchange, place, account, wallet } = await startTestExchange(t);
  const alice = await account({ USD: '100' });
  for (let round = 0; round < 5; round += 1) {
    const orders = await Promise.all(Array.from({ length: 20 }, () => place(alice, {})));
    t.is(orders.filter(({ ok }) => ok).length, 1, `round ${round}`);
    const cancels = Promise.all(
      Array.from({ length: 5 }, () => exchange.cancelAllOrders({ accountId: alice })),
    );
    const meanwhile = await Promise.all(Array.from({ length: 20 }, () => place(alice, {})));
    await cancels;
    t.true(meanwhile.filter(({ ok }) => ok).length <= 1);
    mustBeOk(await exchange.cancelAllOrders({ accountId: alice }));
    t.is(await wallet(alice, 'USD'), '100000000/0');
  }
});

test('nobody reaches the orders of another account, and nobody trades without one', async (t) => {
  const { exchange, place, account } = await startTestExchange(t);
  const alice = await account({ USD: '100' });
  const mallory = await account({ USD: '100' });
  mustBeOk(await place(alice, { clientOrderId: 'mine' }));
  for (const name of [{ orderNo: 1 }, { clientOrderId: 'mine' }]) {
    t.is(codeOf(await exchange.cancelOrder({ accountId: mallory, name })), 'order_not_found');
    t.is(codeOf(await exchange.amendOrder({ accountId: mallory, name, price: '1' })), 'order_not_found');
  }
  t.is(codeOf(await place(999_999, {})), 'account_not_found');
  for (const accountId of [1, 2, 3]) {
    t.is(codeOf(await place(accountId, {})), 'account_not_found', 'system accounts don’t trade');
    t.is(codeOf(await exchange.credit({ accountId, asset: 'USD', amount: '1' })), 'account_not_found');
  }
  t.is(codeOf(await place(alice, { market: 'NO-SUCH' })), 'market_not_found');
});
