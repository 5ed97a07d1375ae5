import test from 'ava';
import fc from 'fast-check';
import { type Book, createBook } from '../../../src/domain/book/book.ts';
import { COMMAND_WORDS, type Side, type TimeInForce } from '../../../src/domain/book/commands.ts';
import * as events from '../../../src/domain/book/events.ts';
import { type BookCommand, NaiveBook, writeCommand } from '../../support/naive-book.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const SIDES = [0, 1] as const;

/** Around the market, around it with gaps, past any window, and at the ends of what is possible. */
const price = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 990, max: 1010 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 24 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 2 ** 32, MAX) },
);
const quantity = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 50 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX }) },
);
const draft = fc.record({
  op: fc.constantFrom(...(['place', 'place', 'place', 'place', 'cancel', 'replace', 'reduce'] as const)),
  side: fc.constantFrom<Side>(0, 1),
  price,
  quantity,
  timeInForce: fc.constantFrom<TimeInForce>(0, 0, 0, 0, 1, 2),
  postOnly: fc.boolean(),
  budget: fc.integer({ min: 0, max: 200_000 }),
  which: fc.double({ min: 0, max: 1, noNaN: true }),
  idGap: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 200, 100_000),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

/** Turns what fast-check drew into commands that are well-formed: ids in sequence, price × quantity below 2^53. */
function commandsOf(drafts: readonly Draft[], firstId: number): BookCommand[] {
  const placed: number[] = [firstId];
  let nextId = firstId;
  return drafts.map((d): BookCommand => {
    const quantityLots = Math.min(d.quantity, Math.floor(MAX / d.price));
    // Recent ids more often than old ones, because those are more likely to be open.
    const id = placed[Math.floor((1 - d.which ** 3) * (placed.length - 1))]!;
    if (d.op === 'cancel') return { op: 'cancel', id };
    if (d.op === 'replace')
      return { op: 'replace', id, priceTicks: d.price, quantityLots, postOnly: d.postOnly };
    if (d.op === 'reduce') return { op: 'reduce', id, byLots: Math.ceil(d.quantity / 4) };
    nextId += d.idGap;
    placed.push(nextId);
    return {
      op: 'place',
      id: nextId,
      side: d.side,
      priceTicks: d.price,
      quantityLots,
      timeInForce: d.timeInForce,
      postOnly: d.postOnly && d.timeInForce === 0,
      quoteBudget: d.side === 0 && d.timeInForce === 1 ? d.budget : 0,
    };
  });
}

function executeAll(book: Book, commands: readonly BookCommand[]): events.EventBuffer {
  const buffer = new Float64Array(commands.length * COMMAND_WORDS);
  const out = new events.EventBuffer(1);
  commands.forEach((command, index) => {
    writeCommand(buffer, index, command);
  });
  book.execute(buffer, commands.length, out);
  return out;
}

function resting(book: Book, side: Side): number[][] {
  const orders: number[][] = [];
  book.forEachResting(side, (...order) => orders.push(order));
  return orders;
}

/** What a consumer that sees nothing but events knows: totals by level and open quantities by order. */
class Consumer {
  readonly levels = new Map<string, number>();
  readonly orders = new Map<number, number>();

  consume(buffer: events.EventBuffer): void {
    for (const event of events.readEvents(buffer)) {
      if (event.kind === events.RESTED) {
        this.#add(event.side, event.price, event.quantity);
        this.orders.set(event.id, event.quantity);
      } else if (event.kind === events.TRADE) {
        this.#add(1 - event.takerSide, event.price, -event.quantity);
        if (event.makerRemaining === 0) this.orders.delete(event.maker);
        else this.orders.set(event.maker, event.makerRemaining);
      } else if (event.kind === events.CANCELED && event.reason === 'by_command') {
        this.#add(event.side, event.price, -event.quantity);
        this.orders.delete(event.id);
      } else if (event.kind === events.REPLACED) {
        this.#add(event.side, event.oldPrice, -event.oldQuantity);
        this.orders.delete(event.id);
      } else if (event.kind === events.REDUCED) {
        this.#add(event.side, event.price, -event.by);
        this.orders.set(event.id, event.quantity);
      }
    }
  }

  #add(side: number, levelPrice: number, lots: number): void {
    const key = `${side}@${levelPrice}`;
    const total = (this.levels.get(key) ?? 0) + lots;
    if (total === 0) this.levels.delete(key);
    else this.levels.set(key, total);
  }
}

