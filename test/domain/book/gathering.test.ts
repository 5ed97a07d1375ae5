import test from 'ava';
import { BUY, CANCEL_BOTH, SELL } from '../../../src/domain/book/commands.ts';
import { BookSession } from '../../support/book-session.ts';

const unmatched = { unmatched: true } as const;

test('while an auction gathers orders they rest where they cross', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, unmatched);
  t.deepEqual(session.buy(2, 102, 7, unmatched), ['accepted 2 buy 7@102', 'rested 2 buy 7@102']);
  session.buy(3, 102, 1, unmatched);
  session.sell(4, 99, 2, unmatched);
  t.deepEqual(session.queue(BUY), ['2:7@102', '3:1@102']);
  t.deepEqual(session.queue(SELL), ['4:2@99', '1:5@100']);
  t.is(session.book.bestBid(), 102);
  t.is(session.book.bestAsk(), 99);
});

test('post-only and self-trade prevention do not matter to an order that does not trade', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, { ...unmatched, owner: 7 });
  const options = { ...unmatched, postOnly: true, owner: 7, selfTrade: CANCEL_BOTH } as const;
  t.deepEqual(session.buy(2, 100, 5, options), ['accepted 2 buy 5@100', 'rested 2 buy 5@100']);
});

test('an order left unmatched may be an iceberg', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, unmatched);
  t.is(session.buy(2, 100, 9, { ...unmatched, displayLots: 4 })[1], 'rested 2 buy 4@100, hides 5');
});

test('a replacement left unmatched rests where it crosses', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, unmatched);
  session.buy(2, 90, 5, unmatched);
  const to = { op: 'replace', id: 2, priceTicks: 105, quantityLots: 6, ...unmatched } as const;
  t.deepEqual(session.run({ ...to, postOnly: true }), ['replaced 2 buy 5@90 by 6@105', 'rested 2 buy 6@105']);
  session.buy(3, 105, 1, unmatched);
  session.run({ ...to, quantityLots: 7 });
  t.deepEqual(session.queue(BUY), ['3:1@105', '2:7@105']);
});

test('reductions and cancels work in a crossed book', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, unmatched);
  session.buy(2, 105, 5, unmatched);
  t.deepEqual(session.run({ op: 'reduce', id: 2, byLots: 2 }), ['reduced 2 buy by 2 to 3@105']);
  t.deepEqual(session.run({ op: 'cancel', id: 1 }), ['canceled 1 sell 5@100 by_command']);
  t.is(session.book.bestAsk(), 0);
});

test('a level that is full is full for orders that cross, too', (t) => {
  const session = new BookSession();
  session.sell(1, 1, 5, unmatched);
  session.buy(2, 1, Number.MAX_SAFE_INTEGER - 5, { ...unmatched, displayLots: 1 });
  t.deepEqual(session.buy(3, 1, 6, unmatched), ['rejected 3 level_full']);
  t.is(session.buy(4, 1, 5, unmatched).length, 2);
  t.deepEqual(session.run({ op: 'replace', id: 4, priceTicks: 1, quantityLots: 6, ...unmatched }), [
    'replace refused 4 level_full',
  ]);
});
