import test from 'ava';
import { BUY, DECREMENT_AND_CANCEL, FOK, IOC, SELL } from '../../../src/domain/book/commands.ts';
import { BookSession } from '../../support/book-session.ts';

test('an order that nobody meets rests', (t) => {
  const session = new BookSession();
  t.deepEqual(session.buy(1, 100, 5), ['accepted 1 buy 5@100', 'rested 1 buy 5@100']);
  t.deepEqual(session.sell(2, 101, 7), ['accepted 2 sell 7@101', 'rested 2 sell 7@101']);
  t.is(session.book.bestBid(), 100);
  t.is(session.book.bestAsk(), 101);
  t.is(session.book.restingCount, 2);
  t.true(session.book.has(1));
  t.false(session.book.has(3));
});

test('an empty book has no best prices and no depth', (t) => {
  const { book } = new BookSession();
  t.is(book.bestBid(), 0);
  t.is(book.bestAsk(), 0);
  t.deepEqual(book.depth(BUY, 10), { pricesTicks: [], totalsLots: [] });
});

test('the best price trades first, then the oldest order, always at the price of the maker', (t) => {
  const session = new BookSession();
  session.sell(1, 102, 5);
  session.sell(2, 101, 5);
  session.sell(3, 101, 5);
  t.deepEqual(session.buy(4, 103, 12), [
    'accepted 4 buy 12@103',
    'trade 4 buys 5@101 from 2, left 7 and 0',
    'trade 4 buys 5@101 from 3, left 2 and 0',
    'trade 4 buys 2@102 from 1, left 0 and 3',
  ]);
  t.deepEqual(session.queue(SELL), ['1:3@102']);
  t.deepEqual(session.queue(BUY), []);
});

test('a sell meets the highest bids first', (t) => {
  const session = new BookSession();
  session.buy(1, 100, 5);
  session.buy(2, 101, 5);
  t.deepEqual(session.sell(3, 100, 8), [
    'accepted 3 sell 8@100',
    'trade 3 sells 5@101 from 2, left 3 and 0',
    'trade 3 sells 3@100 from 1, left 0 and 2',
  ]);
});

test('what a limit order does not trade rests at its limit', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  t.deepEqual(session.buy(2, 101, 5), [
    'accepted 2 buy 5@101',
    'trade 2 buys 3@100 from 1, left 2 and 0',
    'rested 2 buy 2@101',
  ]);
});

test('immediate or cancel: the rest is canceled and never rests', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  t.deepEqual(session.buy(2, 100, 5, { timeInForce: IOC }), [
    'accepted 2 buy 5@100',
    'trade 2 buys 3@100 from 1, left 2 and 0',
    'canceled 2 buy 2@100 ioc_remainder',
  ]);
  t.deepEqual(session.buy(3, 100, 5, { timeInForce: IOC }), [
    'accepted 3 buy 5@100',
    'canceled 3 buy 5@100 ioc_remainder',
  ]);
  t.is(session.book.restingCount, 0);
});

test('fill or kill: in full or not at all', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  session.sell(2, 101, 3);
  session.sell(3, 103, 3);
  const before = session.book.hash();
  t.deepEqual(session.buy(4, 102, 7, { timeInForce: FOK }), ['rejected 4 fok_not_fillable']);
  t.deepEqual(session.buy(5, 99, 1, { timeInForce: FOK }), ['rejected 5 fok_not_fillable']);
  t.is(session.book.hash(), before);
  t.deepEqual(session.buy(6, 102, 6, { timeInForce: FOK }), [
    'accepted 6 buy 6@102',
    'trade 6 buys 3@100 from 1, left 3 and 0',
    'trade 6 buys 3@101 from 2, left 0 and 0',
  ]);
});

test('fill or kill counts levels far from the market, too', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  session.sell(2, 2 ** 40, 3);
  session.sell(3, 2 ** 45, 3);
  t.deepEqual(session.buy(4, 2 ** 44, 7, { timeInForce: FOK }), ['rejected 4 fok_not_fillable']);
  t.is(session.buy(5, 2 ** 44, 6, { timeInForce: FOK }).length, 3);
  t.is(session.book.bestAsk(), 2 ** 45);
});

