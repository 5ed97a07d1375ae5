import test from 'ava';
import type { MarketEffect } from '../../../src/actors/effects.ts';
import type { MarketCommand, SubmitOrder } from '../../../src/actors/market-messages.ts';
import { Matching } from '../../../src/actors/markets/matching.ts';
import { empty, market, order, queues, snapshotOf } from './commands.ts';

/** Handles a command that changes the market. */
function handle(matching: Matching, command: MarketCommand, atMs = 1): MarketEffect {
  const effect = matching.handle(command, atMs, 0);
  if (effect.type !== 'marketEffect') throw new Error(JSON.stringify(effect.reply));
  return effect;
}

function refusal(matching: Matching, command: MarketCommand): string {
  const effect = matching.handle(command, 1, 0);
  return effect.type === 'answerEffect' && effect.reply.type === 'refused'
    ? effect.reply.refusal.code
    : 'taken';
}

const amendment = (orderNo: number, priceTicks: number, quantityLots: number): MarketCommand => ({
  type: 'amendResting',
  accountId: 1000,
  orderNo,
  side: 'buy',
  priceTicks,
  quantityLots,
  extraHoldMinor: '100000',
});

test('less quantity keeps the place in the queue; more, or another price, loses it', (t) => {
  const matching = new Matching(market, empty());
  for (const orderNo of [1, 2]) handle(matching, order(1000, orderNo));
  handle(matching, amendment(1, 100, 4));
  t.deepEqual(queues(matching), ['0 100 1000-1 4', '0 100 1000-2 10']);
  handle(matching, amendment(1, 100, 5));
  t.deepEqual(queues(matching), ['0 100 1000-2 10', '0 100 1000-1 5']);
  handle(matching, amendment(2, 101, 10));
  handle(matching, amendment(2, 100, 10));
  t.deepEqual(queues(matching), ['0 100 1000-1 5', '0 100 1000-2 10']);
});

test('an amend counts what is filled: the total is new, the rest follows', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1000, 1));
  handle(matching, order(1001, 1, { side: 'sell', quantityLots: 4 }));
  t.is(refusal(matching, amendment(1, 100, 4)), 'quantity_below_filled');
  const { orders } = handle(matching, amendment(1, 100, 5));
  t.like(orders[0]!.order, { filledLots: 4, quantityLots: 5, holdMinor: 100n, status: 'partially_filled' });
});

test('an amend to a price that crosses trades, unless the order is post-only', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1001, 1, { side: 'sell', priceTicks: 105, quantityLots: 3 }));
  handle(matching, order(1000, 1));
  handle(matching, order(1000, 2, { postOnly: true }));
  t.is(refusal(matching, amendment(2, 105, 10)), 'post_only_would_take');
  const { trades, orders } = handle(matching, amendment(1, 105, 10));
  t.is(trades.length, 1);
  t.like(trades[0], { priceTicks: 105, quantityLots: 3, taker: { accountId: 1000, orderNo: 1 } });
  const amended = orders.find(({ order: { accountId } }) => accountId === 1000)!;
  t.like(amended.order, { priceTicks: 105, filledLots: 3, status: 'partially_filled' });
});

test('an order that may not rest is canceled with its reason', (t) => {
  const matching = new Matching(market, empty());
  const reasonOf = (change: Partial<SubmitOrder['order']>, orderNo: number) => {
    const { status, reason } = handle(matching, order(1000, orderNo, change)).orders[0]!.order;
    return `${status} ${reason}`;
  };
  t.is(reasonOf({ timeInForce: 'ioc' }, 1), 'canceled immediate_or_cancel');
  t.is(reasonOf({ timeInForce: 'fok' }, 2), 'canceled fill_or_kill_not_fillable');
  t.is(reasonOf({ type: 'market', timeInForce: 'ioc' }, 3), 'canceled insufficient_liquidity');
  handle(matching, order(1001, 1, { side: 'sell', quantityLots: 3 }));
  t.is(reasonOf({ postOnly: true }, 4), 'rejected post_only_would_take');
  t.is(reasonOf({ type: 'market', timeInForce: 'ioc' }, 5), 'canceled insufficient_liquidity');
});

test('a market buy by amount is filled when what is left of the amount buys no lot', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1001, 1, { side: 'sell', quantityLots: 10 }));
  const buy = handle(
    matching,
    order(1000, 1, { type: 'market', timeInForce: 'ioc', quoteBudget: 350, quantityLots: 1_000 }),
  );
  const bought = buy.orders.find(({ order: { accountId } }) => accountId === 1000)!.order;
  t.like(bought, { status: 'filled', reason: 'filled', filledLots: 3, filledQuoteMinor: 300n });
});

test('a market’s status decides what it takes; cancels are always taken', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1000, 1));
  handle(matching, { type: 'setMarketStatus', status: 'halted' });
  t.is(refusal(matching, order(1000, 2)), 'market_halted');
  t.is(refusal(matching, amendment(1, 100, 4)), 'market_halted');
  handle(matching, { type: 'setMarketStatus', status: 'post_only' });
  t.is(refusal(matching, order(1000, 2)), 'market_post_only');
  handle(matching, order(1000, 3, { postOnly: true }));
  handle(matching, { type: 'setMarketStatus', status: 'cancel_only' });
  t.is(refusal(matching, order(1000, 4, { postOnly: true })), 'market_cancel_only');
  handle(matching, { type: 'cancelResting', accountId: 1000, orderNo: 1 });
  t.is(matching.state.book.restingCount, 1);
});

test('nobody cancels or amends what is not his', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1001, 1));
  t.is(refusal(matching, { type: 'cancelResting', accountId: 1000, orderNo: 1 }), 'order_not_open');
  t.is(refusal(matching, amendment(1, 100, 4)), 'order_not_open');
  t.is(matching.handle({ type: 'cancelAllResting', accountId: 1000 }, 1, 0).type, 'answerEffect');
  t.is(matching.state.book.restingCount, 1);
});

test('a snapshot whose order holds too little is not accepted', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1000, 1));
  const { orders, ...rest } = snapshotOf(matching);
  const short = orders.map((resting) => ({ ...resting, holdMinor: resting.holdMinor - 1n }));
  t.throws(() => new Matching(market, { ...rest, orders: short }), { name: 'AssertionFailed' });
});

test('an amend that was reserved for before a self-trade took from the order is refused', (t) => {
  const matching = new Matching(market, empty());
  handle(matching, order(1000, 1));
  const own = {
    side: 'sell',
    quantityLots: 6,
    timeInForce: 'ioc',
    selfTrade: 'decrement_and_cancel',
  } as const;
  handle(matching, order(1000, 2, own));
  const amend = { ...amendment(1, 100, 10), extraHoldMinor: '0' } as MarketCommand;
  t.is(refusal(matching, amend), 'insufficient_funds');
  t.deepEqual(queues(matching), ['0 100 1000-1 4']);
});
