import test from 'ava';
import {
  BUY,
  CANCEL_BOTH,
  CANCEL_NEWEST,
  CANCEL_OLDEST,
  DECREMENT_AND_CANCEL,
  FOK,
  IOC,
  SELF_TRADE_ALLOWED,
  SELL,
  type SelfTradeMode,
} from '../../../src/domain/book/commands.ts';
import { BookSession } from '../../support/book-session.ts';

const own = (selfTrade: SelfTradeMode) => ({ owner: 7, selfTrade });

/** Sells at 100: 3 lots of owner 8, 5 lots of owner 7, 4 lots of nobody; then 9 lots of nobody at 101. */
function market(): BookSession {
  const session = new BookSession();
  session.sell(1, 100, 3, { owner: 8 });
  session.sell(2, 100, 5, { owner: 7 });
  session.sell(3, 100, 4);
  session.sell(4, 101, 9);
  return session;
}

test('cancel newest: the order that came in ends where it meets its owner’s', (t) => {
  const session = market();
  t.deepEqual(session.buy(5, 101, 10, own(CANCEL_NEWEST)), [
    'accepted 5 buy 10@101',
    'trade 5 buys 3@100 from 1, left 7 and 0',
    'prevented 5 buys 5@100 from 2, left 0 and 5',
    'canceled 5 buy 7@101 self_trade_remainder',
  ]);
  t.deepEqual(session.queue(SELL), ['2:5@100', '3:4@100', '4:9@101']);
  t.deepEqual(session.queue(BUY), []);
});

test('cancel oldest: the order that rested makes way', (t) => {
  const session = market();
  t.deepEqual(session.buy(5, 101, 10, own(CANCEL_OLDEST)).slice(1), [
    'trade 5 buys 3@100 from 1, left 7 and 0',
    'prevented 5 buys 5@100 from 2, left 7 and 0',
    'canceled 2 sell 5@100 self_trade',
    'trade 5 buys 4@100 from 3, left 3 and 0',
    'trade 5 buys 3@101 from 4, left 0 and 6',
  ]);
  t.false(session.book.has(2));
});

test('cancel both: neither stays', (t) => {
  const session = market();
  t.deepEqual(session.buy(5, 101, 10, own(CANCEL_BOTH)).slice(1), [
    'trade 5 buys 3@100 from 1, left 7 and 0',
    'prevented 5 buys 5@100 from 2, left 0 and 0',
    'canceled 2 sell 5@100 self_trade',
    'canceled 5 buy 7@101 self_trade_remainder',
  ]);
  t.deepEqual(session.queue(SELL), ['3:4@100', '4:9@101']);
});

test('decrement and cancel: the larger order that came in goes on with what is left of it', (t) => {
  const session = market();
  t.deepEqual(session.buy(5, 100, 15, own(DECREMENT_AND_CANCEL)).slice(1), [
    'trade 5 buys 3@100 from 1, left 12 and 0',
    'prevented 5 buys 5@100 from 2, left 7 and 0',
    'canceled 2 sell 5@100 self_trade',
    'trade 5 buys 4@100 from 3, left 3 and 0',
    'rested 5 buy 3@100',
  ]);
});

test('decrement and cancel: the larger order that rested keeps its place', (t) => {
  const session = market();
  t.deepEqual(session.buy(5, 101, 5, own(DECREMENT_AND_CANCEL)).slice(1), [
    'trade 5 buys 3@100 from 1, left 2 and 0',
    'prevented 5 buys 2@100 from 2, left 0 and 3',
    'reduced 2 sell by 2 to 3@100',
    'canceled 5 buy 0@101 self_trade_remainder',
  ]);
  t.deepEqual(session.queue(SELL), ['2:3@100', '3:4@100', '4:9@101']);
  t.deepEqual(session.book.depth(SELL, 1).totalsLots, [7]);
});

test('decrement and cancel: two of the same size cancel each other', (t) => {
  const session = market();
  t.deepEqual(session.buy(5, 101, 8, own(DECREMENT_AND_CANCEL)).slice(2), [
    'prevented 5 buys 5@100 from 2, left 0 and 0',
    'canceled 2 sell 5@100 self_trade',
    'canceled 5 buy 0@101 self_trade_remainder',
  ]);
  t.deepEqual(session.queue(SELL), ['3:4@100', '4:9@101']);
});

test('decrement and cancel spends a budget as a trade would', (t) => {
  const session = market();
  const options = { ...own(DECREMENT_AND_CANCEL), timeInForce: IOC } as const;
  t.deepEqual(session.buy(5, 101, 50, { ...options, quoteBudget: 599 }).slice(2), [
    'prevented 5 buys 2@100 from 2, left 45 and 3',
    'reduced 2 sell by 2 to 3@100',
    'canceled 5 buy 45@101 self_trade_remainder',
  ]);
  t.deepEqual(session.buy(6, 101, 50, { ...options, quoteBudget: 800 }).slice(1), [
    'prevented 6 buys 3@100 from 2, left 47 and 0',
    'canceled 2 sell 3@100 self_trade',
    'trade 6 buys 4@100 from 3, left 43 and 0',
    'canceled 6 buy 43@101 ioc_remainder',
  ]);
});

test('a budget that cannot pay one lot prevents nothing', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, { owner: 7 });
  t.deepEqual(session.buy(2, 100, 9, { ...own(CANCEL_BOTH), timeInForce: IOC, quoteBudget: 99 }).slice(1), [
    'canceled 2 buy 9@100 ioc_remainder',
  ]);
});

