import { assert } from '../assert.ts';
import type { BookState } from './book-state.ts';
import { BUY, SELL, type Side } from './commands.ts';
import { writeMatch, writeOrderEvent } from './event-writer.ts';
import type { EventBuffer } from './events.ts';
import * as eventLayout from './events.ts';
import * as slotLayout from './order-slots.ts';
import { LEVEL_HEAD, LEVEL_TOTAL } from './price-levels.ts';

const { CROSSED, REFRESHED } = eventLayout;
const { SLOT_ID, SLOT_LEVEL, SLOT_REMAINING } = slotLayout;

/**
 * Trades so many lots at one price, best bids with best asks, each side in the order of its queue. The price is that of a
 * call auction, so it is within the limits of all that trade.
 *
 * @returns the lots that are left once there are too many events
 */
export function uncross(state: BookState, priceTicks: number, lots: bigint, events: EventBuffer): bigint {
  const { doubles } = state.slots;
  const mostEvents = events.count + state.mostEvents;
  let left = lots;
  while (left > 0n && events.count < mostEvents) {
    const buy = nextOf(state, BUY, priceTicks);
    const sell = nextOf(state, SELL, priceTicks);
    const shown = Math.min(doubles[(buy >> 1) + SLOT_REMAINING]!, doubles[(sell >> 1) + SLOT_REMAINING]!);
    const quantity = BigInt(shown) < left ? shown : Number(left);
    const buyId = doubles[(buy >> 1) + SLOT_ID]!;
    const sellId = doubles[(sell >> 1) + SLOT_ID]!;
    const openOf = (slot: number) => doubles[(slot >> 1) + SLOT_REMAINING]! + state.hiddenOf(slot) - quantity;
    writeMatch(events, CROSSED, BUY, 0, buyId, sellId, priceTicks, quantity, openOf(buy), openOf(sell));
    takeFrom(state, BUY, buy, quantity, events);
    takeFrom(state, SELL, sell, quantity, events);
    left -= BigInt(quantity);
  }
  return left;
}

function nextOf(state: BookState, side: Side, priceTicks: number): number {
  const levels = state.sides[side];
  assert(levels.bestKey >= levels.keyOf(priceTicks), 'so much crosses at the price of the auction');
  return levels.ints[levels.bestLevel + LEVEL_HEAD]!;
}

function takeFrom(state: BookState, side: Side, slot: number, quantity: number, events: EventBuffer): void {
  const levels = state.sides[side];
  const { ints, doubles } = state.slots;
  const level = ints[slot + SLOT_LEVEL]!;
  const shown = doubles[(slot >> 1) + SLOT_REMAINING]!;
  const hidden = state.hiddenOf(slot);
  if (quantity < shown) {
    doubles[(slot >> 1) + SLOT_REMAINING] = shown - quantity;
    levels.doubles[(level >> 1) + LEVEL_TOTAL]! -= quantity;
    return;
  }
  if (hidden === 0) {
    state.remove(levels, slot);
    return;
  }
  const price = levels.priceOfLevel(level);
  const display = state.displayOf(slot);
  const id = doubles[(slot >> 1) + SLOT_ID]!;
  state.uncover(levels, slot);
  state.dequeue(levels, slot);
  const next = Math.min(display, hidden);
  const key = levels.keyOf(price);
  state.enqueue(levels, slot, levels.find(key) || levels.add(key), next);
  if (hidden > next) state.hide(levels, slot, hidden - next, display);
  writeOrderEvent(events, REFRESHED, side, 0, id, price, next, 0, hidden - next, 0);
}
