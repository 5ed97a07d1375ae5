import type { PriceBounds } from '../book/book-state.ts';
import type { PriceBreaker } from './market.ts';

const SECOND_MS = 1_000;
const PPM = 1_000_000n;

interface Bucket {
  readonly second: number;
  readonly firstTicks: number;
  lastTicks: number;
}

/**
 * How far a market's price may move within a window of time: from the last price before the window, or from the first price in
 * it where there is none before. Prices are kept by the second.
 */
export class PriceWindow {
  readonly #breaker: PriceBreaker;
  #buckets: Bucket[] = [];

  constructor(breaker: PriceBreaker) {
    this.#breaker = breaker;
  }

  /** @param atMs never before the price before */
  add(priceTicks: number, atMs: number): void {
    const second = Math.floor(atMs / SECOND_MS);
    const last = this.#buckets.at(-1);
    if (last?.second === second) last.lastTicks = priceTicks;
    else this.#buckets.push({ second, firstTicks: priceTicks, lastTicks: priceTicks });
  }

  /** Forgets the past: an auction found a new price. */
  clear(): void {
    this.#buckets = [];
  }

  /** Where the market may trade; undefined when there is no price to move away from. */
  corridor(atMs: number): PriceBounds | undefined {
    const begins = Math.floor((atMs - this.#breaker.windowMs) / SECOND_MS);
    let before = -1;
    while (before + 1 < this.#buckets.length && this.#buckets[before + 1]!.second < begins) before += 1;
    if (before > 0) this.#buckets.splice(0, before);
    const first = this.#buckets[0];
    if (first === undefined) return undefined;
    return this.around(first.second < begins ? first.lastTicks : first.firstTicks);
  }

  /** Where the market may trade when this is the price that it moves away from. */
  around(priceTicks: number): PriceBounds {
    const reference = BigInt(priceTicks);
    const most = (reference * BigInt(this.#breaker.bandPpm)) / PPM;
    const low = reference - most;
    const high = reference + most;
    const highest = BigInt(Number.MAX_SAFE_INTEGER);
    return { lowTicks: Number(low < 1n ? 1n : low), highTicks: Number(high > highest ? highest : high) };
  }
}
