import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type Book, createBook } from '../../../src/domain/book/book.ts';
import type { PriceBounds } from '../../../src/domain/book/book-state.ts';
import { COMMAND_WORDS, DECREMENT_AND_CANCEL, FOK, IOC } from '../../../src/domain/book/commands.ts';
import * as events from '../../../src/domain/book/events.ts';
import { type BookEvent, readEvents } from '../../../src/domain/book/read-events.ts';
import { type BookCommand, writeCommand } from '../../support/book-command.ts';
import { BookConsumer } from '../../support/book-consumer.ts';
import { commandsOf, draft } from '../../support/book-drafts.ts';
import { NaiveBook } from '../../support/naive-book.ts';

const SIDES = [0, 1] as const;

function execute(book: Book, commands: readonly BookCommand[], bounds?: PriceBounds): BookEvent[] {
  const buffer = new Float64Array(commands.length * COMMAND_WORDS);
  const out = new events.EventBuffer(1);
  commands.forEach((command, index) => {
    writeCommand(buffer, index, command);
  });
  book.execute(buffer, commands.length, out, bounds);
  return readEvents(out);
}

/** Executes the commands in batches and compares with the naive book after each; each batch has the next bounds. */
function follow(
  t: ExecutionContext,
  commands: readonly BookCommand[],
  bounds: readonly (PriceBounds | undefined)[] = [undefined],
  size = 100,
  mostEvents = 10_000,
) {
  const book = createBook({ expectedOrders: 4, mostEvents });
  const naive = new NaiveBook(mostEvents);
  const consumer = new BookConsumer();
  for (let start = 0; start < commands.length; start += size) {
    const batch = commands.slice(start, start + size);
    const within = bounds[(start / size) % bounds.length];
    const told = execute(book, batch, within);
    consumer.consume(told);
    t.deepEqual(told, naive.execute(batch, within));
    t.is(book.hash(), naive.hash());
  }
  return { book, naive, consumer };
}

function checkState(t: ExecutionContext, { book, naive, consumer }: ReturnType<typeof follow>): void {
  const levels = new Map<string, number>();
  for (const side of SIDES) {
    const orders: number[][] = [];
    book.forEachResting(side, (...order) => orders.push(order));
    const expected = naive.resting(side);
    t.deepEqual(
      orders,
      expected.map((order) => [order.id, order.side, order.price, order.shown, order.hidden]),
    );
    const depth = book.depth(side, 1e9);
    t.deepEqual(depth, naive.depth(side, 1e9));
    t.deepEqual(book.depth(side, 3), naive.depth(side, 3));
    depth.pricesTicks.forEach((price, index) => {
      levels.set(`${side}@${price}`, depth.totalsLots[index]!);
    });
  }
  t.is(book.bestBid(), naive.resting(0)[0]?.price ?? 0);
  t.is(book.bestAsk(), naive.resting(1)[0]?.price ?? 0);
  t.is(book.restingCount, naive.orders.length);
  t.true(book.indexPageCount <= book.restingCount);
  t.deepEqual(byKey(consumer.levels), byKey(levels));
  const open = naive.orders.map(({ id, shown, hidden }) => [id, { open: shown + hidden, hidden }] as const);
  t.deepEqual(byKey(consumer.orders), byKey(new Map(open)));
}

