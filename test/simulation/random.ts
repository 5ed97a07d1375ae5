import { mulberry32 } from '../../bench/harness/mulberry32.ts';

/** Chance from a seed. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = mulberry32(seed);
  }

  /** From 0, below 1. */
  fraction(): number {
    return this.#next();
  }

  /** A whole number from 0, below the limit. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }
}
