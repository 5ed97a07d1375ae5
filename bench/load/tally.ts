import { percentiles } from '../harness/statistics.ts';

/** What a load generator found out. */
export interface LoadResult {
  readonly seconds: number;
  /** Orders that the exchange acknowledged as accepted: each is on disk. */
  readonly placed: number;
  readonly canceled: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Milliseconds from the moment a command was sent (or due, when paced) to its acknowledgement. */
  readonly latencyMs: Readonly<Record<string, number>>;
  /** (placed + canceled) ÷ seconds. */
  readonly perSecond: number;
  /** Orders acknowledged, those included that were still under way when the time was over. */
  readonly placedInAll: number;
}

/** Counts during a load. */
export class Tally {
  #placed = 0;
  #canceled = 0;
  readonly #refused: Record<string, number> = {};
  readonly #latenciesMs: number[] = [];

  get placed(): number {
    return this.#placed;
  }

  acknowledged(type: 'place' | 'cancel', latencyMs: number): void {
    if (type === 'place') this.#placed += 1;
    else this.#canceled += 1;
    this.#latenciesMs.push(latencyMs);
  }

  refused(code: string): void {
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  summary(seconds: number): Omit<LoadResult, 'placedInAll'> {
    const max = this.#latenciesMs.reduce((most, value) => Math.max(most, value), 0);
    return {
      seconds,
      placed: this.#placed,
      canceled: this.#canceled,
      refused: this.#refused,
      latencyMs: { ...percentiles(this.#latenciesMs), max },
      perSecond: (this.#placed + this.#canceled) / seconds,
    };
  }
}
