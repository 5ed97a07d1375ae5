import test from 'ava';
import { AssertionFailed } from '../../../src/domain/assert.ts';
import { createBook, type RestingOrder } from '../../../src/domain/book/book.ts';
import {
  BUY,
  CANCEL_OLDEST,
  COMMAND_WORDS,
  FOK,
  GTC,
  IOC,
  SELL,
  writeCancel,
  writePlace,
} from '../../../src/domain/book/commands.ts';
import { EventBuffer } from '../../../src/domain/book/events.ts';
import { readEvents } from '../../../src/domain/book/read-events.ts';
import type { BookCommand } from '../../support/book-command.ts';
import { BookSession } from '../../support/book-session.ts';

/** It would trade with order 2 of the sessions below. */
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
  'owner with a fraction': { ...order, owner: 1.5 },
  'negative owner': { ...order, owner: -1 },
  'owner of 2^29': { ...order, owner: 2 ** 29 },
  'owner of 2^32': { ...order, owner: 2 ** 32 },
  'owner that is no number': { ...order, owner: Number.NaN },
  'self-trade mode without an owner': { ...order, selfTrade: CANCEL_OLDEST },
  'unknown self-trade mode': { ...order, owner: 1, selfTrade: 5 as never },
  'last self-trade mode that fits the header': { ...order, owner: 1, selfTrade: 7 as never },
  'lots to show with a fraction': { ...order, displayLots: 1.5 },
  'negative lots to show': { ...order, displayLots: -1 },
  '2^53 lots to show': { ...order, displayLots: 2 ** 53 },
  'lots to show that are no number': { ...order, displayLots: Number.NaN },
  'lots to show of an immediate order': { ...order, timeInForce: IOC, displayLots: 1 },
  'lots to show of an order to fill or kill': { ...order, timeInForce: FOK, displayLots: 1 },
  'immediate order left unmatched': { ...order, timeInForce: IOC, unmatched: true },
  'order to fill or kill left unmatched': { ...order, timeInForce: FOK, unmatched: true },
  'minimum of an order that rests': { ...order, minimumLots: 1 },
  'minimum of an unmatched order': { ...order, unmatched: true, minimumLots: 1 },
  'minimum of an order to fill or kill': { ...order, timeInForce: FOK, minimumLots: 1 },
  'minimum beside a budget': { ...order, timeInForce: IOC, quoteBudget: 900, minimumLots: 1 },
  'minimum with a fraction': { ...order, timeInForce: IOC, minimumLots: 1.5 },
  'negative minimum': { ...order, timeInForce: IOC, minimumLots: -1 },
  'minimum that is no number': { ...order, timeInForce: IOC, minimumLots: Number.NaN },
  'budget on an unmatched order': { ...order, unmatched: true, quoteBudget: 5 },
  'cancel of no id': { op: 'cancel', id: Number.NaN },
  'replace to no price': { op: 'replace', id: 1, priceTicks: 0, quantityLots: 1 },
  'replace to no quantity': { op: 'replace', id: 1, priceTicks: 1, quantityLots: 0 },
  'replace to a value of 2^53': { op: 'replace', id: 1, priceTicks: 2 ** 52, quantityLots: 2 },
  'replace with half an owner': { op: 'replace', id: 1, priceTicks: 1, quantityLots: 1, owner: 0.5 },
  'replace with a self-trade mode without an owner': {
    op: 'replace',
    id: 1,
    priceTicks: 1,
    quantityLots: 1,
    selfTrade: CANCEL_OLDEST,
  },
  'replace with half a lot to show': {
    op: 'replace',
    id: 1,
    priceTicks: 1,
    quantityLots: 1,
    displayLots: 0.5,
  },
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
    // The book takes another way for an order that does not cross.
    const crossesNot =
      'priceTicks' in command && command.priceTicks === 90 ? { ...command, priceTicks: 81 } : command;
    for (const malformed of [command, crossesNot]) {
      t.throws(() => session.run(malformed), { instanceOf: AssertionFailed });
      t.is(session.book.hash(), before);
      t.is(session.book.restingCount, 2);
    }
  });
}

test('throws and changes nothing: a header that is none', (t) => {
  const book = createBook();
  const headers = [0, 5, 6, 7, -1, 1.5, Number.NaN, 5 * 128 + 1, 7 * 128 + 1, 2048 + 1, 2 ** 32 + 1];
  const withHeader = (header: number) => Float64Array.of(header, 1, 100, 5, 0, 1, 0, 0);
  for (const header of headers) {
    const commands = withHeader(header);
    t.throws(
      () => book.execute(commands, 1, new EventBuffer()),
      { instanceOf: AssertionFailed },
      `${header}`,
    );
    t.is(book.restingCount, 0);
  }
  t.notThrows(() => book.execute(withHeader(1), 1, new EventBuffer()));
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
  const most = Math.floor(Number.MAX_SAFE_INTEGER / 101);
  book.restore({ id: 1, side: BUY, priceTicks: 100, shownLots: 5 });
  book.restore({ id: 2, side: SELL, priceTicks: 1, shownLots: 2 ** 53 - 11, hiddenLots: 7, displayLots: 7 });
  const before = book.hash();
  const fits: RestingOrder = {
    id: 3,
    side: BUY,
    priceTicks: 101,
    shownLots: 5,
    hiddenLots: 5,
    displayLots: 5,
    owner: 1,
  };
  const wrong: Record<string, Partial<RestingOrder>> = {
    'an open id': { id: 1 },
    'no id': { id: 0 },
    'no side': { side: 2 as never },
    'no price': { priceTicks: 0 },
    'nothing shown': { shownLots: 0 },
    'too much value': { shownLots: most - 4 },
    'too much on the level': { side: SELL, priceTicks: 1, shownLots: 4, hiddenLots: 0 },
    'too much hidden on the level': { side: SELL, priceTicks: 1, shownLots: 3, hiddenLots: 1 },
    'less than nothing hidden': { hiddenLots: -1 },
    'half a lot hidden': { hiddenLots: 0.5 },
    'no refill for what is hidden': { displayLots: 0 },
    'refills of half a lot': { displayLots: 0.5 },
    'half an owner': { owner: 0.5 },
    'a negative owner': { owner: -1 },
    'an owner of 2^29': { owner: 2 ** 29 },
  };
  for (const [name, part] of Object.entries(wrong)) {
    t.throws(() => book.restore({ ...fits, ...part }), { instanceOf: AssertionFailed }, name);
    t.is(book.hash(), before, name);
    t.is(book.restingCount, 2, name);
  }
  t.notThrows(() => book.restore({ ...fits, shownLots: most - 5 }));
});
