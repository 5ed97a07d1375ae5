import { crc32 } from 'node:zlib';
import type { LevelView } from '../ports.ts';

/** How many levels of each side a checksum covers. */
export const CHECKSUM_LEVELS = 10;

/**
 * CRC-32 (IEEE 802.3, as zlib's) over the best 10 levels, as an unsigned 32-bit number. It is taken over
 * `bidPrice:bidQuantity:askPrice:askQuantity:…`, level by level from the best, with prices and quantities exactly as
 * they were sent; a side that has no more levels is left out, and an empty book gives the checksum of the empty text, 0.
 * Other exchanges interleave the sides in the same way, so client code for them is easily carried over.
 * @param bids best first; what is beyond the tenth is ignored
 */
export function depthChecksum(bids: readonly LevelView[], asks: readonly LevelView[]): number {
  const parts: string[] = [];
  for (let i = 0; i < CHECKSUM_LEVELS; i += 1) {
    const bid = bids[i];
    const ask = asks[i];
    if (bid !== undefined) parts.push(bid[0], bid[1]);
    if (ask !== undefined) parts.push(ask[0], ask[1]);
  }
  return crc32(parts.join(':'));
}
