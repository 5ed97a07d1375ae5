import test from 'ava';
import type { MarketCommand } from '../../../src/actors/market-messages.ts';
import { Matching } from '../../../src/actors/markets/matching.ts';
import { emptyMarket } from '../../../src/domain/snapshots.ts';
import { marketOf } from '../../support/markets.ts';
import { empty, market, order, snapshotOf } from './commands.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** A command that must change the market. */
function handle(matching: Matching, command: MarketCommand, atMs = 1) {
  const effect = matching.handle(command, atMs, 0);
  if (effect.type !== 'marketEffect') throw new Error(JSON.stringify(effect.reply));
  return effect;
}

function trailing(orderNo: number, side: 'buy' | 'sell', trailTicks: number, reference: number) {
  const fires = side === 'sell' ? 'below' : 'above';
  const stopTicks = side === 'sell' ? reference - trailTicks : reference + trailTicks;
  return order(1001, orderNo, {
    side,
    type: 'trailing_stop',
    timeInForce: 'ioc',
    priceTicks: side === 'sell' ? 1 : reference + 2 * trailTicks,
    quantityLots: 1,
    terms: { trigger: { stopTicks, fires, trailTicks } },
  });
}

test('a sweep of many prices moves each trailing stop once, to where the price ended', (t) => {
  const matching = new Matching(market, empty({ lastPriceTicks: 1_000 }));
  const { state } = matching;
  for (let index = 0; index < 200; index += 1) {
    handle(matching, order(1000, index + 1, { side: 'sell', priceTicks: 1_001 + index, quantityLots: 1 }));
    handle(matching, trailing(index + 1, 'sell', 300 + index, 1_000));
  }
  const { places } = state;
  const swept = handle(matching, order(1002, 1, { priceTicks: 1_200, quantityLots: 200 }));
  t.is(swept.trades.length, 200);
  t.is(state.places - places, 200, 'each has one new place');
  for (const { order: changed } of swept.orders.filter((change) => change.order.accountId === 1001))
    t.is(changed.terms?.trigger?.stopTicks, 1_200 - (299 + changed.orderNo));
});

test('stops that make many others follow fire in several messages', (t) => {
  const matching = new Matching(market, empty({ lastPriceTicks: 100_000 }));
  const { state } = matching;
  // The first of these stops to fire moves the price, and with it all that trail.
  for (let index = 0; index < 60; index += 1) {
    handle(matching, order(1000, index + 1, { priceTicks: 90_000 - index, quantityLots: 1 }));
    const stop = { stopTicks: 99_000, fires: 'below' } as const;
    const sell = { side: 'sell', type: 'stop', timeInForce: 'ioc', priceTicks: 1, quantityLots: 1 } as const;
    handle(matching, order(1002, index + 1, { ...sell, terms: { trigger: stop } }));
  }
  for (let index = 0; index < 1_000; index += 1)
    handle(matching, trailing(index + 1, 'buy', 50_000 + index, 100_000));
  handle(matching, order(1000, 1_000, { priceTicks: 98_999, quantityLots: 1 }));
  const first = handle(matching, order(1003, 1, { side: 'sell', priceTicks: 98_999, quantityLots: 1 }));
  t.is(first.trades.length, 1 + 19, 'the first trade and each stop move a thousand');
  let trades = first.trades.length;
  for (let messages = 1; state.due.size > 0; messages += 1) {
    trades += handle(matching, { type: 'fireStops' }).trades.length;
    t.true(messages < 4);
  }
  t.is(trades, 61);
  t.is(state.waiting.has(state.orders.find(1001, 1)!), true);
  t.is(state.orders.find(1001, 1)!.terms?.trigger?.stopTicks, 90_000 - 59 + 50_000);
});

test('orders that expire together end in messages of bounded size, by account and number', (t) => {
  const matching = new Matching(market, empty());
  const { state } = matching;
  for (let orderNo = 1; orderNo <= 6_000; orderNo += 1)
    handle(matching, order(1000, orderNo, { timeInForce: 'gtd', terms: { expiresAtMs: 50 } }));
  handle(matching, { type: 'cancelResting', accountId: 1000, orderNo: 3 });
  t.is(state.expiries.size, 5_999, 'what has ended does not expire any more');
  const first = handle(matching, { type: 'expireOrders' }, 50);
  t.is(first.orders.length, 5_000);
  t.is(Math.max(...first.orders.map((change) => change.order.orderNo)), 5_001, 'by their number');
  t.is(handle(matching, { type: 'expireOrders' }, 50).orders.length, 999);
  t.is(state.expiries.size, 0);
  t.is(state.nextExpiryMs, Number.POSITIVE_INFINITY);
});

test('a trailing sell whose stop has risen is still counted exactly when it fires', (t) => {
  const matching = new Matching(market, empty({ lastPriceTicks: 1_000 }));
  const quantityLots = Math.floor(MAX / 2_000);
  handle(matching, {
    ...trailing(1, 'sell', 10, 1_000),
    order: { ...trailing(1, 'sell', 10, 1_000).order, quantityLots },
  });
  // The price rises a thousandfold, and falls.
  handle(matching, order(1000, 1, { side: 'sell', priceTicks: 1_000_000, quantityLots: 1 }));
  handle(matching, order(1002, 1, { priceTicks: 1_000_000, quantityLots: 1 }));
  handle(matching, order(1000, 2, { priceTicks: 900_000, quantityLots: 5 }));
  const fired = handle(matching, order(1002, 2, { side: 'sell', priceTicks: 900_000, quantityLots: 1 }));
  const stop = fired.orders.find((change) => change.order.accountId === 1001)!.order;
  t.like(stop, { status: 'canceled', reason: 'insufficient_liquidity', filledLots: 4 });
  t.true(stop.priceTicks * quantityLots <= MAX);
});

