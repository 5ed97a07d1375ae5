import { assert } from '../../domain/assert.ts';
import type { Market } from '../../domain/markets/market.ts';
import type { LevelChange } from '../effects.ts';
import type { DepthDiff, DepthView, LevelView } from '../ports.ts';
import { BookSide } from './book-side.ts';
import { CHECKSUM_LEVELS, depthChecksum } from './checksum.ts';

/** The aggregated order book of a market as of a message number: what `depth` shows. */
export class DepthBook {
  readonly #symbol: string;
  readonly #bids: BookSide;
  readonly #asks: BookSide;
  #sequence = 0;
  /** Sequence up to which diffs were taken. */
  #diffedTo = 0;

  constructor(market: Market) {
    this.#symbol = market.symbol;
    this.#bids = new BookSide(market, 'buy');
    this.#asks = new BookSide(market, 'sell');
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Fills the empty book with what rested at a sequence. */
  restore(sequence: number, levels: Iterable<LevelChange>): void {
    assert(this.#sequence === 0 && this.#bids.size + this.#asks.size === 0, 'only an empty book is restored');
    this.#change(levels);
    this.#bids.forgetChanges();
    this.#asks.forgetChanges();
    this.#sequence = sequence;
    this.#diffedTo = sequence;
  }

  /** Applies what the messages after the current sequence, up to the given one, changed together. */
  apply(sequence: number, levels: readonly LevelChange[]): void {
    assert(sequence > this.#sequence, 'committed messages come in order');
    this.#change(levels);
    this.#sequence = sequence;
  }

  best(side: 'buy' | 'sell'): LevelView | null {
    return (side === 'buy' ? this.#bids : this.#asks).best(1)[0] ?? null;
  }

  /** Best price in ticks; null when the side is empty. */
  bestTicks(side: 'buy' | 'sell'): number | null {
    return (side === 'buy' ? this.#bids : this.#asks).bestTicks();
  }

  /** @param levels how many of each side; Infinity for all */
  view(levels: number): DepthView {
    const bids = this.#bids.best(Math.max(levels, CHECKSUM_LEVELS));
    const asks = this.#asks.best(Math.max(levels, CHECKSUM_LEVELS));
    return {
      market: this.#symbol,
      sequence: this.#sequence,
      bids: levels < bids.length ? bids.slice(0, levels) : bids,
      asks: levels < asks.length ? asks.slice(0, levels) : asks,
      checksum: depthChecksum(bids, asks),
    };
  }

  /** Whether a level changed since the last diff. */
  get hasChanges(): boolean {
    return this.#bids.hasChanges || this.#asks.hasChanges;
  }

  /** What changed since the last diff; null when no level did. Messages that changed none are in the next one. */
  takeDiff(): DepthDiff | null {
    if (!this.hasChanges) return null;
    const firstSequence = this.#diffedTo + 1;
    this.#diffedTo = this.#sequence;
    return {
      market: this.#symbol,
      firstSequence,
      lastSequence: this.#sequence,
      bids: this.#bids.takeChanges(),
      asks: this.#asks.takeChanges(),
      checksum: depthChecksum(this.#bids.best(CHECKSUM_LEVELS), this.#asks.best(CHECKSUM_LEVELS)),
    };
  }

  #change(levels: Iterable<LevelChange>): void {
    for (const [side, priceTicks, lots] of levels) {
      (side === 'buy' ? this.#bids : this.#asks).change(priceTicks, lots);
    }
  }
}
