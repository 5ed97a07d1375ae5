import test from 'ava';
import fc from 'fast-check';
import { createBook } from '../../../src/domain/book/book.ts';
import { BUY, SELL, type Side } from '../../../src/domain/book/commands.ts';
import { CROSSED, EventBuffer, REFRESHED } from '../../../src/domain/book/events.ts';
import { readEvents } from '../../../src/domain/book/read-events.ts';
import { clearingOf } from '../../../src/domain/markets/call-auction.ts';

const order = fc.record({
  side: fc.constantFrom<Side>(BUY, SELL),
  priceTicks: fc.integer({ min: 90, max: 110 }),
  lots: fc.integer({ min: 1, max: 20 }),
  display: fc.integer({ min: 0, max: 6 }),
});

test('an auction trades what it said, everybody within his limit and in his turn, and leaves nothing that crosses', (t) => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (orders, mostEvents) => {
      const book = createBook({ mostEvents });
      const open = new Map<number, { side: Side; priceTicks: number; lots: number; arrival: number }>();
      for (const [index, { side, priceTicks, lots, display }] of orders.entries()) {
        const id = index + 1;
        const shownLots = display === 0 ? lots : Math.min(display, lots);
        book.restore({ id, side, priceTicks, shownLots, hiddenLots: lots - shownLots, displayLots: display });
        open.set(id, { side, priceTicks, lots, arrival: id });
      }
      const clearing = clearingOf(book.crossing(BUY), book.crossing(SELL), 100);
      if (clearing === null)
        return t.true(book.bestBid() === 0 || book.bestAsk() === 0 || book.bestBid() < book.bestAsk());
      const events = new EventBuffer();
      // In parts: what is left of the auction keeps its price.
      for (let left = clearing.volumeLots; left > 0n; ) {
        const rest = clearingOf(book.crossing(BUY), book.crossing(SELL), clearing.priceTicks);
        t.deepEqual(rest, { ...clearing, volumeLots: left });
        left = book.uncross(clearing.priceTicks, left, events);
      }
      let traded = 0n;
      let arrivals = orders.length;
      for (const event of readEvents(events)) {
        if (event.kind === REFRESHED) open.get(event.id)!.arrival = ++arrivals;
        if (event.kind !== CROSSED) continue;
        traded += BigInt(event.quantity);
        t.is(event.price, clearing.priceTicks);
        for (const [id, left] of [
          [event.buy, event.buyRemaining],
          [event.sell, event.sellRemaining],
        ] as const) {
          const own = open.get(id)!;
          t.true(own.side === BUY ? own.priceTicks >= event.price : own.priceTicks <= event.price);
          const better = [...open.values()].filter(
            (other) =>
              other.side === own.side &&
              (other.side === BUY ? other.priceTicks > own.priceTicks : other.priceTicks < own.priceTicks),
          );
          t.deepEqual(better, [], 'nobody with a better price is passed over');
          own.lots -= event.quantity;
          t.is(own.lots, left);
          if (left === 0) open.delete(id);
        }
      }
      t.is(traded, clearing.volumeLots);
      const bid = book.bestBid();
      const ask = book.bestAsk();
      t.true(bid === 0 || ask === 0 || bid < ask);
      for (const side of [BUY, SELL] as const) {
        book.forEachResting(side, (id, _side, _price, shown, hidden) =>
          t.is(shown + hidden, open.get(id)!.lots),
        );
      }
      t.is(book.restingCount, open.size);
    }),
    { numRuns: 600 },
  );
});

test('more than crosses can’t be traded', (t) => {
  const book = createBook();
  book.restore({ id: 1, side: BUY, priceTicks: 101, shownLots: 5 });
  book.restore({ id: 2, side: SELL, priceTicks: 99, shownLots: 3 });
  t.throws(() => book.uncross(100, 4n, new EventBuffer()), { name: 'AssertionFailed' });
});