test('an owner’s hidden lots do not trade with him either', (t) => {
  const iceberg = () => {
    const session = new BookSession();
    session.buy(1, 100, 12, { ...own(CANCEL_NEWEST), displayLots: 5 });
    return session;
  };
  t.deepEqual(iceberg().sell(2, 100, 9, own(CANCEL_OLDEST)).slice(1), [
    'prevented 2 sells 9@100 from 1, left 9 and 0',
    'canceled 1 buy 5@100 self_trade, hides 7',
    'rested 2 sell 9@100',
  ]);
  t.deepEqual(iceberg().sell(2, 100, 6, own(DECREMENT_AND_CANCEL)).slice(1), [
    'prevented 2 sells 6@100 from 1, left 0 and 6',
    'reduced 1 buy by 0 to 6@100, hides 1',
    'canceled 2 sell 0@100 self_trade_remainder',
  ]);
  t.deepEqual(iceberg().sell(2, 100, 9, own(DECREMENT_AND_CANCEL)).slice(1), [
    'prevented 2 sells 9@100 from 1, left 0 and 3',
    'reduced 1 buy by 2 to 3@100',
    'canceled 2 sell 0@100 self_trade_remainder',
  ]);
});

test('an order of its owner is met before the hidden lots of those in front of it', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 9, { displayLots: 3 });
  session.sell(2, 100, 5, { owner: 7 });
  t.deepEqual(session.buy(3, 100, 9, own(CANCEL_NEWEST)).slice(1), [
    'trade 3 buys 3@100 from 1, left 6 and 6',
    'refreshed 1 sell 3@100, hides 3',
    'prevented 3 buys 5@100 from 2, left 0 and 5',
    'canceled 3 buy 6@100 self_trade_remainder',
  ]);
  t.deepEqual(session.queue(SELL), ['2:5@100', '1:3+3@100']);
});

test('the order that comes in decides, not the one that rests', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, own(CANCEL_BOTH));
  t.deepEqual(session.buy(2, 100, 2, own(SELF_TRADE_ALLOWED)).slice(1), [
    'trade 2 buys 2@100 from 1, left 0 and 3',
  ]);
  t.deepEqual(session.buy(3, 100, 2, { owner: 8, selfTrade: CANCEL_BOTH }).slice(1), [
    'trade 3 buys 2@100 from 1, left 0 and 1',
  ]);
});

test('a replaced order avoids its owner’s others as its command says, and belongs to him from then on', (t) => {
  const session = new BookSession();
  session.sell(1, 100, 5, { owner: 7 });
  session.buy(2, 90, 5);
  const to = { op: 'replace', id: 2, priceTicks: 100, quantityLots: 6 } as const;
  t.deepEqual(session.run({ ...to, ...own(CANCEL_OLDEST) }), [
    'replaced 2 buy 5@90 by 6@100',
    'prevented 2 buys 5@100 from 1, left 6 and 0',
    'canceled 1 sell 5@100 self_trade',
    'rested 2 buy 6@100',
  ]);
  session.sell(3, 110, 5, { owner: 7 });
  t.deepEqual(session.run({ ...to, priceTicks: 110, ...own(CANCEL_NEWEST) }).slice(1), [
    'prevented 2 buys 5@110 from 3, left 0 and 5',
    'canceled 2 buy 6@110 self_trade_remainder',
  ]);
  t.is(session.book.restingCount, 1);
});

test('fill or kill counts past its owner’s orders only where they make way', (t) => {
  for (const mode of [CANCEL_NEWEST, CANCEL_BOTH, DECREMENT_AND_CANCEL] as const) {
    const session = market();
    const before = session.book.hash();
    t.deepEqual(session.buy(5, 101, 4, { ...own(mode), timeInForce: FOK }), ['rejected 5 fok_not_fillable']);
    t.is(session.book.hash(), before);
    t.deepEqual(session.buy(6, 101, 3, { ...own(mode), timeInForce: FOK }).slice(1), [
      'trade 6 buys 3@100 from 1, left 0 and 0',
    ]);
  }
  const session = market();
  const options = { ...own(CANCEL_OLDEST), timeInForce: FOK } as const;
  t.deepEqual(session.buy(5, 101, 17, options), ['rejected 5 fok_not_fillable']);
  t.is(session.buy(6, 101, 16, options).length, 6);
  t.is(session.book.restingCount, 0);
});

test('fill or kill counts hidden lots, but not those that come after an order of its owner', (t) => {
  const session = new BookSession();
  session.sell(1, 99, 6, { displayLots: 2 });
  session.sell(2, 100, 6, { displayLots: 2 });
  session.sell(3, 100, 1, { owner: 7 });
  const options = { ...own(CANCEL_NEWEST), timeInForce: FOK } as const;
  t.deepEqual(session.buy(4, 100, 9, options), ['rejected 4 fok_not_fillable']);
  t.is(session.buy(5, 100, 8, options)[0], 'accepted 5 buy 8@100');
  t.deepEqual(session.queue(SELL), ['3:1@100', '2:2+2@100']);
});

test('fill or kill counts each level once, however many come before an order of its owner', (t) => {
  const session = new BookSession();
  for (let level = 1; level <= 40; level += 1) session.sell(level, 100 + level, 1);
  session.sell(41, 200, 50, { owner: 7 });
  session.sell(42, 2 ** 40, 50);
  const options = { ...own(CANCEL_BOTH), timeInForce: FOK } as const;
  t.deepEqual(session.buy(43, 2 ** 40, 41, options), ['rejected 43 fok_not_fillable']);
  t.is(session.buy(44, 2 ** 40, 40, options).length, 41);
});