test('a minimum trades at once, or the order is rejected', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  session.sell(2, 101, 3);
  const before = session.book.hash();
  const refused = ['rejected 3 minimum_not_fillable'];
  t.deepEqual(session.buy(3, 100, 9, { timeInForce: IOC, minimumLots: 4 }), refused);
  t.deepEqual(session.buy(3, 99, 9, { timeInForce: IOC, minimumLots: 1 }), refused);
  t.deepEqual(session.buy(3, 101, 4, { timeInForce: IOC, minimumLots: 5 }), refused);
  t.is(session.book.hash(), before);
  t.deepEqual(session.buy(4, 101, 9, { timeInForce: IOC, minimumLots: 6 }), [
    'accepted 4 buy 9@101',
    'trade 4 buys 3@100 from 1, left 6 and 0',
    'trade 4 buys 3@101 from 2, left 3 and 0',
    'canceled 4 buy 3@101 ioc_remainder',
  ]);
});

test('a minimum counts no lots that come after an order of the same owner', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  session.sell(2, 100, 1, { owner: 7 });
  session.sell(3, 100, 5);
  const options = { timeInForce: IOC, owner: 7, selfTrade: DECREMENT_AND_CANCEL } as const;
  t.deepEqual(session.buy(4, 100, 9, { ...options, minimumLots: 4 }), ['rejected 4 minimum_not_fillable']);
  t.is(session.buy(5, 100, 9, { ...options, minimumLots: 3 }).length, 5);
});

test('post-only rests or is rejected', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  t.deepEqual(session.buy(2, 100, 5, { postOnly: true }), ['rejected 2 post_only_would_take']);
  t.deepEqual(session.buy(3, 99, 5, { postOnly: true }), ['accepted 3 buy 5@99', 'rested 3 buy 5@99']);
});

test('a quote budget buys at each level what it can pay, in whole lots', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  session.sell(2, 150, 10);
  t.deepEqual(session.buy(3, 200, 1000, { timeInForce: IOC, quoteBudget: 749 }), [
    'accepted 3 buy 1000@200',
    'trade 3 buys 3@100 from 1, left 997 and 0',
    'trade 3 buys 2@150 from 2, left 995 and 8',
    'canceled 3 buy 995@200 ioc_remainder',
  ]);
  t.deepEqual(session.buy(4, 200, 1000, { timeInForce: IOC, quoteBudget: 149 }), [
    'accepted 4 buy 1000@200',
    'canceled 4 buy 1000@200 ioc_remainder',
  ]);
});

test('a quote budget ends at the protection price and at the quantity', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 3);
  session.sell(2, 150, 10);
  t.deepEqual(session.buy(3, 149, 1000, { timeInForce: IOC, quoteBudget: 1e6 }).slice(1), [
    'trade 3 buys 3@100 from 1, left 997 and 0',
    'canceled 3 buy 997@149 ioc_remainder',
  ]);
  t.deepEqual(session.buy(4, 150, 4, { timeInForce: IOC, quoteBudget: 1e6 }).slice(1), [
    'trade 4 buys 4@150 from 2, left 0 and 6',
  ]);
});

test('a quote budget is divided exactly where doubles are at their limit', (t) => {
  const session = new BookSession();
  const price = 3;
  const lots = Math.floor(Number.MAX_SAFE_INTEGER / price);
  session.sell(1, price, lots);
  const budget = lots * price - 1;
  t.deepEqual(session.buy(2, price, lots, { timeInForce: IOC, quoteBudget: budget }).slice(1), [
    `trade 2 buys ${lots - 1}@3 from 1, left 1 and 1`,
    'canceled 2 buy 1@3 ioc_remainder',
  ]);
});

