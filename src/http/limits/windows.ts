import type { SharedCount } from './counters.ts';

/** What was counted in the window that is under way. */
export interface Count {
  consumed: number;
  /** When the window ends, in milliseconds since the Unix epoch. */
  endsAtMs: number;
}

export interface WindowsOptions {
  readonly seconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Counts along in a store that other processes count in as well. */
  readonly shared?: SharedCount | undefined;
  /** Names that are remembered at the same time; beyond, the oldest window is forgotten. */
  readonly maxNames?: number;
}

/**
 * Counts by name in fixed windows, at once: requests of a socket must not wait for their count, or they would overtake one
 * another. Where a shared store counts along, what it says is taken over when it comes, a moment later.
 */
export class Windows {
  readonly #options: Required<Omit<WindowsOptions, 'shared'>> & Pick<WindowsOptions, 'shared'>;
  /** In order of the beginning of their windows, which is nearly that of their ends. */
  readonly #counts = new Map<string, Count>();

  constructor(options: WindowsOptions) {
    this.#options = { maxNames: 1_000_000, ...options };
  }

  /** Adds points, negative ones too, but never to below nothing. */
  add(name: string, points: number): Readonly<Count> {
    const nowMs = this.#options.now();
    let count = this.#counts.get(name);
    if (count === undefined || count.endsAtMs <= nowMs) {
      this.#forget(nowMs);
      // Anew, so that it goes to the end of the order.
      this.#counts.delete(name);
      count = { consumed: 0, endsAtMs: nowMs + this.#options.seconds * 1_000 };
      this.#counts.set(name, count);
    }
    count.consumed = Math.max(0, count.consumed + points);
    this.#options.shared?.(name, points, (told) => {
      if (this.#counts.get(name) !== count) return;
      count.consumed = Math.max(count.consumed, told.consumed);
      count.endsAtMs = told.endsAtMs;
    });
    return count;
  }

  /** Takes back what was added to a window that is still under way. */
  giveBack(name: string, points: number): void {
    const count = this.#counts.get(name);
    if (count !== undefined && count.endsAtMs > this.#options.now()) this.add(name, -points);
  }

  #forget(nowMs: number): void {
    for (const [oldest, { endsAtMs }] of this.#counts) {
      if (endsAtMs > nowMs && this.#counts.size < this.#options.maxNames) break;
      this.#counts.delete(oldest);
    }
  }
}
