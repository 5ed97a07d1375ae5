import { compareDecimals } from './decimals.ts';

export type Level = readonly [price: string, quantity: string];

export interface Depth {
  readonly sequence: number;
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface Diff {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/**
 * A book after a diff; undefined when the diff doesn't follow on it: then it has to be read anew. A new object each time, so that
 * whoever shows it sees that it changed.
 */
export function withDiff(book: Depth, diff: Diff): Depth | undefined {
  // Sent twice, as after a snapshot that is newer.
  if (diff.lastSequence <= book.sequence) return book;
  if (diff.firstSequence !== book.sequence + 1) return undefined;
  return {
    sequence: diff.lastSequence,
    bids: merged(book.bids, diff.bids, -1),
    asks: merged(book.asks, diff.asks, 1),
  };
}

/** @param direction 1: prices rise from the best on */
function merged(levels: readonly Level[], changes: readonly Level[], direction: 1 | -1): readonly Level[] {
  if (changes.length === 0) return levels;
  const changed = new Map(changes);
  const kept = levels.filter(([price]) => !changed.has(price));
  const added = changes.filter(([, quantity]) => quantity !== '0');
  return [...kept, ...added].sort(([one], [other]) => direction * compareDecimals(one, other));
}
