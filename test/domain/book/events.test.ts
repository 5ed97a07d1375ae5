import test from 'ava';
import { AssertionFailed } from '../../../src/domain/assert.ts';
import { createBook } from '../../../src/domain/book/book.ts';
import { BUY, COMMAND_WORDS, GTC, SELL, writePlace } from '../../../src/domain/book/commands.ts';
import { ACCEPTED, EVENT_WORDS, EventBuffer, RESTED } from '../../../src/domain/book/events.ts';
import { readEvent, readEvents } from '../../../src/domain/book/read-events.ts';

test('the buffer grows, keeps its events, and allocates no more once it is large enough', (t) => {
  const book = createBook();
  const commands = new Float64Array(1000 * COMMAND_WORDS);
  for (let index = 0; index < 1000; index += 1) {
    const side = index % 2 === 0 ? BUY : SELL;
    writePlace(commands, index, { id: index + 1, side, priceTicks: 100, quantityLots: 1, timeInForce: GTC });
  }
  const events = new EventBuffer(1);
  book.execute(commands, 1000, events);
  t.is(events.count, 500 * 2 + 500 * 2);
  t.deepEqual(readEvent(events, 0), {
    kind: ACCEPTED,
    command: 0,
    id: 1,
    side: BUY,
    price: 100,
    quantity: 1,
  });
  t.deepEqual(readEvent(events, 1), {
    kind: RESTED,
    command: 0,
    id: 1,
    side: BUY,
    price: 100,
    quantity: 1,
    hidden: 0,
  });
  const { words } = events;
  t.true(words.length < 2 * events.count * EVENT_WORDS);
  events.clear();
  t.deepEqual(readEvents(events), []);
  for (let index = 0; index < 1000; index += 1) commands[index * COMMAND_WORDS + 1]! += 1000;
  book.execute(commands, 1000, events);
  t.is(events.words, words);
});

test('an event that is not there cannot be read', (t) => {
  t.throws(() => readEvent(new EventBuffer(), 0), { instanceOf: AssertionFailed });
});
