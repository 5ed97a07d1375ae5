import test from 'ava';
import { BUY, CANCEL_NEWEST, CANCEL_OLDEST, FOK, GTC, IOC, SELL } from '../../../src/domain/book/commands.ts';
import { BookSession } from '../../support/book-session.ts';

const bounds = { lowTicks: 95, highTicks: 105 };
const base = { op: 'place', side: BUY, timeInForce: GTC } as const;
const atOnce = { ...base, timeInForce: IOC } as const;

function asks(...prices: readonly number[]): BookSession {
  const session = new BookSession();
  for (const [index, price] of prices.entries()) session.sell(index + 1, price, 1, { owner: index + 1 });
  return session;
}

test('an order trades up to the bounds, is told that it stopped, and rests where it crosses', (t) => {
  const session = asks(100, 105, 106);
  t.deepEqual(session.run({ ...base, id: 9, priceTicks: 110, quantityLots: 4 }, bounds), [
    'accepted 9 buy 4@110',
    'trade 9 buys 1@100 from 1, left 3 and 0',
    'trade 9 buys 1@105 from 2, left 2 and 0',
    'stopped 9 buy 2@106',
    'rested 9 buy 2@110',
  ]);
  t.deepEqual(session.queue(SELL), ['3:1@106']);
});

test('the bounds hold on both sides: nothing trades below them either', (t) => {
  const session = asks(90, 100);
  t.deepEqual(session.run({ ...base, id: 9, priceTicks: 100, quantityLots: 1 }, bounds), [
    'accepted 9 buy 1@100',
    'stopped 9 buy 1@90',
    'rested 9 buy 1@100',
  ]);
});

test('what may not rest is canceled where it stops', (t) => {
  const session = asks(100, 106);
  const ioc = { ...atOnce, id: 9, priceTicks: 110, quantityLots: 3 };
  t.deepEqual(session.run(ioc, bounds).slice(1), [
    'trade 9 buys 1@100 from 1, left 2 and 0',
    'stopped 9 buy 2@106',
    'canceled 9 buy 2@110 ioc_remainder',
  ]);
});

test('only what is within the bounds counts for an order that wants so much at once', (t) => {
  const fok = { ...base, id: 9, priceTicks: 110, quantityLots: 2, timeInForce: FOK } as const;
  t.deepEqual(asks(100, 106).run(fok, bounds), ['rejected 9 fok_not_fillable']);
  t.deepEqual(asks(94, 100, 101).run(fok, bounds), ['rejected 9 fok_not_fillable']);
  t.is(asks(100, 105).run(fok, bounds).length, 3);
  const minimum = { ...atOnce, id: 9, priceTicks: 110, quantityLots: 3, minimumLots: 2 };
  t.deepEqual(asks(100, 106).run(minimum, bounds), ['rejected 9 minimum_not_fillable']);
  const passing = { ...fok, owner: 1, selfTrade: CANCEL_OLDEST } as const;
  t.deepEqual(asks(94, 100).run(passing, bounds), ['rejected 9 fok_not_fillable']);
  t.is(asks(94, 100, 101).run(passing, bounds)[0], 'accepted 9 buy 2@110', 'its own order is passed by');
  t.deepEqual(asks(94, 100, 101).run({ ...passing, owner: 7 }, bounds), ['rejected 9 fok_not_fillable']);
});

test('a budget that buys no lot, and an own order, do not meet the bounds', (t) => {
  const ioc = { ...atOnce, id: 9, priceTicks: 110, quantityLots: 3 };
  t.deepEqual(
    asks(106)
      .run({ ...ioc, quoteBudget: 105 }, bounds)
      .slice(1),
    ['canceled 9 buy 3@110 ioc_remainder'],
  );
  t.deepEqual(
    asks(106)
      .run({ ...ioc, owner: 1, selfTrade: CANCEL_NEWEST }, bounds)
      .slice(1),
    ['prevented 9 buys 1@106 from 1, left 0 and 1', 'canceled 9 buy 3@110 self_trade_remainder'],
  );
});

test('a replacement stops as a new order does', (t) => {
  const session = asks(106);
  session.buy(9, 100, 2);
  t.deepEqual(session.run({ op: 'replace', id: 9, priceTicks: 107, quantityLots: 2 }, bounds), [
    'replaced 9 buy 2@100 by 2@107',
    'stopped 9 buy 2@106',
    'rested 9 buy 2@107',
  ]);
});
