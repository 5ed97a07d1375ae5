import test from 'ava';
import { BUY, FOK, IOC, SELL } from '../../../src/domain/book/commands.ts';
import { BookSession } from '../../support/book-session.ts';

test('an iceberg shows a part of itself, and depth has only that', (t) => {
  const session = new BookSession();
  t.deepEqual(session.sell(1, 100, 25, { displayLots: 10 }), [
    'accepted 1 sell 25@100',
    'rested 1 sell 10@100, hides 15',
  ]);
  t.deepEqual(session.queue(SELL), ['1:10+15@100']);
  t.deepEqual(session.book.depth(SELL, 1).totalsLots, [10]);
});

test('an iceberg that would show everything is an ordinary order', (t) => {
  const session = new BookSession();
  t.deepEqual(session.buy(1, 100, 10, { displayLots: 10 }).slice(1), ['rested 1 buy 10@100']);
  t.deepEqual(session.buy(2, 100, 10, { displayLots: 11 }).slice(1), ['rested 2 buy 10@100']);
});

test('the next part waits at the back of the queue; until then the shown part keeps its place', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 25, { displayLots: 10 });
  session.sell(2, 100, 5);
  t.deepEqual(session.buy(3, 100, 4).slice(1), ['trade 3 buys 4@100 from 1, left 0 and 21']);
  t.deepEqual(session.queue(SELL), ['1:6+15@100', '2:5@100']);
  t.deepEqual(session.buy(4, 100, 6).slice(1), [
    'trade 4 buys 6@100 from 1, left 0 and 15',
    'refreshed 1 sell 10@100, hides 5',
  ]);
  t.deepEqual(session.queue(SELL), ['2:5@100', '1:10+5@100']);
  t.deepEqual(session.book.depth(SELL, 1).totalsLots, [15]);
});

test('a large order takes all that is shown, then part after part, and only then the next level', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 7, { displayLots: 3 });
  session.sell(2, 100, 4, { displayLots: 2 });
  session.sell(3, 101, 5);
  t.deepEqual(session.buy(4, 101, 12).slice(1), [
    'trade 4 buys 3@100 from 1, left 9 and 4',
    'refreshed 1 sell 3@100, hides 1',
    'trade 4 buys 2@100 from 2, left 7 and 2',
    'refreshed 2 sell 2@100',
    'trade 4 buys 3@100 from 1, left 4 and 1',
    'refreshed 1 sell 1@100',
    'trade 4 buys 2@100 from 2, left 2 and 0',
    'trade 4 buys 1@100 from 1, left 1 and 0',
    'trade 4 buys 1@101 from 3, left 0 and 4',
  ]);
  t.deepEqual(session.queue(SELL), ['3:4@101']);
});

test('an iceberg alone on its level refreshes until it is used up', (t) => {
  const session = new BookSession();
  session.buy(1, 100, 5, { displayLots: 2 });
  t.deepEqual(session.sell(2, 100, 6).slice(1), [
    'trade 2 sells 2@100 from 1, left 4 and 3',
    'refreshed 1 buy 2@100, hides 1',
    'trade 2 sells 2@100 from 1, left 2 and 1',
    'refreshed 1 buy 1@100',
    'trade 2 sells 1@100 from 1, left 1 and 0',
    'rested 2 sell 1@100',
  ]);
  t.is(session.book.restingCount, 1);
});

test('what an iceberg does not trade at once rests in parts, or whole when it is small enough', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5);
  t.deepEqual(session.buy(2, 100, 20, { displayLots: 4 }).slice(1), [
    'trade 2 buys 5@100 from 1, left 15 and 0',
    'rested 2 buy 4@100, hides 11',
  ]);
  t.deepEqual(session.sell(3, 100, 18, { displayLots: 4 }).at(-1), 'rested 3 sell 3@100');
});

test('a quote budget pays for one part after the other', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 9, { displayLots: 3 });
  t.deepEqual(session.buy(2, 100, 50, { timeInForce: IOC, quoteBudget: 599 }).slice(1), [
    'trade 2 buys 3@100 from 1, left 47 and 6',
    'refreshed 1 sell 3@100, hides 3',
    'trade 2 buys 2@100 from 1, left 45 and 4',
    'canceled 2 buy 45@100 ioc_remainder',
  ]);
  t.deepEqual(session.queue(SELL), ['1:1+3@100']);
});

