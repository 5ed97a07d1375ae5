import { CANDLE_INTERVALS, CANDLE_INTERVALS_MS, type Candle, mergeCandles } from '../../domain/candles.ts';

/** The candle that is being traded in, for each interval, and which of them have to be told. */
export class CurrentCandles {
  readonly #current = new Map<number, Candle>();
  readonly #changed = new Set<number>();
  /** Candles that ended with changes not yet told. */
  #ended: Candle[] = [];

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  /** Takes the newest candle of each interval as what is being traded in. */
  restore(candles: readonly Candle[]): void {
    for (const candle of candles) {
      const current = this.#current.get(candle.intervalMs);
      if (current === undefined || candle.openedAtMs > current.openedAtMs) {
        this.#current.set(candle.intervalMs, candle);
      }
    }
  }

  /** Merges what a batch traded. A candle that ended before the current one opened stays as it was told. */
  add(candles: readonly Candle[]): void {
    for (const candle of candles) {
      const current = this.#current.get(candle.intervalMs);
      if (current !== undefined && candle.openedAtMs < current.openedAtMs) continue;
      if (current === undefined || candle.openedAtMs > current.openedAtMs) {
        if (current !== undefined && this.#changed.has(candle.intervalMs)) this.#ended.push(current);
        this.#current.set(candle.intervalMs, candle);
      } else {
        this.#current.set(candle.intervalMs, mergeCandles(current, candle));
      }
      this.#changed.add(candle.intervalMs);
    }
  }

  /** What changed since the last call: first what ended, then the current ones. */
  takeChanges(): Candle[] {
    const candles = this.#ended;
    this.#ended = [];
    for (const interval of CANDLE_INTERVALS) {
      const intervalMs = CANDLE_INTERVALS_MS[interval];
      if (this.#changed.has(intervalMs)) candles.push(this.#current.get(intervalMs)!);
    }
    this.#changed.clear();
    return candles;
  }
}
