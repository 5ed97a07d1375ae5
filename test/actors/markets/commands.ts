import fc from 'fast-check';
import type { MarketCommand, SubmitOrder } from '../../../src/actors/market-messages.ts';
import type { Matching } from '../../../src/actors/markets/matching.ts';
import { BUY, SELL } from '../../../src/domain/book/commands.ts';
import { holdFor, type Order } from '../../../src/domain/orders/order.ts';
import { emptyMarket, type MarketSnapshot } from '../../../src/domain/snapshots.ts';
import { marketOf } from '../../support/markets.ts';

/** Commands for one market, as the account actors would send them, and ways to look at the market. */

export const market = marketOf({ minQuantity: '0.0001', minNotional: '0' });
export const ACCOUNTS = [1000, 1001, 1002];
export const REPLY_TO = 7;

export function empty(change: Partial<MarketSnapshot> = {}): MarketSnapshot {
  return { ...emptyMarket(market), ...change };
}

export function order(
  accountId: number,
  orderNo: number,
  change: Partial<SubmitOrder['order']> = {},
): SubmitOrder {
  return {
    type: 'submitOrder',
    order: {
      accountId,
      orderNo,
      clientOrderId: null,
      requestDigest: 0,
      makerFeePpm: 1_000,
      takerFeePpm: 2_000,
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      postOnly: false,
      priceTicks: 100,
      quantityLots: 10,
      quoteBudget: 0,
      ...change,
    },
  };
}

export type Step =
  | {
      readonly kind: 'place';
      readonly account: number;
      readonly side: 'buy' | 'sell';
      readonly price: number;
      readonly lots: number;
      readonly form: 'gtc' | 'ioc' | 'fok' | 'post' | 'market' | 'amount';
    }
  | { readonly kind: 'cancel' | 'cancelAll'; readonly account: number; readonly which: number }
  | {
      readonly kind: 'amend';
      readonly account: number;
      readonly which: number;
      readonly price: number;
      readonly lots: number;
    }
  | { readonly kind: 'status'; readonly status: 'open' | 'post_only' | 'cancel_only' | 'halted' };

const account = fc.constantFrom(...ACCOUNTS);
const price = fc.integer({ min: 90, max: 110 });
const lots = fc.integer({ min: 1, max: 20 });
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      account,
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price,
      lots,
      form: fc.constantFrom('gtc', 'gtc', 'gtc', 'ioc', 'fok', 'post', 'market', 'amount'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('cancel' as const), account, which: fc.nat(40) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('amend' as const), account, which: fc.nat(40), price, lots }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancelAll' as const), account, which: fc.nat(40) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      status: fc.constantFrom('open', 'open', 'post_only', 'cancel_only', 'halted'),
    }),
  },
) as fc.Arbitrary<Step>;

/** Makes commands as the account actors would: numbered orders, amends with what they reserve on top. */
export class Accounts {
  readonly #next = new Map<number, number>();
  readonly #matching: Matching;

  constructor(matching: Matching) {
    this.#matching = matching;
  }

  command(next: Step): MarketCommand {
    switch (next.kind) {
      case 'place': {
        const orderNo = (this.#next.get(next.account) ?? 0) + 1;
        this.#next.set(next.account, orderNo);
        const { form } = next;
        const byAmount = form === 'amount';
        return order(next.account, orderNo, {
          side: byAmount ? 'buy' : next.side,
          type: form === 'market' || byAmount ? 'market' : 'limit',
          timeInForce: form === 'gtc' || form === 'post' ? 'gtc' : form === 'fok' ? 'fok' : 'ioc',
          postOnly: form === 'post',
          priceTicks: next.price,
          quantityLots: byAmount ? 1_000 : next.lots,
          quoteBudget: byAmount ? next.lots * 100 : 0,
        });
      }
      case 'cancel':
        return {
          type: 'cancelResting',
          accountId: next.account,
          orderNo: this.#pick(next.account, next.which)?.orderNo ?? 1,
        };
      case 'cancelAll':
        return { type: 'cancelAllResting', accountId: next.account };
      case 'status':
        return { type: 'setMarketStatus', status: next.status };
      case 'amend': {
        const found = this.#pick(next.account, next.which);
        const side = found?.side ?? 'buy';
        const left = found === undefined ? 0 : found.quantityLots - found.filledLots;
        const quantityLots = (found?.filledLots ?? 0) + next.lots;
        const more =
          found === undefined
            ? 0n
            : holdFor(market, side, next.price, next.lots) - holdFor(market, side, found.priceTicks, left);
        return {
          type: 'amendResting',
          accountId: next.account,
          orderNo: found?.orderNo ?? 1,
          side,
          priceTicks: next.price,
          quantityLots,
          extraHoldMinor: String(more > 0n ? more : 0n),
        };
      }
    }
  }

  #pick(accountId: number, which: number) {
    const orders = this.#matching.state.orders.ofAccount(accountId, {});
    return orders[which % Math.max(1, orders.length)];
  }
}

/** The state of a market as the ledger would have it: resting orders by priority. */
export function snapshotOf({ state }: Matching): MarketSnapshot {
  const orders: Order[] = ACCOUNTS.flatMap((accountId) => state.orders.ofAccount(accountId, {})).map(
    ({ bookId: _, ...resting }) => ({ ...resting }),
  );
  return {
    marketId: market.id,
    status: state.status,
    seq: state.seq,
    tradeNo: state.tradeNo,
    lastPriceTicks: state.lastPriceTicks,
    places: state.places,
    auctionEndsAtMs: state.auctionEndsAtMs,
    auctionOpensAs: state.auctionOpensAs,
    breakerFromTradeNo: state.breakerFromTradeNo,
    recentPrices: [],
    orders: orders.sort((a, b) => a.priority - b.priority),
  };
}

/** The queue of each side by account and number: what ids in the book stand for. */
export function queues({ state }: Matching): string[] {
  const lines: string[] = [];
  for (const side of [BUY, SELL] as const) {
    state.book.forEachResting(side, (id, _side, priceTicks, remaining) => {
      const { accountId, orderNo } = state.orders.at(id);
      lines.push(`${side} ${priceTicks} ${accountId}-${orderNo} ${remaining}`);
    });
  }
  return lines;
}
