import { assert } from '../assert.ts';
import { BookState, type PriceBounds } from './book-state.ts';
import { assertPriceAndQuantity, isCount } from './command-rules.ts';
import { BUY, MAX_OWNER, SELL, type Side } from './commands.ts';
import type { EventBuffer } from './events.ts';
import { execute } from './execute.ts';
import { FLAGS_OWNER_SHIFT, SLOT_FLAGS, SLOT_ID, SLOT_NEXT, SLOT_REMAINING } from './order-slots.ts';
import { LEVEL_HEAD, LEVEL_TOTAL } from './price-levels.ts';
import { StateHash } from './state-hash.ts';
import { uncross } from './uncross.ts';

/** Totals of the best levels of one side, best first. */
export interface Depth {
  readonly pricesTicks: readonly number[];
  readonly totalsLots: readonly number[];
}

export interface BookOptions {
  /** Orders to make room for at once; the book grows when there are more. */
  readonly expectedOrders?: number;
  /**
   * Trades and refills that one order, or one part of an auction, may lead to: it bounds how long a command takes. What is left
   * of an order then is canceled. Default 10,000.
   */
  readonly mostEvents?: number;
}

const MOST_EVENTS = 10_000;

export type RestingCallback = (
  id: number,
  side: Side,
  priceTicks: number,
  shownLots: number,
  hiddenLots: number,
) => void;

/** An order as it rests. */
export interface RestingOrder {
  readonly id: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly shownLots: number;
  readonly hiddenLots?: number;
  /** Lots an iceberg shows at a time; needed when it hides any. */
  readonly displayLots?: number;
  readonly owner?: number;
}

/**
 * One order book with strict price-time priority. Pure and deterministic: the same commands in the same order give the
 * same events and the same state, however they were batched.
 */
export interface Book {
  /**
   * Executes the first `count` commands of the buffer and appends their events to `events` (it clears nothing).
   * An order that would trade outside of `bounds` stops there, which is told; with what it may not trade it goes on as if
   * there was nobody to trade with: it rests, even where it crosses, or it is canceled. Only what can be traded within
   * the bounds counts for an order that asks for a quantity at once.
   *
   * @throws AssertionFailed when a command is malformed: unknown operation, a number that is not whole or out of range,
   * `price × quantity` of 2^53 or more, the id of an open order placed again. That command and those after it changed
   * nothing; those before it are done and their events are in the buffer.
   */
  execute(commands: Float64Array, count: number, events: EventBuffer, bounds?: PriceBounds): void;

  /**
   * Trades so many lots between resting orders at the price of an auction and appends the events.
   *
   * @returns the lots that are left, which the limit of events did not let it trade: it may be called again
   * @throws AssertionFailed unless so much crosses at that price
   */
  uncross(priceTicks: number, lots: bigint, events: EventBuffer): bigint;
  /** Price and open lots, hidden ones included, of the levels that reach the best price of the other side; best first. */
  crossing(side: Side): (readonly [priceTicks: number, lots: number])[];

  /** Best price in ticks, or 0 when nobody buys. */
  bestBid(): number;
  /** Best price in ticks, or 0 when nobody sells. */
  bestAsk(): number;
  /** Best price of a side at which an order rests that is not this owner's, or 0; owner 0 has none. */
  bestOfOthers(side: Side, owner: number): number;
  /** Number of orders on the book. */
  readonly restingCount: number;
  /** Whether an order of this id rests. */
  has(id: number): boolean;
  /** At most `levels` best levels of one side. */
  depth(side: Side, levels: number): Depth;
  /** Calls back for every resting order of one side: best level first, front of the queue first. */
  forEachResting(side: Side, callback: RestingCallback): void;
  /**
   * Puts an order at the back of its queue without matching: for loading a book. Orders of one level must come in the order
   * of their priority; levels may come in any order. The book may be crossed: an auction gathers such orders.
   *
   * @throws AssertionFailed when a value is malformed or the id is open already.
   */
  restore(order: RestingOrder): void;
  /** 16 hexadecimal digits over sides, levels, queue order, ids, open and hidden quantities. Walks the whole book. */
  hash(): string;
  /** Pages of the id index in memory: at most one per open order, whatever the history. */
  readonly indexPageCount: number;
}

