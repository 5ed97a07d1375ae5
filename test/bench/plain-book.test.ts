import test from 'ava';
import { mixedFlow } from '../../bench/book/mixed-flow.ts';
import { PlainBook, type PlainTrade } from '../../bench/book/plain-book.ts';
import { createBook } from '../../src/domain/book/book.ts';
import {
  CANCEL,
  COMMAND_HEADER,
  COMMAND_WORDS,
  HEADER_OPERATION_MASK,
  PLACE,
} from '../../src/domain/book/commands.ts';
import { EventBuffer, TRADE } from '../../src/domain/book/events.ts';
import { readEvents } from '../../src/domain/book/read-events.ts';

test('the yardstick trades the same as the book on the mixed flow', (t) => {
  const { commands, fillCount, count } = mixedFlow(20_000);
  const events = new EventBuffer();
  const book = createBook();
  book.execute(commands, count, events);
  const trades: PlainTrade[] = [];
  new PlainBook().execute(commands, 0, count, trades);
  const expected = readEvents(events).flatMap((event) => {
    if (event.kind !== TRADE) return [];
    const { maker, taker, price, quantity } = event;
    return [{ maker, taker, price, quantity }];
  });
  t.true(expected.length > 1000);
  t.deepEqual(trades, expected);

  const part = (operation: number) => {
    let found = 0;
    for (let index = fillCount; index < count; index += 1) {
      const header = commands[index * COMMAND_WORDS + COMMAND_HEADER]!;
      if ((header & HEADER_OPERATION_MASK) === operation) found += 1;
    }
    return found / (count - fillCount);
  };
  t.true(Math.abs(part(PLACE) - 0.63) < 0.02);
  t.true(Math.abs(part(CANCEL) - 0.36) < 0.02);
  t.true(Math.abs(book.restingCount - 50_000) < 2500, `${book.restingCount} resting`);
  const levels = book.depth(0, 1e9).pricesTicks.length + book.depth(1, 1e9).pricesTicks.length;
  t.true(levels > 900 && levels < 1100, `${levels} levels`);
});
