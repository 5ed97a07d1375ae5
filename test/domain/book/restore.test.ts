import test from 'ava';
import { createBook, type RestingOrder } from '../../../src/domain/book/book.ts';
import { BUY, CANCEL_OLDEST, MAX_OWNER, SELL, type Side } from '../../../src/domain/book/commands.ts';
import { BookSession } from '../../support/book-session.ts';

function hashOf(...orders: readonly RestingOrder[]): string {
  const book = createBook();
  for (const order of orders) book.restore(order);
  return book.hash();
}

test('200,000 orders on 40,000 levels are restored in any order of the levels', (t) => {
  const orders = Array.from({ length: 200_000 }, (_, index) => {
    const side: Side = index % 2 === 0 ? BUY : SELL;
    const distance = 1 + ((Math.floor(index / 2) * 7919) % 20_000);
    const priceTicks = side === BUY ? 1_000_000 - distance : 1_000_000 + distance;
    return { id: index + 1, side, priceTicks, shownLots: index + 1 };
  });
  const inOrderOfIds = createBook();
  for (const order of orders) inOrderOfIds.restore(order);
  const worstFirst = createBook({ expectedOrders: orders.length });
  // Sorting is stable, so within a level the ids stay in order.
  const sorted = orders.toSorted(
    (a, b) => Math.abs(b.priceTicks - 1_000_000) - Math.abs(a.priceTicks - 1_000_000),
  );
  for (const order of sorted) worstFirst.restore(order);
  t.is(inOrderOfIds.hash(), worstFirst.hash());
  t.is(inOrderOfIds.bestBid(), 999_999);
  t.is(inOrderOfIds.bestAsk(), 1_000_001);
  t.is(inOrderOfIds.depth(BUY, 1e9).pricesTicks.length, 20_000);
});

test('the hash tells sides, prices, queue order, ids, shown and hidden quantities and refills apart', (t) => {
  const order: RestingOrder = { id: 1, side: BUY, priceTicks: 100, shownLots: 5 };
  const second = { ...order, id: 2 };
  const iceberg = { ...order, hiddenLots: 20, displayLots: 5 };
  const hashes = [
    hashOf(),
    hashOf(order),
    hashOf({ ...order, side: SELL }),
    hashOf(second),
    hashOf({ ...order, priceTicks: 101 }),
    hashOf({ ...order, shownLots: 6 }),
    hashOf({ ...order, shownLots: 5 + 2 ** 32 }),
    hashOf(order, second),
    hashOf(second, order),
    hashOf(iceberg),
    hashOf({ ...iceberg, hiddenLots: 21 }),
    hashOf({ ...iceberg, displayLots: 6 }),
  ];
  t.is(new Set(hashes).size, hashes.length);
  for (const hash of hashes) t.regex(hash, /^[0-9a-f]{16}$/);
});

test('the hash leaves out who owns an order and what it would show of nothing', (t) => {
  const order: RestingOrder = { id: 1, side: BUY, priceTicks: 100, shownLots: 5 };
  t.is(hashOf({ ...order, owner: 7 }), hashOf(order));
  t.is(hashOf({ ...order, displayLots: 7 }), hashOf(order));
});

test('a restored iceberg shows its parts, and a restored order knows its owner', (t) => {
  const session = new BookSession();
  const iceberg: RestingOrder = {
    id: 1,
    side: SELL,
    priceTicks: 100,
    shownLots: 2,
    hiddenLots: 7,
    displayLots: 5,
  };
  session.book.restore(iceberg);
  session.book.restore({ id: 2, side: SELL, priceTicks: 100, shownLots: 3, owner: MAX_OWNER });
  t.deepEqual(session.book.depth(SELL, 9), { pricesTicks: [100], totalsLots: [5] });
  t.deepEqual(session.buy(3, 100, 9, { owner: MAX_OWNER, selfTrade: CANCEL_OLDEST }), [
    'accepted 3 buy 9@100',
    'trade 3 buys 2@100 from 1, left 7 and 7',
    'refreshed 1 sell 5@100, hides 2',
    'prevented 3 buys 3@100 from 2, left 7 and 0',
    'canceled 2 sell 3@100 self_trade',
    'trade 3 buys 5@100 from 1, left 2 and 2',
    'refreshed 1 sell 2@100',
    'trade 3 buys 2@100 from 1, left 0 and 0',
  ]);
});

test('a crossed book is restored as it was', (t) => {
  const session = new BookSession();
  session.book.restore({ id: 1, side: SELL, priceTicks: 100, shownLots: 5 });
  session.book.restore({ id: 2, side: BUY, priceTicks: 102, shownLots: 6 });
  session.book.restore({ id: 3, side: BUY, priceTicks: 100, shownLots: 7 });
  session.book.restore({ id: 4, side: SELL, priceTicks: 99, shownLots: 8 });
  t.deepEqual(session.queue(BUY), ['2:6@102', '3:7@100']);
  t.deepEqual(session.queue(SELL), ['4:8@99', '1:5@100']);
});