function byKey<Key extends string | number, Value>(map: ReadonlyMap<Key, Value>): [Key, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function traded(told: readonly BookEvent[]): number {
  return told.reduce((lots, event) => lots + (event.kind === events.TRADE ? event.quantity : 0), 0);
}

/** A book with the orders of the naive one, which knows owners and refills. */
function restored(naive: NaiveBook, worstFirst = false): Book {
  const book = createBook({ expectedOrders: naive.orders.length });
  for (const side of SIDES) {
    const orders = naive.resting(side);
    // Sorting is stable, so the queue of a level keeps its order.
    if (worstFirst) orders.sort((a, b) => (side === 0 ? a.price - b.price : b.price - a.price));
    for (const { id, price: priceTicks, shown, hidden, display, owner } of orders) {
      book.restore({
        id,
        side,
        priceTicks,
        shownLots: shown,
        hiddenLots: hidden,
        displayLots: display,
        owner,
      });
    }
  }
  return book;
}

test('100,000 random commands give the events and the state of the naive book', (t) => {
  fc.assert(
    fc.property(
      fc.array(draft, { minLength: 400, maxLength: 600, size: 'max' }),
      fc.constantFrom(0, 4_000_000_000, 2 ** 50),
      (drafts, firstId) => checkState(t, follow(t, commandsOf(drafts, firstId + 1))),
    ),
    { numRuns: 200 },
  );
});

test('orders left unmatched give the events and the state of the naive book, crossed or not', (t) => {
  fc.assert(
    fc.property(fc.array(draft, { minLength: 200, maxLength: 400, size: 'max' }), (drafts) => {
      const followed = follow(t, commandsOf(drafts, 1, true));
      checkState(t, followed);
      t.is(restored(followed.naive).hash(), followed.book.hash());
    }),
    { numRuns: 50 },
  );
});

test('nothing trades outside of bounds, and all else is as in the naive book', (t) => {
  const bounds = fc
    .tuple(fc.integer({ min: 985, max: 1005 }), fc.integer({ min: 0, max: 15 }))
    .map(([lowTicks, width]) => ({ lowTicks, highTicks: lowTicks + width }));
  fc.assert(
    fc.property(
      fc.array(draft, { minLength: 200, maxLength: 400, size: 'max' }),
      fc.array(fc.option(bounds, { nil: undefined, freq: 2 }), { minLength: 1, maxLength: 20 }),
      (drafts, all) => {
        const followed = follow(t, commandsOf(drafts, 1), all, 5);
        checkState(t, followed);
        t.is(restored(followed.naive).hash(), followed.book.hash());
      },
    ),
    { numRuns: 100 },
  );
});

test('no order leads to more events than one may', (t) => {
  fc.assert(
    fc.property(
      fc.array(draft, { minLength: 200, maxLength: 400, size: 'max' }),
      fc.integer({ min: 1, max: 12 }),
      (drafts, most) => {
        const followed = follow(t, commandsOf(drafts, 1), [undefined], 5, most);
        checkState(t, followed);
        t.is(restored(followed.naive).hash(), followed.book.hash());
      },
    ),
    { numRuns: 100 },
  );
});

test('one batch and one command at a time give the same events and the same state', (t) => {
  fc.assert(
    fc.property(fc.array(draft, { maxLength: 200, size: 'max' }), (drafts) => {
      const commands = commandsOf(drafts, 1);
      const batched = createBook();
      const single = createBook();
      const together = execute(batched, commands);
      const apart = commands.flatMap((command, index) =>
        execute(single, [command]).map((event) => ({ ...event, command: index })),
      );
      t.deepEqual(together, apart);
      t.is(batched.hash(), single.hash());
    }),
    { numRuns: 50 },
  );
});

test('a book restored from the resting orders is the same book and goes on the same way', (t) => {
  fc.assert(
    fc.property(
      fc.array(draft, { maxLength: 300, size: 'max' }),
      fc.array(draft, { maxLength: 100, size: 'max' }),
      fc.boolean(),
      (before, after, worstFirst) => {
        const commands = commandsOf([...before, ...after], 1);
        const { book, naive } = follow(t, commands.slice(0, before.length));
        const copy = restored(naive, worstFirst);
        t.is(copy.hash(), book.hash());
        const rest = commands.slice(before.length);
        t.deepEqual(execute(copy, rest), execute(book, rest));
        t.is(copy.hash(), book.hash());
      },
    ),
    { numRuns: 50 },
  );
});

test('an order is rejected just when it would not trade what it must, whoever owns what', (t) => {
  fc.assert(
    fc.property(fc.array(draft, { minLength: 100, maxLength: 200, size: 'max' }), (drafts) => {
      const naive = new NaiveBook();
      const book = createBook();
      for (const command of commandsOf(drafts, 1)) {
        const asked = command.op === 'place' ? command : undefined;
        const required = asked?.timeInForce === FOK ? asked.quantityLots : (asked?.minimumLots ?? 0);
        const copy = required > 0 ? restored(naive) : undefined;
        naive.execute([command]);
        const rejected = execute(book, [command])[0]!.kind === events.REJECTED;
        if (asked === undefined || copy === undefined) continue;
        const would = traded(execute(copy, [{ ...asked, timeInForce: IOC, minimumLots: 0 }]));
        // With a minimum, what is behind an order that decrements the taker does not count, though it might be reached.
        if (rejected && asked.timeInForce === IOC && asked.selfTrade === DECREMENT_AND_CANCEL) continue;
        t.is(rejected, would < required);
      }
    }),
    { numRuns: 50 },
  );
});
