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
  readonly checksum: number;
}

const CHECKED_LEVELS = 10;

/**
 * A book after a diff; undefined when the diff doesn't follow on it, or makes another book than the exchange has: then it has to be
 * read anew. A new object each time, so that whoever shows it sees that it changed.
 */
export function withDiff(book: Depth, diff: Diff): Depth | undefined {
  // Sent twice, as after a snapshot that is newer.
  if (diff.lastSequence <= book.sequence) return book;
  if (diff.firstSequence !== book.sequence + 1) return undefined;
  const changed = {
    sequence: diff.lastSequence,
    bids: merged(book.bids, diff.bids, -1),
    asks: merged(book.asks, diff.asks, 1),
  };
  return checksumOf(changed) === diff.checksum ? changed : undefined;
}

/** CRC-32 over the best levels, as docs/api.md says. */
export function checksumOf({ bids, asks }: Pick<Depth, 'bids' | 'asks'>): number {
  const parts: string[] = [];
  for (let at = 0; at < CHECKED_LEVELS; at += 1) parts.push(...(bids[at] ?? []), ...(asks[at] ?? []));
  return crc32(parts.join(':'));
}

/** @param direction 1: prices rise from the best on */
function merged(levels: readonly Level[], changes: readonly Level[], direction: 1 | -1): readonly Level[] {
  if (changes.length === 0) return levels;
  const result = [...levels];
  for (const [price, quantity] of changes) {
    const at = placeOf(result, price, direction);
    const isThere = result[at]?.[0] === price;
    if (quantity !== '0') result.splice(at, isThere ? 1 : 0, [price, quantity]);
    else if (isThere) result.splice(at, 1);
  }
  return result;
}

/** Of the first level that isn't better. */
function placeOf(levels: readonly Level[], price: string, direction: 1 | -1): number {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (direction * compareDecimals(levels[middle]![0], price) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Of text in ASCII. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1)
    crc = CRC_TABLE[(crc ^ text.charCodeAt(at)) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
