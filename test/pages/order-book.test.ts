import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { checksumOf, type Depth, type Level, withDiff } from '../../src/pages/api/order-book.ts';

/** In hundredths, so that prices of different lengths meet. */
const change = fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 0, max: 3 }));
const diff = fc.record({
  bids: fc.uniqueArray(change, { selector: ([price]) => price, maxLength: 5 }),
  asks: fc.uniqueArray(change, { selector: ([price]) => price, maxLength: 5 }),
});

const levelOf = ([price, quantity]: [number, number]): Level => [String(price / 100), String(quantity / 2)];

/** The same without any cleverness. */
function naive(levels: Map<number, number>, changes: readonly [number, number][], isBid: boolean): Level[] {
  for (const [price, quantity] of changes) levels.set(price, quantity);
  return [...levels]
    .filter(([, quantity]) => quantity > 0)
    .sort(([one], [other]) => (isBid ? other - one : one - other))
    .map(levelOf);
}

function checksum(bids: readonly Level[], asks: readonly Level[]): number {
  const parts: string[] = [];
  for (let at = 0; at < 10; at += 1) {
    for (const level of [bids[at], asks[at]]) if (level !== undefined) parts.push(level.join(':'));
  }
  return crc32(parts.join(':'));
}

test('a book after any diffs is what a naive book is, and has the checksum that the exchange sends', (t) => {
  fc.assert(
    fc.property(fc.array(diff, { maxLength: 30 }), (diffs) => {
      let book: Depth = { sequence: 0, bids: [], asks: [] };
      const bidLevels = new Map<number, number>();
      const askLevels = new Map<number, number>();
      for (const { bids, asks } of diffs) {
        const expected = { bids: naive(bidLevels, bids, true), asks: naive(askLevels, asks, false) };
        const sent = {
          firstSequence: book.sequence + 1,
          lastSequence: book.sequence + 3,
          bids: bids.map(levelOf),
          asks: asks.map(levelOf),
          checksum: checksum(expected.bids, expected.asks),
        };
        const next = withDiff(book, sent);
        t.deepEqual(next, { sequence: book.sequence + 3, ...expected });
        // Sent twice it changes nothing; with a gap, or with the checksum of another book, it is refused.
        t.is(withDiff(next!, sent), next);
        const later = { ...sent, firstSequence: next!.sequence + 2, lastSequence: next!.sequence + 2 };
        t.is(withDiff(next!, later), undefined);
        t.is(withDiff(book, { ...sent, checksum: (sent.checksum ^ 1) >>> 0 }), undefined);
        book = next!;
      }
    }),
    { numRuns: 200 },
  );
  t.is(checksumOf({ bids: [], asks: [] }), 0);
});
