import type { DepthDiff, LevelView } from '../../actors/ports.ts';
import { assert } from '../../domain/assert.ts';
import { depthFrame } from './frames.ts';
import type { Outbox } from './outbox.ts';

/** One client's part in a public channel. */
export interface Subscription<Update> {
  /** @param frame the update as it goes to every client that is up to date */
  take(update: Update, frame: () => Buffer): void;
  /** Sends what waited for the socket to drain. */
  drain(): void;
}

/** Sends everything: what is left out could not be made up for. */
export class EveryUpdate implements Subscription<unknown> {
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  take(_update: unknown, frame: () => Buffer): void {
    this.#outbox.send(frame());
  }

  drain(): void {}
}

/** Sends states; while the client is behind only the latest one waits. */
export class LatestState implements Subscription<unknown> {
  readonly #outbox: Outbox;
  #waiting: Buffer | undefined;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  take(_update: unknown, frame: () => Buffer): void {
    if (this.#outbox.isCongested) this.#waiting = frame();
    else {
      this.#waiting = undefined;
      this.#outbox.send(frame());
    }
  }

  drain(): void {
    if (this.#waiting === undefined) return;
    this.#outbox.send(this.#waiting);
    this.#waiting = undefined;
  }
}

/** Sends diffs of the book without a gap; while the client is behind they are merged into one. */
export class DepthDiffs implements Subscription<DepthDiff> {
  readonly #outbox: Outbox;
  /** Last sequence that the client was sent. */
  #sequence: number;
  #waiting: MergedDiff | undefined;

  /** @param sequence that of the snapshot which the client was sent */
  constructor(outbox: Outbox, sequence: number) {
    this.#outbox = outbox;
    this.#sequence = sequence;
  }

  take(diff: DepthDiff, frame: () => Buffer): void {
    // A snapshot is newer than the diffs that are still to be told.
    if (diff.lastSequence <= this.#sequence) return;
    if (this.#waiting === undefined && !this.#outbox.isCongested) {
      this.#outbox.send(diff.firstSequence === this.#sequence + 1 ? frame() : this.#continued(diff));
      this.#sequence = diff.lastSequence;
      return;
    }
    this.#waiting ??= new MergedDiff();
    this.#waiting.add(diff);
    if (!this.#outbox.isCongested) this.drain();
  }

  drain(): void {
    if (this.#waiting === undefined) return;
    const diff = this.#waiting.toDiff();
    this.#waiting = undefined;
    this.#outbox.send(this.#continued(diff));
    this.#sequence = diff.lastSequence;
  }

  /** Levels carry totals, so a diff that begins earlier holds good from the client's sequence on. */
  #continued(diff: DepthDiff): Buffer {
    assert(diff.firstSequence <= this.#sequence + 1, 'diffs of a feed have no gaps');
    return depthFrame('diff', { ...diff, firstSequence: this.#sequence + 1 });
  }
}

class MergedDiff {
  #first: DepthDiff | undefined;
  #last: DepthDiff | undefined;
  readonly #bids = new Map<string, LevelView>();
  readonly #asks = new Map<string, LevelView>();

  add(diff: DepthDiff): void {
    this.#first ??= diff;
    this.#last = diff;
    for (const level of diff.bids) this.#bids.set(level[0], level);
    for (const level of diff.asks) this.#asks.set(level[0], level);
  }

  toDiff(): DepthDiff {
    const last = this.#last!;
    return {
      market: last.market,
      firstSequence: this.#first!.firstSequence,
      lastSequence: last.lastSequence,
      bids: [...this.#bids.values()],
      asks: [...this.#asks.values()],
      checksum: last.checksum,
    };
  }
}
