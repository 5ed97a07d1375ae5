import type { Side } from './commands.ts';
import { BUY, SELL } from './commands.ts';
import { Icebergs } from './icebergs.ts';
import { IdIndex } from './id-index.ts';
import * as slotLayout from './order-slots.ts';
import { OrderSlots } from './order-slots.ts';
import * as levelLayout from './price-levels.ts';
import { PriceLevels } from './price-levels.ts';
import { createTaker } from './taker.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { FLAG_ICEBERG, FLAGS_OWNER_SHIFT } = slotLayout;
const { SLOT_FLAGS, SLOT_ID, SLOT_LEVEL, SLOT_NEXT, SLOT_PREVIOUS, SLOT_REMAINING } = slotLayout;
const { LEVEL_HEAD, LEVEL_TAIL, LEVEL_TOTAL } = levelLayout;

/** Prices in ticks, both included. */
export interface PriceBounds {
  readonly lowTicks: number;
  readonly highTicks: number;
}

/** What an order book consists of: the orders, their ids, what they hide, and the queues of both sides. */
export class BookState {
  readonly slots: OrderSlots;
  readonly index: IdIndex;
  readonly icebergs = new Icebergs();
  /** Whoever takes at the moment. */
  readonly taker = createTaker();
  /** Outside of these prices nothing trades at the moment; null: at any. */
  bounds: PriceBounds | null = null;
  /** Indexed by side. */
  readonly sides: readonly [PriceLevels, PriceLevels];

  /** Events that one order may lead to before what is left of it is canceled. */
  readonly mostEvents: number;

  constructor(expectedOrders: number, mostEvents: number) {
    this.mostEvents = mostEvents;
    this.slots = new OrderSlots(expectedOrders);
    this.index = new IdIndex(expectedOrders);
    this.sides = [new PriceLevels(BUY), new PriceLevels(SELL)];
  }

  /**
   * Puts a new order on the book, at the back of the queue of this key.
   *
   * @param position where the index keeps the id (`IdIndex.locate`).
   * @param level the level of the key, or 0 when there is none yet.
   * @param shown lots that are shown
   * @returns its slot
   */
  rest(
    position: number,
    id: number,
    side: Side,
    key: number,
    level: number,
    shown: number,
    owner: number,
  ): number {
    const slots = this.slots;
    const slot = slots.allocate();
    slots.doubles[(slot >> 1) + SLOT_ID] = id;
    slots.ints[slot + SLOT_FLAGS] = side + (owner << FLAGS_OWNER_SHIFT);
    this.index.insert(position, id, slot);
    const levels = this.sides[side];
    this.enqueue(levels, slot, level === 0 ? levels.add(key) : level, shown);
    return slot;
  }

  /** Makes the order an iceberg that hides so many lots more. */
  hide(levels: PriceLevels, slot: number, hidden: number, display: number): void {
    this.slots.ints[slot + SLOT_FLAGS]! |= FLAG_ICEBERG;
    this.icebergs.add(slot, hidden, display);
    levels.changeHidden(this.slots.ints[slot + SLOT_LEVEL]!, hidden);
  }

  /** Lots that the order hides. */
  hiddenOf(slot: number): number {
    return (this.slots.ints[slot + SLOT_FLAGS]! & FLAG_ICEBERG) === 0 ? 0 : this.icebergs.at(slot).hidden;
  }

  /** Lots an iceberg shows at a time; 0 when it hides nothing. */
  displayOf(slot: number): number {
    return (this.slots.ints[slot + SLOT_FLAGS]! & FLAG_ICEBERG) === 0 ? 0 : this.icebergs.at(slot).display;
  }

  /** Forgets what the order hides: it leaves its level, or has shown everything. */
  uncover(levels: PriceLevels, slot: number): void {
    const ints = this.slots.ints;
    if ((ints[slot + SLOT_FLAGS]! & FLAG_ICEBERG) === 0) return;
    ints[slot + SLOT_FLAGS]! &= ~FLAG_ICEBERG;
    const { hidden } = this.icebergs.at(slot);
    if (hidden > 0) levels.changeHidden(ints[slot + SLOT_LEVEL]!, -hidden);
    this.icebergs.remove(slot);
  }