test('a cancel takes the order out of its queue; of an unknown order it is refused', (t) => {
  const session = new BookSession();
  for (const id of [1, 2, 3, 4]) session.buy(id, 100, id);
  t.deepEqual(session.run({ op: 'cancel', id: 2 }), ['canceled 2 buy 2@100 by_command']);
  t.deepEqual(session.queue(BUY), ['1:1@100', '3:3@100', '4:4@100']);
  session.run({ op: 'cancel', id: 1 });
  session.run({ op: 'cancel', id: 4 });
  t.deepEqual(session.queue(BUY), ['3:3@100']);
  t.deepEqual(session.book.depth(BUY, 9), { pricesTicks: [100], totalsLots: [3] });
  t.deepEqual(session.run({ op: 'cancel', id: 2 }), ['cancel refused 2 unknown_order']);
  session.run({ op: 'cancel', id: 3 });
  t.is(session.book.bestBid(), 0);
});

test('a replaced order goes to the back of the queue and keeps its id', (t) => {
  const session = new BookSession();
  session.buy(1, 100, 5);
  session.buy(2, 100, 5);
  t.deepEqual(session.run({ op: 'replace', id: 1, priceTicks: 100, quantityLots: 4 }), [
    'replaced 1 buy 5@100 by 4@100',
    'rested 1 buy 4@100',
  ]);
  t.deepEqual(session.queue(BUY), ['2:5@100', '1:4@100']);
  t.deepEqual(session.run({ op: 'replace', id: 9, priceTicks: 100, quantityLots: 4 }), [
    'replace refused 9 unknown_order',
  ]);
});

test('a replaced order may trade at once, in part or in full', (t) => {
  const session = new BookSession();
  session.sell(1, 110, 5);
  session.buy(2, 100, 5);
  session.buy(3, 99, 5);
  t.deepEqual(session.run({ op: 'replace', id: 2, priceTicks: 110, quantityLots: 4 }), [
    'replaced 2 buy 5@100 by 4@110',
    'trade 2 buys 4@110 from 1, left 0 and 1',
  ]);
  t.false(session.book.has(2));
  t.deepEqual(session.run({ op: 'replace', id: 3, priceTicks: 111, quantityLots: 4 }), [
    'replaced 3 buy 5@99 by 4@111',
    'trade 3 buys 1@110 from 1, left 3 and 0',
    'rested 3 buy 3@111',
  ]);
});

test('a post-only replace that would trade leaves the order where it was', (t) => {
  const session = new BookSession();
  session.sell(1, 110, 5);
  session.buy(2, 100, 5);
  session.buy(3, 100, 5);
  const before = session.book.hash();
  t.deepEqual(session.run({ op: 'replace', id: 2, priceTicks: 110, quantityLots: 4, postOnly: true }), [
    'replace refused 2 post_only_would_take',
  ]);
  t.is(session.book.hash(), before);
});

test('a reduction keeps the place in the queue and must leave something', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5);
  session.sell(2, 100, 5);
  t.deepEqual(session.run({ op: 'reduce', id: 1, byLots: 2 }), ['reduced 1 sell by 2 to 3@100']);
  t.deepEqual(session.queue(SELL), ['1:3@100', '2:5@100']);
  t.deepEqual(session.book.depth(SELL, 1).totalsLots, [8]);
  t.deepEqual(session.run({ op: 'reduce', id: 1, byLots: 3 }), ['reduce refused 1 not_less_than_open']);
  t.deepEqual(session.run({ op: 'reduce', id: 1, byLots: 4 }), ['reduce refused 1 not_less_than_open']);
  t.deepEqual(session.run({ op: 'reduce', id: 9, byLots: 1 }), ['reduce refused 9 unknown_order']);
});

test('a level never holds 2^53 lots', (t) => {
  const session = new BookSession();
  const most = Number.MAX_SAFE_INTEGER;
  session.buy(1, 1, most - 10);
  session.buy(2, 1, 10);
  t.deepEqual(session.buy(3, 1, 1), ['rejected 3 level_full']);
  t.deepEqual(session.run({ op: 'replace', id: 2, priceTicks: 1, quantityLots: 11 }), [
    'replace refused 2 level_full',
  ]);
  t.is(session.run({ op: 'replace', id: 2, priceTicks: 1, quantityLots: 9 }).length, 2);
  t.deepEqual(session.book.depth(BUY, 1).totalsLots, [most - 1]);
});
