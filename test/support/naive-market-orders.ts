import type { AdmittedOrder } from '../../src/domain/accounts/admission.ts';
import { type Market, valueMinor } from '../../src/domain/markets/market.ts';
import type { OrderReason, SelfTradePrevention, Side } from '../../src/domain/orders/order.ts';
import type { OrderStatus } from '../../src/domain/orders/order-machine.ts';
import {
  isTrailing,
  type OrderTerms,
  type Trigger,
  trailedStop,
} from '../../src/domain/orders/order-terms.ts';

/** An order of a naive market: as it was admitted, and what became of it. */
export interface NaiveOrder extends AdmittedOrder {
  readonly selfTrade: SelfTradePrevention;
  readonly tradeGroup: number;
  readonly terms: OrderTerms;
  /** The message that brought it, and its place among the orders that the market was ever given. */
  readonly broughtBy: number;
  readonly entry: number;
  priceTicks: number;
  quantityLots: number;
  filledLots: number;
  filledQuoteMinor: bigint;
  feeMinor: bigint;
  holdMinor: bigint;
  status: OrderStatus;
  reason: OrderReason;
  trigger: Trigger | undefined;
  /** Ticks × lots that a budget still allows. */
  budgetLeft: number;
  isOnBook: boolean;
  shown: number;
  hidden: number;
  /** Grows with every arrival at the back of a queue, of the book or of a stop price. */
  arrival: number;
}

export function naiveOrder(admitted: AdmittedOrder, broughtBy: number, entry: number): NaiveOrder {
  const terms = admitted.terms ?? {};
  const isOpenedByAnother = terms.list?.role === 'leg' && terms.list.type !== 'oco';
  return {
    ...admitted,
    selfTrade: admitted.selfTrade ?? 'none',
    tradeGroup: admitted.tradeGroup ?? admitted.accountId,
    terms,
    broughtBy,
    entry,
    filledLots: 0,
    filledQuoteMinor: 0n,
    feeMinor: 0n,
    holdMinor: 0n,
    status: isOpenedByAnother ? 'pending' : terms.trigger === undefined ? 'open' : 'untriggered',
    reason: 'none',
    trigger: terms.trigger,
    budgetLeft: admitted.quoteBudget,
    isOnBook: false,
    shown: 0,
    hidden: 0,
    arrival: 0,
  };
}

export function openLots({ quantityLots, filledLots }: NaiveOrder): number {
  return quantityLots - filledLots;
}

export function hasEnded({ status }: NaiveOrder): boolean {
  return status === 'filled' || status === 'canceled' || status === 'rejected';
}

export function isOwn(taker: NaiveOrder, maker: NaiveOrder): boolean {
  return taker.selfTrade !== 'none' && taker.tradeGroup === maker.tradeGroup;
}

export function isReached({ fires, stopTicks }: Trigger, lastPriceTicks: number): boolean {
  return fires === 'above' ? lastPriceTicks >= stopTicks : lastPriceTicks <= stopTicks;
}

/** A trailing stop as the last price leaves it; undefined when it stays where it is, or is none. */
export function moved(trigger: Trigger, lastPriceTicks: number): Trigger | undefined {
  if (!isTrailing(trigger)) return undefined;
  const stopTicks = trailedStop(trigger, lastPriceTicks);
  const isCloser = trigger.fires === 'below' ? stopTicks > trigger.stopTicks : stopTicks < trigger.stopTicks;
  return isCloser ? { ...trigger, stopTicks } : undefined;
}

/** What an order can still cost. */
export function need(market: Market, order: NaiveOrder): bigint {
  return order.side === 'buy'
    ? valueMinor(market, order.priceTicks, openLots(order))
    : BigInt(openLots(order)) * market.lotMinor;
}

/** What an order has brought. */
export function brought(market: Market, order: NaiveOrder): bigint {
  const gross = order.side === 'buy' ? BigInt(order.filledLots) * market.lotMinor : order.filledQuoteMinor;
  return gross - order.feeMinor;
}

export function affordable(market: Market, leg: NaiveOrder, minor: bigint): number {
  const lotCosts = leg.side === 'buy' ? valueMinor(market, leg.priceTicks, 1) : market.lotMinor;
  return Math.min(leg.quantityLots, Number(minor / lotCosts));
}

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}