  /** Frees the slot of an order that is in no queue any more and hides nothing. */
  forget(slot: number): void {
    const id = this.slots.doubles[(slot >> 1) + SLOT_ID]!;
    this.index.delete(this.index.locate(id), id);
    this.slots.release(slot);
  }

  /** Takes an order off the book. */
  remove(levels: PriceLevels, slot: number): void {
    this.uncover(levels, slot);
    this.dequeue(levels, slot);
    this.forget(slot);
  }

  /** Puts an order that has its slot at the back of the queue of a level. */
  enqueue(levels: PriceLevels, slot: number, level: number, shown: number): void {
    const { ints, doubles } = this.slots;
    const tail = levels.ints[level + LEVEL_TAIL]!;
    doubles[(slot >> 1) + SLOT_REMAINING] = shown;
    ints[slot + SLOT_LEVEL] = level;
    ints[slot + SLOT_NEXT] = 0;
    ints[slot + SLOT_PREVIOUS] = tail;
    levels.doubles[(level >> 1) + LEVEL_TOTAL]! += shown;
    levels.ints[level + LEVEL_TAIL] = slot;
    if (tail === 0) levels.ints[level + LEVEL_HEAD] = slot;
    else ints[tail + SLOT_NEXT] = slot;
  }

  /** Takes an order out of its queue; it keeps its slot. */
  dequeue(levels: PriceLevels, slot: number): void {
    const { ints, doubles } = this.slots;
    const level = ints[slot + SLOT_LEVEL]!;
    const next = ints[slot + SLOT_NEXT]!;
    const previous = ints[slot + SLOT_PREVIOUS]!;
    if (next === 0 && previous === 0) {
      levels.remove(level);
      return;
    }
    levels.doubles[(level >> 1) + LEVEL_TOTAL]! -= doubles[(slot >> 1) + SLOT_REMAINING]!;
    if (previous === 0) levels.ints[level + LEVEL_HEAD] = next;
    else ints[previous + SLOT_NEXT] = next;
    if (next === 0) levels.ints[level + LEVEL_TAIL] = previous;
    else ints[next + SLOT_PREVIOUS] = previous;
  }

  /** Lowers what is open of a resting order, what it hides first. @returns how much less it shows. */
  lower(levels: PriceLevels, slot: number, by: number): number {
    const { ints, doubles } = this.slots;
    let fromShown = by;
    if ((ints[slot + SLOT_FLAGS]! & FLAG_ICEBERG) !== 0) {
      const iceberg = this.icebergs.at(slot);
      const fromHidden = Math.min(by, iceberg.hidden);
      if (fromHidden > 0) {
        iceberg.hidden -= fromHidden;
        levels.changeHidden(ints[slot + SLOT_LEVEL]!, -fromHidden);
        fromShown -= fromHidden;
      }
      if (iceberg.hidden === 0) this.uncover(levels, slot);
    }
    if (fromShown > 0) {
      levels.doubles[(ints[slot + SLOT_LEVEL]! >> 1) + LEVEL_TOTAL]! -= fromShown;
      doubles[(slot >> 1) + SLOT_REMAINING]! -= fromShown;
    }
    return fromShown;
  }

  /**
   * Shows the next part of an iceberg whose shown part has traded and that is in no queue, at the back of the queue.
   * @returns the lots that are shown now
   */
  refresh(levels: PriceLevels, slot: number, level: number): number {
    const iceberg = this.icebergs.at(slot);
    const shown = Math.min(iceberg.display, iceberg.hidden);
    iceberg.hidden -= shown;
    levels.changeHidden(level, -shown);
    this.enqueue(levels, slot, level, shown);
    if (iceberg.hidden === 0) this.uncover(levels, slot);
    return shown;
  }
}
