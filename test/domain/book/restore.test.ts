import test from 'ava';
import { createBook } from '../../../src/domain/book/book.ts';
import { BUY, SELL, type Side } from '../../../src/domain/book/commands.ts';

test('200,000 orders on 40,000 levels are restored in any order of the levels', (t) => {
  const orders = Array.from({ length: 200_000 }, (_, index) => {
    const side: Side = index % 2 === 0 ? BUY : SELL;
    const distance = 1 + ((Math.floor(index / 2) * 7919) % 20_000);
    return { id: index + 1, side, price: side === BUY ? 1_000_000 - distance : 1_000_000 + distance };
  });
  const inOrderOfIds = createBook();
  for (const { id, side, price } of orders) inOrderOfIds.restore(id, side, price, id);
  const worstFirst = createBook({ expectedOrders: orders.length });
  // Sorting is stable, so within a level the ids stay in order.
  const sorted = orders.toSorted((a, b) => Math.abs(b.price - 1_000_000) - Math.abs(a.price - 1_000_000));
  for (const { id, side, price } of sorted) worstFirst.restore(id, side, price, id);
  t.is(inOrderOfIds.hash(), worstFirst.hash());
  t.is(inOrderOfIds.bestBid(), 999_999);
  t.is(inOrderOfIds.bestAsk(), 1_000_001);
  t.is(inOrderOfIds.depth(BUY, 1e9).pricesTicks.length, 20_000);
});

test('the hash tells sides, prices, queue order, ids and open quantities apart', (t) => {
  const hashOf = (...orders: readonly (readonly [number, 0 | 1, number, number])[]) => {
    const book = createBook();
    for (const order of orders) book.restore(...order);
    return book.hash();
  };
  const hashes = [
    hashOf(),
    hashOf([1, BUY, 100, 5]),
    hashOf([1, SELL, 100, 5]),
    hashOf([2, BUY, 100, 5]),
    hashOf([1, BUY, 101, 5]),
    hashOf([1, BUY, 100, 6]),
    hashOf([1, BUY, 100, 5 + 2 ** 32]),
    hashOf([1, BUY, 100, 5], [2, BUY, 100, 5]),
    hashOf([2, BUY, 100, 5], [1, BUY, 100, 5]),
  ];
  t.is(new Set(hashes).size, hashes.length);
  for (const hash of hashes) t.regex(hash, /^[0-9a-f]{16}$/);
});
