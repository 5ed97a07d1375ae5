import { type Candle, MINUTE_MS, mergeCandles } from '../../domain/candles.ts';

/** Minutes in a ticker's window: the current one and the 1,439 before it. */
const WINDOW_MINUTES = 1440;

export interface WindowSummary {
  readonly openTicks: number | null;
  readonly highTicks: number | null;
  readonly lowTicks: number | null;
  readonly volumeLots: bigint;
  readonly quoteVolumeMinor: bigint;
  readonly tradeCount: number;
}

/** What was traded in the last 24 hours, by the minute: a ring with one candle for each minute. */
export class TickerWindow {
  readonly #ring: (Candle | null)[] = new Array(WINDOW_MINUTES).fill(null);
  /** The latest minute that is in the window, counted since the Unix epoch. */
  #newest = 0;
  #volumeLots = 0n;
  #quoteVolumeMinor = 0n;
  #tradeCount = 0;

  get tradeCount(): number {
    return this.#tradeCount;
  }

  /** Adds one-minute candles; what is older than the window is left out. */
  add(minutes: readonly Candle[]): void {
    for (const candle of minutes) {
      const minute = candle.openedAtMs / MINUTE_MS;
      this.#advance(minute);
      if (minute <= this.#newest - WINDOW_MINUTES) continue;
      const before = this.#ring[minute % WINDOW_MINUTES] ?? null;
      this.#ring[minute % WINDOW_MINUTES] = before === null ? candle : mergeCandles(before, candle);
      this.#volumeLots += candle.volumeLots;
      this.#quoteVolumeMinor += candle.quoteVolumeMinor;
      this.#tradeCount += candle.tradeCount;
    }
  }

  /** The window that ends with the minute of atMs, or with the newest one that something was traded in. */
  summary(atMs: number): WindowSummary {
    this.#advance(Math.floor(atMs / MINUTE_MS));
    let openTicks: number | null = null;
    let highTicks: number | null = null;
    let lowTicks: number | null = null;
    if (this.#tradeCount > 0) {
      for (let minute = this.#newest - WINDOW_MINUTES + 1; minute <= this.#newest; minute += 1) {
        const candle = this.#ring[minute % WINDOW_MINUTES];
        if (candle === null || candle === undefined) continue;
        openTicks ??= candle.openTicks;
        highTicks = highTicks === null ? candle.highTicks : Math.max(highTicks, candle.highTicks);
        lowTicks = lowTicks === null ? candle.lowTicks : Math.min(lowTicks, candle.lowTicks);
      }
    }
    return {
      openTicks,
      highTicks,
      lowTicks,
      volumeLots: this.#volumeLots,
      quoteVolumeMinor: this.#quoteVolumeMinor,
      tradeCount: this.#tradeCount,
    };
  }

  #advance(minute: number): void {
    if (minute <= this.#newest) return;
    const passed = Math.min(minute - this.#newest, WINDOW_MINUTES);
    for (let i = 0; i < passed; i += 1) {
      const at = (minute - i) % WINDOW_MINUTES;
      const old = this.#ring[at] ?? null;
      if (old === null) continue;
      this.#volumeLots -= old.volumeLots;
      this.#quoteVolumeMinor -= old.quoteVolumeMinor;
      this.#tradeCount -= old.tradeCount;
      this.#ring[at] = null;
    }
    this.#newest = minute;
  }
}