test('fill or kill and a minimum count what is hidden', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 9, { displayLots: 3 });
  session.sell(2, 2 ** 40, 9, { displayLots: 3 });
  const price = 2 ** 40;
  t.deepEqual(session.buy(3, price, 19, { timeInForce: FOK }), ['rejected 3 fok_not_fillable']);
  t.deepEqual(session.buy(4, price, 19, { timeInForce: IOC, minimumLots: 19 }), [
    'rejected 4 minimum_not_fillable',
  ]);
  t.is(session.buy(5, price, 18, { timeInForce: FOK })[0], `accepted 5 buy 18@${price}`);
  t.is(session.book.restingCount, 0);
});

test('a canceled iceberg takes along what it hides', (t) => {
  const session = new BookSession();
  session.buy(1, 100, 25, { displayLots: 10 });
  t.deepEqual(session.run({ op: 'cancel', id: 1 }), ['canceled 1 buy 10@100 by_command, hides 15']);
  t.deepEqual(session.sell(2, 100, 5, { timeInForce: FOK }), ['rejected 2 fok_not_fillable']);
  // A new order must not find what the old one left.
  session.buy(3, 100, 5);
  t.deepEqual(session.queue(BUY), ['3:5@100']);
});

test('a reduction takes what is hidden first and keeps the place in the queue', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 25, { displayLots: 10 });
  session.sell(2, 100, 5);
  t.deepEqual(session.run({ op: 'reduce', id: 1, byLots: 5 }), ['reduced 1 sell by 0 to 20@100, hides 10']);
  t.deepEqual(session.run({ op: 'reduce', id: 1, byLots: 12 }), ['reduced 1 sell by 2 to 8@100']);
  t.deepEqual(session.queue(SELL), ['1:8@100', '2:5@100']);
  t.deepEqual(session.book.depth(SELL, 1).totalsLots, [13]);
  t.deepEqual(session.run({ op: 'reduce', id: 1, byLots: 8 }), ['reduce refused 1 not_less_than_open']);
});

test('a replacement says anew how much is shown', (t) => {
  const session = new BookSession();
  session.buy(1, 100, 25, { displayLots: 10 });
  session.buy(2, 100, 5);
  const to = { op: 'replace', id: 1, priceTicks: 100 } as const;
  t.deepEqual(session.run({ ...to, quantityLots: 30, displayLots: 6 }), [
    'replaced 1 buy 10@100, hides 15 by 30@100',
    'rested 1 buy 6@100, hides 24',
  ]);
  t.deepEqual(session.queue(BUY), ['2:5@100', '1:6+24@100']);
  t.deepEqual(session.run({ ...to, quantityLots: 30 }), [
    'replaced 1 buy 6@100, hides 24 by 30@100',
    'rested 1 buy 30@100',
  ]);
  t.deepEqual(session.sell(3, 100, 35).length, 3);
});

test('hidden lots count where a level must stay below 2^53 lots', (t) => {
  const session = new BookSession();
  const most = Number.MAX_SAFE_INTEGER;
  session.buy(1, 1, most - 10, { displayLots: 2 ** 50 });
  session.buy(2, 1, 10, { displayLots: 1 });
  const to = { op: 'replace', id: 2, priceTicks: 1 } as const;
  t.deepEqual(session.buy(3, 1, 1), ['rejected 3 level_full']);
  t.deepEqual(session.run({ ...to, quantityLots: 11, displayLots: 1 }), ['replace refused 2 level_full']);
  t.is(session.run({ ...to, quantityLots: 9, displayLots: 8 }).length, 2);
  t.is(session.run({ op: 'reduce', id: 1, byLots: 1 }).length, 1);
  t.deepEqual(session.buy(4, 1, 3), ['rejected 4 level_full']);
  t.is(session.buy(5, 1, 2).length, 2);
  session.run({ op: 'cancel', id: 1 });
  t.is(session.buy(6, 1, most - 11, { displayLots: 1 }).length, 2);
  t.deepEqual(session.buy(7, 1, 1), ['rejected 7 level_full']);
});

test('an iceberg of 2^53 − 1 lots is counted exactly while it trades', (t) => {
  const session = new BookSession();
  const most = Number.MAX_SAFE_INTEGER;
  session.buy(1, 1, most, { displayLots: 1 });
  t.deepEqual(session.sell(2, 1, 2).slice(1), [
    `trade 2 sells 1@1 from 1, left 1 and ${most - 1}`,
    `refreshed 1 buy 1@1, hides ${most - 2}`,
    `trade 2 sells 1@1 from 1, left 0 and ${most - 2}`,
    `refreshed 1 buy 1@1, hides ${most - 3}`,
  ]);
  t.deepEqual(session.buy(3, 1, 3), ['rejected 3 level_full']);
  t.is(session.buy(4, 1, 2).length, 2);
});
