import type { Market } from './markets/market.ts';
import type { Trade } from './trade.ts';

/** Lengths of candles in milliseconds, shortest first; each opens at a whole multiple since the Unix epoch (UTC). */
export const CANDLE_INTERVALS_MS = Object.freeze({
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const);

export type CandleInterval = keyof typeof CANDLE_INTERVALS_MS;

export const CANDLE_INTERVALS = Object.freeze(Object.keys(CANDLE_INTERVALS_MS) as CandleInterval[]);

/** The length that all longer ones are whole multiples of. */
export const MINUTE_MS = CANDLE_INTERVALS_MS['1m'];

/** What was traded from openedAtMs until openedAtMs + intervalMs. There is none for a time without trades. */
export interface Candle {
  readonly intervalMs: number;
  readonly openedAtMs: number;
  readonly openTicks: number;
  readonly highTicks: number;
  readonly lowTicks: number;
  readonly closeTicks: number;
  readonly volumeLots: bigint;
  readonly quoteVolumeMinor: bigint;
  readonly tradeCount: number;
}

/**
 * The candles of all intervals that a run of trades of one market makes by itself, to be merged into what is there.
 * @param trades in the order in which they happened
 * @returns one per interval and opening time, shorter intervals first, then by opening time
 */
export function candlesOf(market: Market, trades: readonly Trade[]): Candle[] {
  if (trades.length === 0) return [];
  const minutes = minuteCandlesOf(market, trades);
  const candles = [...minutes];
  for (const interval of CANDLE_INTERVALS.slice(1)) {
    candles.push(...widenCandles(minutes, CANDLE_INTERVALS_MS[interval]));
  }
  return candles;
}

/** The one-minute candles of a run of trades, by opening time. */
export function minuteCandlesOf(market: Market, trades: readonly Trade[]): Candle[] {
  const candles: Candle[] = [];
  let from = 0;
  while (from < trades.length) {
    const openedAtMs = openingOf(trades[from]!.executedAtMs, MINUTE_MS);
    let to = from + 1;
    while (to < trades.length && openingOf(trades[to]!.executedAtMs, MINUTE_MS) === openedAtMs) to += 1;
    candles.push(minuteCandle(market, openedAtMs, trades, from, to));
    from = to;
  }
  return widenCandles(candles, MINUTE_MS);
}

/** Merges candles into ones of a longer interval, by opening time. */
export function widenCandles(candles: readonly Candle[], intervalMs: number): Candle[] {
  const byOpening = new Map<number, Candle>();
  for (const candle of candles) {
    const openedAtMs = openingOf(candle.openedAtMs, intervalMs);
    const before = byOpening.get(openedAtMs);
    byOpening.set(
      openedAtMs,
      before === undefined ? { ...candle, intervalMs, openedAtMs } : mergeCandles(before, candle),
    );
  }
  return [...byOpening.values()].sort((a, b) => a.openedAtMs - b.openedAtMs);
}

/** A candle together with one of later trades. */
export function mergeCandles(candle: Candle, later: Candle): Candle {
  return {
    intervalMs: candle.intervalMs,
    openedAtMs: candle.openedAtMs,
    openTicks: candle.openTicks,
    highTicks: Math.max(candle.highTicks, later.highTicks),
    lowTicks: Math.min(candle.lowTicks, later.lowTicks),
    closeTicks: later.closeTicks,
    volumeLots: candle.volumeLots + later.volumeLots,
    quoteVolumeMinor: candle.quoteVolumeMinor + later.quoteVolumeMinor,
    tradeCount: candle.tradeCount + later.tradeCount,
  };
}

/** When the candle opened that a time falls in. */
export function openingOf(atMs: number, intervalMs: number): number {
  return atMs - (atMs % intervalMs);
}

function minuteCandle(
  market: Market,
  openedAtMs: number,
  trades: readonly Trade[],
  from: number,
  to: number,
): Candle {
  const open = trades[from]!.priceTicks;
  let high = open;
  let low = open;
  let volumeLots = 0n;
  let product = 0n;
  for (let i = from; i < to; i += 1) {
    const { priceTicks, quantityLots } = trades[i]!;
    if (priceTicks > high) high = priceTicks;
    if (priceTicks < low) low = priceTicks;
    volumeLots += BigInt(quantityLots);
    product += BigInt(priceTicks) * BigInt(quantityLots);
  }
  return {
    intervalMs: MINUTE_MS,
    openedAtMs,
    openTicks: open,
    highTicks: high,
    lowTicks: low,
    closeTicks: trades[to - 1]!.priceTicks,
    volumeLots,
    quoteVolumeMinor: product * market.tickLotMinor,
    tradeCount: to - from,
  };
}
