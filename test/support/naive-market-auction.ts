import type { PriceBreaker } from '../../src/domain/markets/market.ts';
import { type NaiveOrder, openLots } from './naive-market-orders.ts';

export interface NaiveClearing {
  readonly priceTicks: number;
  readonly volumeLots: number;
  readonly surplusLots: number;
}

/** Where gathered orders would trade: every price between the best ones is tried. */
export function clearing(
  buys: readonly NaiveOrder[],
  sells: readonly NaiveOrder[],
  lastPriceTicks: number | null,
): NaiveClearing | null {
  if (buys.length === 0 || sells.length === 0) return null;
  const highest = buys[0]!.priceTicks;
  const lowest = sells[0]!.priceTicks;
  const reference = lastPriceTicks ?? Math.floor((highest + lowest) / 2);
  const all: NaiveClearing[] = [];
  for (let priceTicks = lowest; priceTicks <= highest; priceTicks += 1) {
    const demand = sum(buys.filter((order) => order.priceTicks >= priceTicks));
    const supply = sum(sells.filter((order) => order.priceTicks <= priceTicks));
    all.push({ priceTicks, volumeLots: Math.min(demand, supply), surplusLots: demand - supply });
  }
  const better = (a: NaiveClearing, b: NaiveClearing) =>
    b.volumeLots - a.volumeLots ||
    Math.abs(a.surplusLots) - Math.abs(b.surplusLots) ||
    Math.abs(a.priceTicks - reference) - Math.abs(b.priceTicks - reference) ||
    a.priceTicks - b.priceTicks;
  return all.sort(better)[0] ?? null;
}

export interface NaiveTick {
  readonly priceTicks: number;
  readonly atMs: number;
}

/**
 * Between which prices a market may trade, after these trades.
 * @param firstTicks where the order would trade first; that is what counts where there was no trade
 */
export function corridor(
  breaker: PriceBreaker | null,
  trades: readonly NaiveTick[],
  atMs: number,
  firstTicks: number | undefined,
): readonly [lowTicks: number, highTicks: number] {
  const first = trades[0];
  if (breaker === null) return [0, Number.POSITIVE_INFINITY];
  if (first === undefined)
    return firstTicks === undefined ? [0, Number.POSITIVE_INFINITY] : around(breaker, firstTicks);
  const secondOf = (ms: number) => Math.floor(ms / 1_000);
  const before = trades.filter((trade) => secondOf(trade.atMs) < secondOf(atMs - breaker.windowMs));
  return around(breaker, (before.at(-1) ?? first).priceTicks);
}

function around(
  { bandPpm }: PriceBreaker,
  priceTicks: number,
): readonly [lowTicks: number, highTicks: number] {
  const most = Math.floor((priceTicks * bandPpm) / 1_000_000);
  return [Math.max(1, priceTicks - most), priceTicks + most];
}

function sum(orders: readonly NaiveOrder[]): number {
  return orders.reduce((lots, order) => lots + openLots(order), 0);
}
