import test from 'ava';
import { AssertionFailed } from '../../../src/domain/assert.ts';
import { createBook } from '../../../src/domain/book/book.ts';
import {
  BUY,
  COMMAND_WORDS,
  GTC,
  IOC,
  SELL,
  writeCancel,
  writePlace,
} from '../../../src/domain/book/commands.ts';
import { EventBuffer, readEvents } from '../../../src/domain/book/events.ts';
import { BookSession } from '../../support/book-session.ts';
import type { BookCommand } from '../../support/naive-book.ts';

const order = { op: 'place', id: 3, side: BUY, priceTicks: 90, quantityLots: 5, timeInForce: GTC } as const;

const malformed: Record<string, BookCommand> = {
  'id zero': { ...order, id: 0 },
  'id with a fraction': { ...order, id: 3.5 },
  'id of 2^53': { ...order, id: 2 ** 53 },
  'id that is no number': { ...order, id: Number.NaN },
  'id of an open order': { ...order, id: 1 },
  'price zero': { ...order, priceTicks: 0 },
  'negative price': { ...order, priceTicks: -1 },
  'price with a fraction': { ...order, priceTicks: 0.5 },
  'infinite price': { ...order, priceTicks: Number.POSITIVE_INFINITY },
  'quantity zero': { ...order, quantityLots: 0 },
  'quantity with a fraction': { ...order, quantityLots: 1.5 },
  'quantity that is no number': { ...order, quantityLots: Number.NaN },
  'value of 2^53': { ...order, priceTicks: 2 ** 26, quantityLots: 2 ** 27 },
  'unknown time in force': { ...order, timeInForce: 3 as never },
  'post-only that does not rest': { ...order, timeInForce: IOC, postOnly: true },
  'budget on an order that rests': { ...order, quoteBudget: 5 },
  'budget on a sell': { ...order, side: SELL, timeInForce: IOC, quoteBudget: 5 },
  'budget with a fraction': { ...order, timeInForce: IOC, quoteBudget: 5.5 },
  'negative budget': { ...order, timeInForce: IOC, quoteBudget: -5 },
  'cancel of no id': { op: 'cancel', id: Number.NaN },
  'replace to no price': { op: 'replace', id: 1, priceTicks: 0, quantityLots: 1 },
  'replace to no quantity': { op: 'replace', id: 1, priceTicks: 1, quantityLots: 0 },
  'replace to a value of 2^53': { op: 'replace', id: 1, priceTicks: 2 ** 52, quantityLots: 2 },
  'reduction by nothing': { op: 'reduce', id: 1, byLots: 0 },
  'negative reduction': { op: 'reduce', id: 1, byLots: -1 },
  'reduction by a fraction': { op: 'reduce', id: 1, byLots: 0.5 },
};

for (const [name, command] of Object.entries(malformed)) {
  test(`throws and changes nothing: ${name}`, (t) => {
    const session = new BookSession();
    session.buy(1, 80, 5);
    session.sell(2, 85, 5);
    const before = session.book.hash();
    t.throws(() => session.run(command), { instanceOf: AssertionFailed });
    t.is(session.book.hash(), before);
    t.is(session.book.restingCount, 2);
  });
}

test('throws and changes nothing: a header that is none', (t) => {
  const book = createBook();
  for (const header of [0, 5, 7, -1, 1.5, Number.NaN, 128 + 1, 2 ** 32 + 1]) {
    const commands = Float64Array.of(header, 1, 100, 5, 0);
    t.throws(
      () => book.execute(commands, 1, new EventBuffer()),
      { instanceOf: AssertionFailed },
      `${header}`,
    );
    t.is(book.restingCount, 0);
  }
});

test('a malformed command in a batch: those before it are done, it and those after it are not', (t) => {
  const book = createBook();
  const commands = new Float64Array(3 * COMMAND_WORDS);
  writePlace(commands, 0, { ...order, id: 1 });
  writePlace(commands, 1, { ...order, id: 2, quantityLots: 0 });
  writeCancel(commands, 2, 1);
  const events = new EventBuffer();
  t.throws(() => book.execute(commands, 3, events), { instanceOf: AssertionFailed });
  t.is(book.restingCount, 1);
  t.is(readEvents(events).length, 2);
});

test('throws when the buffer is shorter than the batch', (t) => {
  t.throws(() => createBook().execute(new Float64Array(COMMAND_WORDS), 2, new EventBuffer()), {
    instanceOf: AssertionFailed,
  });
});

test('restore refuses what no book can hold', (t) => {
  const book = createBook();
  book.restore(1, BUY, 100, 5);
  book.restore(2, SELL, 101, Number.MAX_SAFE_INTEGER / 101 - 1 - ((Number.MAX_SAFE_INTEGER / 101) % 1));
  const before = book.hash();
  for (const [id, side, price, remaining] of [
    [1, BUY, 99, 5],
    [3, SELL, 100, 5],
    [3, BUY, 101, 5],
    [3, BUY, 99, 0],
    [3, BUY, 0, 1],
    [0, BUY, 99, 1],
    [3, 2, 99, 1],
  ] as const) {
    t.throws(() => book.restore(id, side as 0, price, remaining), { instanceOf: AssertionFailed });
  }
  t.is(book.hash(), before);
});