test('the circuit breaker bounds an order of any size', (t) => {
  const breaking = marketOf({
    minQuantity: '0.0001',
    minNotional: '0',
    breaker: { bandPpm: 100_000, windowSeconds: 1, auctionSeconds: 1 },
  });
  const recentPrices = [[10_000, 1]] as const;
  const matching = new Matching(breaking, { ...emptyMarket(breaking), lastPriceTicks: 10_000, recentPrices });
  // At 9,000 ticks it would not be counted exactly, but it is below that.
  const quantityLots = Math.floor(MAX / 5_000);
  handle(matching, order(1000, 1, { priceTicks: 9_500, quantityLots: 5 }));
  handle(matching, order(1000, 2, { priceTicks: 8_000, quantityLots: 5 }));
  const sold = handle(matching, order(1001, 1, { side: 'sell', priceTicks: 5_000, quantityLots }));
  t.is(sold.status, 'auction');
  t.deepEqual(
    sold.trades.map((trade) => [trade.priceTicks, trade.quantityLots]),
    [[9_500, 5]],
  );
  t.like(matching.state.orders.find(1001, 1), { priceTicks: 5_000, filledLots: 5 });
});

test('an auction of very many trades ends in several messages, at one price and in the status that was asked for', (t) => {
  const matching = new Matching(market, empty({ status: 'auction', lastPriceTicks: 100 }));
  const count = 11_000;
  for (let orderNo = 1; orderNo <= count; orderNo += 1) {
    handle(matching, order(1000, orderNo, { priceTicks: 105, quantityLots: 1 }));
    handle(matching, order(1001, orderNo, { side: 'sell', priceTicks: 95, quantityLots: 1 }));
  }
  const first = handle(matching, { type: 'setMarketStatus', status: 'post_only' }, 50);
  t.is(first.trades.length, 10_000);
  t.like(first, { status: 'auction', auctionEndsAtMs: 50, auctionOpensAs: 'post_only' });
  const restored = new Matching(market, snapshotOf(matching));
  for (const one of [matching, restored]) {
    const second = handle(one, { type: 'endAuction' }, 50);
    t.is(second.trades.length, 1_000);
    t.true([...first.trades, ...second.trades].every((trade) => trade.priceTicks === 100));
    t.like(second, { status: 'post_only', auctionEndsAtMs: null });
  }
});

test('one order makes so many trades and no more; one that must be filled at once is refused before', (t) => {
  const matching = new Matching(market, empty());
  for (let orderNo = 1; orderNo <= 10_500; orderNo += 1)
    handle(matching, order(1000, orderNo, { side: 'sell', quantityLots: 1 }));
  const killed = handle(matching, order(1001, 1, { timeInForce: 'fok', quantityLots: 10_400 }));
  t.like(killed.orders[0]!.order, { status: 'canceled', reason: 'fill_or_kill_not_fillable' });
  const swept = handle(matching, order(1001, 2, { quantityLots: 10_400 }));
  t.is(swept.trades.length, 10_000);
  const taker = swept.orders.find((change) => change.order.accountId === 1001)!.order;
  t.like(taker, { status: 'canceled', reason: 'too_many_trades', filledLots: 10_000, holdMinor: 0n });
  t.is(matching.state.orders.size, 500);
});

test('a market that is closed sweeps the same orders whether it ran on or was read back', (t) => {
  const matching = new Matching(market, empty());
  for (let orderNo = 1; orderNo <= 5_001; orderNo += 1) handle(matching, order(1000, orderNo));
  const toTheBack = { type: 'amendResting', accountId: 1000, orderNo: 1, side: 'buy' } as const;
  handle(matching, { ...toTheBack, priceTicks: 100, quantityLots: 11, extraHoldMinor: '100' });
  handle(matching, { type: 'setMarketStatus', status: 'closed' });
  const restored = new Matching(market, snapshotOf(matching));
  for (const one of [matching, restored]) {
    t.is(handle(one, { type: 'sweepClosed' }).orders.length, 5_000);
    t.not(one.state.orders.find(1000, 1), undefined);
    t.is(handle(one, { type: 'sweepClosed' }).orders.length, 1);
  }
});

test('an auction adds up more lots than a double can count', (t) => {
  const matching = new Matching(market, empty({ status: 'auction', lastPriceTicks: 2 }));
  const most = Math.floor(MAX / 3);
  for (const [orderNo, priceTicks] of [1, 2, 3].entries()) {
    handle(matching, order(1000, orderNo + 1, { priceTicks: 3, quantityLots: most - orderNo }));
    handle(
      matching,
      order(1001, orderNo + 1, { side: 'sell', priceTicks, quantityLots: most - 3 * orderNo }),
    );
    handle(matching, order(1002, orderNo + 1, { priceTicks: 2, quantityLots: most }));
  }
  const opened = handle(matching, { type: 'setMarketStatus', status: 'open' });
  const bid = matching.state.book.bestBid();
  const ask = matching.state.book.bestAsk();
  t.true(bid === 0 || ask === 0 || bid < ask);
  t.is(
    opened.trades.reduce((sum, trade) => sum + BigInt(trade.quantityLots), 0n),
    3n * BigInt(most) - 9n,
  );
});
