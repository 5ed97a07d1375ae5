import test from 'ava';
import fc from 'fast-check';
import { BUY, SELL, type Side } from '../../../src/domain/book/commands.ts';
import { FarLevels } from '../../../src/domain/book/far-levels.ts';
import { LEVEL_KEY, LEVEL_TOTAL, PriceLevels } from '../../../src/domain/book/price-levels.ts';
import { TickBitmap } from '../../../src/domain/book/tick-bitmap.ts';

for (const size of [2 ** 10, 2 ** 12, 2 ** 15, 2 ** 20]) {
  test(`the bitmap of ${size} finds the next lower member`, (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tick: fc.integer({ min: 0, max: size - 1 }), remove: fc.boolean() }), {
          maxLength: 60,
        }),
        fc.array(fc.integer({ min: -1, max: size - 1 }), { maxLength: 20 }),
        (steps, questions) => {
          const bitmap = new TickBitmap(size);
          const members = new Set<number>();
          for (const { tick, remove } of steps) {
            if (remove) bitmap.delete(tick);
            else bitmap.add(tick);
            if (remove) members.delete(tick);
            else members.add(tick);
          }
          for (const tick of [...questions, ...members, 0, size - 1]) {
            t.is(bitmap.highestUpTo(tick), Math.max(-1, ...[...members].filter((member) => member <= tick)));
          }
        },
      ),
    );
  });
}

test('far levels know the highest key through any additions and removals', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.integer({ min: 1, max: 40 }), remove: fc.boolean() }), {
        maxLength: 1000,
      }),
      (steps) => {
        const far = new FarLevels();
        const members = new Set<number>();
        for (const { key, remove } of steps) {
          if (remove) far.delete(key);
          else if (!members.has(key)) far.add(key, key + 100);
          if (remove) members.delete(key);
          else members.add(key);
          t.is(far.highest(), Math.max(0, ...members));
          t.is(far.size, members.size);
        }
        for (const key of members) t.is(far.get(key), key + 100);
        t.deepEqual(
          far.keysDescending(20),
          [...members].filter((key) => key > 20).sort((a, b) => b - a),
        );
      },
    ),
  );
});

/** Adds and removes levels of these prices and compares with a sorted list after every step. */
function follow(side: Side, prices: Iterable<number>, keep: number) {
  const levels = new PriceLevels(side);
  const open: number[] = [];
  const mismatches: string[] = [];
  const better = side === BUY ? Math.max : Math.min;
  for (const price of prices) {
    if (levels.find(levels.keyOf(price)) === 0) {
      const level = levels.add(levels.keyOf(price));
      levels.doubles[(level >> 1) + LEVEL_TOTAL] = price;
      open.push(price);
    }
    if (open.length > keep) {
      const gone = open.shift()!;
      levels.remove(levels.find(levels.keyOf(gone)));
    }
    const best = levels.priceOf(levels.bestKey);
    if (best !== open.reduce((a, b) => better(a, b))) mismatches.push(`best ${best} after ${price}`);
    if (levels.size !== open.length) mismatches.push(`size ${levels.size} after ${price}`);
  }
  const inOrder = levels
    .levelsFromBest(levels.size)
    .map((level) => levels.priceOf(levels.doubles[(level >> 1) + LEVEL_KEY]!));
  const expected = open.toSorted((a, b) => (side === BUY ? b - a : a - b));
  return { mismatches, inOrder, expected };
}

function* walk(steps: number, stride: number): Generator<number> {
  for (let step = 0; step < steps; step += 1) yield 1 + step * stride;
}

function* alternating(steps: number): Generator<number> {
  for (let step = 0; step < steps; step += 1) yield step % 2 === 0 ? 1000 + step : 2 ** 40 + step * 3_000_000;
}

for (const side of [BUY, SELL] as const) {
  for (const [name, prices, keep] of [
    ['a market that climbs', () => walk(20_000, 3), 100],
    ['a market that falls', () => [...walk(20_000, 3)].reverse(), 100],
    ['a market that leaps', () => walk(3000, 40_000), 20],
    ['levels that never share a window', () => walk(3000, 2 ** 21), 300],
    ['two markets far apart', () => alternating(4000), 200],
    ['one level after the other', () => alternating(500), 1],
  ] as const) {
    test(`the window follows ${name}, ${side === BUY ? 'bids' : 'asks'}`, (t) => {
      const { mismatches, inOrder, expected } = follow(side, prices(), keep);
      t.deepEqual(mismatches, []);
      t.deepEqual(inOrder, expected);
    });
  }
}

test('a part of the levels comes best first wherever they are', (t) => {
  const levels = new PriceLevels(BUY);
  const prices = [1, 500, 100_000, 100_001, 2 ** 30, 2 ** 30 + 1, 2 ** 50];
  for (const price of prices) levels.add(levels.keyOf(price));
  const descending = prices.toReversed();
  for (let limit = 0; limit <= prices.length + 1; limit += 1) {
    const found = levels.levelsFromBest(limit).map((level) => levels.doubles[(level >> 1) + LEVEL_KEY]);
    t.deepEqual(found, descending.slice(0, limit));
  }
});

test('200,000 levels that never share a window', (t) => {
  const levels = new PriceLevels(SELL);
  for (let step = 0; step < 200_000; step += 1) levels.add(levels.keyOf(2 ** 50 - step * 5_000_000));
  t.is(levels.priceOf(levels.bestKey), 2 ** 50 - 199_999 * 5_000_000);
  while (levels.size > 0) levels.remove(levels.bestLevel);
  t.is(levels.bestKey, 0);
});
