import fc from 'fast-check';
import { SELF_TRADE_PREVENTIONS, type Side } from '../../src/domain/orders/order.ts';
import { marketOf } from './markets.ts';

/** Random commands over every type of order, as account actors would send them. */

export const market = marketOf({
  minQuantity: '0.0001',
  minNotional: '0',
  bandPpm: 60_000,
  breaker: { bandPpm: 100_000, windowSeconds: 1, auctionSeconds: 1 },
});
export const ACCOUNTS = Object.freeze([1000, 1001, 1002, 1003, 1004]);

const account = fc.constantFrom(...ACCOUNTS);
const side = fc.constantFrom<Side>('buy', 'sell');
const price = fc.integer({ min: 90, max: 110 });
const lots = fc.integer({ min: 1, max: 20 });
const which = fc.nat(99);
const seldom = fc.constantFrom(false, false, false, false, false, false, false, false, true);
const tag = fc.constantFrom(undefined, undefined, 'a', 'b');
const PLAIN = ['limit', 'limit', 'limit', 'limit', 'market', 'amount'] as const;
export const WAITING = ['stop', 'stop_limit', 'take_profit', 'take_profit_limit', 'trailing_stop'] as const;
const EXTRAS = [
  'none',
  'none',
  'post_only',
  'reprice',
  'iceberg',
  'iceberg',
  'hidden_post',
  'minimum',
] as const;

const draftOrder = fc.record({
  side,
  price,
  lots,
  form: fc.constantFrom(...PLAIN, ...PLAIN, ...WAITING),
  timeInForce: fc.constantFrom('gtc', 'gtc', 'gtc', 'gtc', 'gtd', 'gtd', 'ioc', 'fok'),
  extra: fc.constantFrom(...EXTRAS),
  /** Lots shown by an iceberg or wanted at least. */
  part: fc.integer({ min: 1, max: 8 }),
  stop: price,
  trail: fc.constantFrom(1, 2, 4, 8, 20_000, 50_000),
  lifeMs: fc.nat(300),
  selfTrade: fc.constantFrom('none', ...SELF_TRADE_PREVENTIONS),
  tag,
});
export type DraftOrder = typeof draftOrder extends fc.Arbitrary<infer T> ? T : never;

const waitMs = fc.constantFrom(0, 1, 5, 20, 20, 200);
const of = <Kind extends string>(kind: Kind) => ({ kind: fc.constant(kind), waitMs });
export const draft = fc.oneof(
  { weight: 30, arbitrary: fc.record({ ...of('submit'), account, order: draftOrder }) },
  {
    weight: 6,
    arbitrary: fc.record({
      ...of('list'),
      account,
      working: fc.option(draftOrder, { freq: 4 }),
      legs: fc.array(draftOrder, { minLength: 1, maxLength: 2 }),
      sameSide: seldom,
      lots,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...of('replace'),
      account,
      which,
      miss: seldom,
      order: draftOrder,
      short: seldom,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      ...of('amend'),
      which,
      miss: seldom,
      price: fc.option(price, { freq: 2 }),
      lots: fc.option(lots, { freq: 3 }),
      stop: fc.option(price, { freq: 1 }),
      below: seldom,
    }),
  },
  { weight: 3, arbitrary: fc.record({ ...of('cancel'), which, miss: seldom }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...of('cancelAll'),
      account,
      side: fc.option(side, { nil: undefined }),
      tag,
      cause: fc.constantFrom(undefined, undefined, 'countdown' as const, 'disconnected' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record(of('expire')) },
  { weight: 1, arbitrary: fc.record(of('restart')) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...of('status'),
      status: fc.constantFrom('post_only', 'cancel_only', 'halted', 'auction', 'auction'),
      auctionMs: fc.constantFrom(undefined, 20, 100),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ ...of('status'), status: fc.constant('open'), auctionMs: fc.constant(undefined) }),
  },
);
export type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;
