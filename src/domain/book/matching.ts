import type { BookState } from './book-state.ts';
import type { Side } from './commands.ts';
import { writeTrade } from './event-writer.ts';
import type { EventBuffer } from './events.ts';
import * as slotLayout from './order-slots.ts';
import type { PriceLevels } from './price-levels.ts';
import * as levelLayout from './price-levels.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { SLOT_ID, SLOT_NEXT, SLOT_PREVIOUS, SLOT_REMAINING } = slotLayout;
const { LEVEL_HEAD, LEVEL_TOTAL } = levelLayout;

/** An order that trades at once. */
export interface Taker {
  readonly id: number;
  readonly side: Side;
  readonly quantity: number;
  /** In ticks × lots; 0 means none. */
  readonly budget: number;
  /** Index of its command in the batch. */
  readonly command: number;
}

/**
 * Trades against the other side, best level first and front of the queue first, down to the key `crossKey` of that side.
 *
 * @returns the quantity that is left, in lots.
 */
export function take(state: BookState, taker: Taker, crossKey: number, events: EventBuffer): number {
  const makers = state.sides[(1 - taker.side) as Side];
  let remaining = taker.quantity;
  let budgetLeft = taker.budget;
  while (remaining > 0 && makers.bestKey >= crossKey) {
    const price = makers.priceOf(makers.bestKey);
    let wanted = remaining;
    if (taker.budget > 0) {
      // Exact: for whole numbers below 2^53 the rounded quotient never reaches the next whole number.
      wanted = Math.min(wanted, Math.floor(budgetLeft / price));
      if (wanted === 0) break;
    }
    const traded = takeBestLevel(state, makers, taker, price, wanted, remaining, events);
    remaining -= traded;
    budgetLeft -= traded * price;
  }
  return remaining;
}

/** Takes up to `wanted` lots from the best level of `makers`. @returns the quantity traded. */
function takeBestLevel(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  price: number,
  wanted: number,
  takerRemaining: number,
  events: EventBuffer,
): number {
  const { ints, doubles } = state.slots;
  const level = makers.bestLevel;
  let slot = makers.ints[level + LEVEL_HEAD]!;
  let traded = 0;
  while (traded < wanted && slot !== 0) {
    const open = doubles[(slot >> 1) + SLOT_REMAINING]!;
    const quantity = Math.min(open, wanted - traded);
    traded += quantity;
    writeTrade(
      events,
      taker.side,
      taker.command,
      doubles[(slot >> 1) + SLOT_ID]!,
      taker.id,
      price,
      quantity,
      open - quantity,
      takerRemaining - traded,
    );
    if (quantity < open) {
      doubles[(slot >> 1) + SLOT_REMAINING] = open - quantity;
    } else {
      const next = ints[slot + SLOT_NEXT]!;
      state.forget(slot);
      slot = next;
    }
  }
  if (slot === 0) {
    makers.remove(level);
  } else {
    ints[slot + SLOT_PREVIOUS] = 0;
    makers.ints[level + LEVEL_HEAD] = slot;
    makers.doubles[(level >> 1) + LEVEL_TOTAL]! -= traded;
  }
  return traded;
}
