import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import type { LevelChange } from '../../../src/actors/effects.ts';
import { DepthBook } from '../../../src/actors/feed/depth-book.ts';
import type { DepthDiff, DepthView, LevelView } from '../../../src/actors/ports.ts';
import { formatPrice, formatQuantity } from '../../../src/domain/markets/market.ts';
import { SortedKeys } from '../../../src/domain/sorted-keys.ts';
import { testMarket } from './market.ts';

const market = testMarket();

/** What a client keeps: a snapshot with diffs put on it. */
function clientOf(snapshot: DepthView) {
  let sequence = snapshot.sequence;
  const bids = new Map(snapshot.bids);
  const asks = new Map(snapshot.asks);
  return {
    take(diff: DepthDiff) {
      if (diff.firstSequence !== sequence + 1) throw new Error(`gap before ${diff.firstSequence}`);
      sequence = diff.lastSequence;
      for (const [side, levels] of [[bids, diff.bids] as const, [asks, diff.asks] as const]) {
        for (const [price, quantity] of levels) {
          if (quantity === '0') side.delete(price);
          else side.set(price, quantity);
        }
      }
    },
    view() {
      const sorted = (side: Map<string, string>, sign: number): LevelView[] =>
        [...side].sort(([a], [b]) => (Number(a) - Number(b)) * sign);
      return { sequence, bids: sorted(bids, -1), asks: sorted(asks, 1) };
    },
  };
}

/** The checksum as docs/api.md tells it, written a second time. */
function documentedChecksum(bids: readonly LevelView[], asks: readonly LevelView[]): number {
  let text = '';
  for (let i = 0; i < 10; i += 1) {
    for (const level of [bids[i], asks[i]]) if (level) text += `${text && ':'}${level[0]}:${level[1]}`;
  }
  return crc32(text);
}

const change = fc.record({
  buy: fc.boolean(),
  price: fc.integer({ min: 1, max: 60 }),
  lots: fc.integer({ min: -20, max: 20 }),
});

test('a snapshot and the diffs after it give the book that a naive sum of the changes gives', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ changes: fc.array(change, { maxLength: 30 }), diff: fc.boolean() }), {
        maxLength: 30,
      }),
      fc.integer({ min: 0, max: 30 }),
      (batches, snapshotAt) => {
        const book = new DepthBook(market);
        const naive = { buy: new Map<number, number>(), sell: new Map<number, number>() };
        let client: ReturnType<typeof clientOf> | undefined;
        let sequence = 0;
        batches.forEach(({ changes, diff }, i) => {
          if (i === snapshotAt) {
            client = clientOf(book.view(Number.POSITIVE_INFINITY));
          }
          const levels: LevelChange[] = [];
          for (const { buy, price, lots } of changes) {
            const side = buy ? 'buy' : 'sell';
            const before = naive[side].get(price) ?? 0;
            const after = Math.max(0, before + lots);
            naive[side].set(price, after);
            levels.push([side, price, after - before]);
          }
          sequence += 3;
          book.apply(sequence, levels);
          const taken = diff ? book.takeDiff() : null;
          if (taken === null || client === undefined) return;
          // A snapshot may hold some of what the next diff tells again.
          const firstSequence = Math.max(taken.firstSequence, client.view().sequence + 1);
          client.take({ ...taken, firstSequence });
          const view = client.view();
          const naiveView = (side: 'buy' | 'sell'): LevelView[] =>
            [...naive[side]]
              .filter(([, lots]) => lots > 0)
              .sort(([a], [b]) => (side === 'buy' ? b - a : a - b))
              .map(([price, lots]) => [formatPrice(market, price), formatQuantity(market, lots)]);
          t.deepEqual(view, { sequence, bids: naiveView('buy'), asks: naiveView('sell') });
          t.is(taken.checksum, documentedChecksum(view.bids, view.asks));
          t.is(book.view(5).checksum, taken.checksum);
          t.deepEqual(book.view(5).bids, view.bids.slice(0, 5));
        });
      },
    ),
    { numRuns: 200 },
  );
  t.pass();
});

test('the checksum is the CRC-32 of the sides in turn, as sent', (t) => {
  const book = new DepthBook(market);
  t.is(book.view(20).checksum, 0);
  book.apply(1, [
    ['buy', 9_999, 10],
    ['sell', 10_001, 5],
    ['buy', 9_900, 10_000],
  ]);
  t.is(book.view(1).checksum, crc32('99.99:0.001:100.01:0.0005:99:1'));
});

test('messages that change no level are told with the next diff', (t) => {
  const book = new DepthBook(market);
  book.restore(5, [['buy', 100, 1]]);
  t.is(book.takeDiff(), null);
  book.apply(7, []);
  t.is(book.takeDiff(), null);
  book.apply(9, [['buy', 100, -1]]);
  const { firstSequence, lastSequence, bids } = book.takeDiff()!;
  t.deepEqual([firstSequence, lastSequence, bids], [6, 9, [['1', '0']]]);
});

test('a level below nothing and a message out of order are bugs', (t) => {
  const book = new DepthBook(market);
  book.apply(3, [['sell', 100, 1]]);
  t.throws(() => book.apply(4, [['sell', 100, -2]]), { name: 'AssertionFailed' });
  t.throws(() => book.apply(3, []), { name: 'AssertionFailed' });
});

test('sorted keys stay sorted through thousands of additions and removals', (t) => {
  const keys = new SortedKeys();
  const expected = new Set<number>();
  let random = 1;
  for (let i = 0; i < 20_000; i += 1) {
    random = (random * 48_271) % 2_147_483_647;
    const key = (random % 8_000) - 4_000;
    if (expected.has(key)) {
      if (i % 3 !== 0 || i > 12_000) {
        expected.delete(key);
        keys.delete(key);
      }
    } else {
      expected.add(key);
      keys.add(key);
    }
  }
  const seen: number[] = [];
  keys.forEachUntil((key) => {
    seen.push(key);
    return false;
  });
  t.deepEqual(
    seen,
    [...expected].sort((a, b) => a - b),
  );
});