test('100,000 random commands give the events and the state of the naive book', (t) => {
  fc.assert(
    fc.property(
      fc.array(draft, { minLength: 400, maxLength: 600, size: 'max' }),
      fc.constantFrom(0, 4_000_000_000, 2 ** 50),
      (drafts, firstId) => {
        const commands = commandsOf(drafts, firstId + 1);
        const book = createBook({ expectedOrders: 4 });
        const naive = new NaiveBook();
        const consumer = new Consumer();
        for (let start = 0; start < commands.length; start += 100) {
          const batch = commands.slice(start, start + 100);
          const out = executeAll(book, batch);
          consumer.consume(out);
          t.deepEqual(events.readEvents(out), naive.execute(batch));
          t.is(book.hash(), naive.hash());
        }
        for (const side of SIDES) {
          t.deepEqual(
            resting(book, side),
            naive.resting(side).map((order) => [order.id, order.side, order.price, order.remaining]),
          );
          t.deepEqual(book.depth(side, 1e9), naive.depth(side, 1e9));
          t.deepEqual(book.depth(side, 3), naive.depth(side, 3));
        }
        t.is(book.bestBid(), naive.resting(0)[0]?.price ?? 0);
        t.is(book.bestAsk(), naive.resting(1)[0]?.price ?? 0);
        t.is(book.restingCount, naive.orders.length);
        t.true(book.indexPageCount <= book.restingCount);
        t.deepEqual(
          [...consumer.orders].sort((a, b) => a[0] - b[0]),
          naive.orders
            .map((order): [number, number] => [order.id, order.remaining])
            .sort((a, b) => a[0] - b[0]),
        );
        for (const side of SIDES) {
          const { pricesTicks, totalsLots } = book.depth(side, 1e9);
          pricesTicks.forEach((level, index) => {
            t.is(consumer.levels.get(`${side}@${level}`), totalsLots[index]);
            consumer.levels.delete(`${side}@${level}`);
          });
        }
        t.is(consumer.levels.size, 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('one batch and one command at a time give the same events and the same state', (t) => {
  fc.assert(
    fc.property(fc.array(draft, { maxLength: 200, size: 'max' }), (drafts) => {
      const commands = commandsOf(drafts, 1);
      const batched = createBook();
      const single = createBook();
      const together = executeAll(batched, commands);
      const apart = commands.flatMap((command, index) =>
        events.readEvents(executeAll(single, [command])).map((event) => ({ ...event, command: index })),
      );
      t.deepEqual(events.readEvents(together), apart);
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
        const book = createBook();
        executeAll(book, commands.slice(0, before.length));
        const restored = createBook({ expectedOrders: book.restingCount });
        for (const side of SIDES) {
          const orders = resting(book, side);
          if (worstFirst) orders.sort((a, b) => (side === 0 ? a[2]! - b[2]! : b[2]! - a[2]!));
          for (const [id, , priceTicks, remaining] of orders)
            restored.restore(id!, side, priceTicks!, remaining!);
        }
        t.is(restored.hash(), book.hash());
        const rest = commands.slice(before.length);
        t.deepEqual(events.readEvents(executeAll(restored, rest)), events.readEvents(executeAll(book, rest)));
        t.is(restored.hash(), book.hash());
      },
    ),
    { numRuns: 50 },
  );
});