/** Makes an empty order book. */
export function createBook(options: BookOptions = {}): Book {
  const state = new BookState(options.expectedOrders ?? 1024, options.mostEvents ?? MOST_EVENTS);
  const [bids, asks] = state.sides;

  function forEachResting(side: Side, callback: RestingCallback): void {
    const levels = state.sides[side];
    const { ints, doubles } = state.slots;
    for (const level of levels.levelsFromBest(levels.size)) {
      const price = levels.priceOfLevel(level);
      let slot = levels.ints[level + LEVEL_HEAD]!;
      while (slot !== 0) {
        const shown = doubles[(slot >> 1) + SLOT_REMAINING]!;
        callback(doubles[(slot >> 1) + SLOT_ID]!, side, price, shown, state.hiddenOf(slot));
        slot = ints[slot + SLOT_NEXT]!;
      }
    }
  }

  return {
    execute(commands, count, events, bounds) {
      state.bounds = bounds ?? null;
      execute(state, commands, count, events);
    },
    uncross: (priceTicks, lots, events) => uncross(state, priceTicks, lots, events),
    crossing(side) {
      const levels = state.sides[side];
      const opposite = state.sides[(1 - side) as Side];
      const reached: (readonly [number, number])[] = [];
      if (opposite.bestLevel === 0) return reached;
      const last = levels.keyOf(opposite.priceOf(opposite.bestKey));
      for (const level of levels.levelsDownTo(last)) {
        const lots = levels.doubles[(level >> 1) + LEVEL_TOTAL]! + levels.hiddenAt(level);
        reached.push([levels.priceOfLevel(level), lots]);
      }
      return reached;
    },
    bestBid: () => (bids.bestLevel === 0 ? 0 : bids.priceOf(bids.bestKey)),
    bestAsk: () => (asks.bestLevel === 0 ? 0 : asks.priceOf(asks.bestKey)),
    bestOfOthers(side, owner) {
      const levels = state.sides[side];
      for (const level of levels.levelsDownTo(1)) {
        for (
          let slot = levels.ints[level + LEVEL_HEAD]!;
          slot !== 0;
          slot = state.slots.ints[slot + SLOT_NEXT]!
        ) {
          const isOwn = owner !== 0 && state.slots.ints[slot + SLOT_FLAGS]! >> FLAGS_OWNER_SHIFT === owner;
          if (!isOwn) return levels.priceOfLevel(level);
        }
      }
      return 0;
    },
    get restingCount() {
      return state.slots.used;
    },
    get indexPageCount() {
      return state.index.pageCount;
    },
    has: (id) => state.index.get(id) !== 0,
    depth(side, count) {
      const levels = state.sides[side];
      const best = levels.levelsFromBest(count);
      return {
        pricesTicks: best.map((level) => levels.priceOfLevel(level)),
        totalsLots: best.map((level) => levels.doubles[(level >> 1) + LEVEL_TOTAL]!),
      };
    },
    forEachResting,
    restore({ id, side, priceTicks, shownLots, hiddenLots = 0, displayLots = 0, owner = 0 }) {
      assert(side === BUY || side === SELL, 'a side is buy or sell');
      assert(isCount(id), 'an id is a whole number from 1');
      assertPriceAndQuantity(priceTicks, shownLots);
      assert(
        Number.isInteger(owner) && owner >= 0 && owner <= MAX_OWNER,
        'an owner is a whole number below 2^29',
      );
      if (hiddenLots !== 0) {
        assertPriceAndQuantity(priceTicks, shownLots + hiddenLots);
        assert(isCount(hiddenLots) && isCount(displayLots), 'an iceberg hides and shows whole lots');
      }
      const position = state.index.locate(id);
      assert(state.index.slotAt(position) === 0, 'the id of a restored order is not open');
      const levels = state.sides[side];
      const key = levels.keyOf(priceTicks);
      const level = levels.find(key);
      assert(levels.hasRoom(level, shownLots + hiddenLots), 'the total of a level is below 2^53');
      const slot = state.rest(position, id, side, key, level, shownLots, owner);
      if (hiddenLots > 0) state.hide(levels, slot, hiddenLots, displayLots);
    },
    hash() {
      const hash = new StateHash();
      for (const side of [BUY, SELL] as const) {
        hash.add(side);
        forEachResting(side, (id, _side, price, shown, hidden) => {
          hash.add(price);
          hash.add(id);
          hash.add(shown);
          if (hidden === 0) return;
          hash.add(hidden);
          hash.add(state.displayOf(state.index.get(id)));
        });
      }
      return hash.digest();
    },
  };
}
