import { BUY, SELL, type Side } from './commands.ts';
import { IdIndex } from './id-index.ts';
import * as slotLayout from './order-slots.ts';
import { OrderSlots } from './order-slots.ts';
import * as levelLayout from './price-levels.ts';
import { PriceLevels } from './price-levels.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { SLOT_ID, SLOT_LEVEL, SLOT_NEXT, SLOT_PREVIOUS, SLOT_REMAINING, SLOT_SIDE } = slotLayout;
const { LEVEL_HEAD, LEVEL_TAIL, LEVEL_TOTAL } = levelLayout;

/** What an order book consists of: the orders, their ids, and the queues of both sides. */
export class BookState {
  readonly slots: OrderSlots;
  readonly index: IdIndex;
  /** Indexed by side. */
  readonly sides: readonly [PriceLevels, PriceLevels];

  constructor(expectedOrders: number) {
    this.slots = new OrderSlots(expectedOrders);
    this.index = new IdIndex(expectedOrders);
    this.sides = [new PriceLevels(BUY), new PriceLevels(SELL)];
  }

  /**
   * Puts a new order on the book, at the back of the queue of this key.
   *
   * @param position where the index keeps the id (`IdIndex.locate`).
   * @param level the level of the key, or 0 when there is none yet.
   */
  rest(position: number, id: number, side: Side, key: number, level: number, remaining: number): void {
    const slots = this.slots;
    const slot = slots.allocate();
    slots.doubles[(slot >> 1) + SLOT_ID] = id;
    slots.ints[slot + SLOT_SIDE] = side;
    this.index.insert(position, id, slot);
    const levels = this.sides[side];
    this.enqueue(levels, slot, level === 0 ? levels.add(key) : level, remaining);
  }

  /** Frees the slot of an order that is in no queue any more. */
  forget(slot: number): void {
    const id = this.slots.doubles[(slot >> 1) + SLOT_ID]!;
    this.index.delete(this.index.locate(id), id);
    this.slots.release(slot);
  }

  /** Puts an order that has its slot at the back of the queue of a level. */
  enqueue(levels: PriceLevels, slot: number, level: number, remaining: number): void {
    const { ints, doubles } = this.slots;
    const tail = levels.ints[level + LEVEL_TAIL]!;
    doubles[(slot >> 1) + SLOT_REMAINING] = remaining;
    ints[slot + SLOT_LEVEL] = level;
    ints[slot + SLOT_NEXT] = 0;
    ints[slot + SLOT_PREVIOUS] = tail;
    levels.doubles[(level >> 1) + LEVEL_TOTAL]! += remaining;
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
}
