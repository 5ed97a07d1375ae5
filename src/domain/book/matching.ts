import type { BookState } from './book-state.ts';
import type { Side } from './commands.ts';
import { writeMatch, writeOrderEvent } from './event-writer.ts';
import type { EventBuffer } from './events.ts';
import * as eventLayout from './events.ts';
import * as slotLayout from './order-slots.ts';
import type { PriceLevels } from './price-levels.ts';
import * as levelLayout from './price-levels.ts';
import { isOwnOrderNext, preventSelfTrade } from './self-trade.ts';
import type { Taker } from './taker.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { FLAG_ICEBERG, FLAGS_OWNER_SHIFT } = slotLayout;
const { SLOT_FLAGS, SLOT_ID, SLOT_NEXT, SLOT_PREVIOUS, SLOT_REMAINING } = slotLayout;
const { LEVEL_HEAD, LEVEL_TAIL, LEVEL_TOTAL } = levelLayout;
const { CANCELED, REFRESHED, STOPPED, TRADE, TRADES_REMAINDER } = eventLayout;

/**
 * Trades against the other side, best level first and front of the queue first, down to the key `crossKey` of that side,
 * within the bounds.
 *
 * @returns what is left of the taker, in lots; 0 also when what was left of it was canceled, which then was told.
 */
export function take(state: BookState, taker: Taker, crossKey: number, events: EventBuffer): number {
  const makers = state.sides[(1 - taker.side) as Side];
  const { bounds } = state;
  const mostEvents = events.count + state.mostEvents;
  while (taker.remaining > 0 && makers.bestKey >= crossKey) {
    const price = makers.priceOf(makers.bestKey);
    if (events.count >= mostEvents) return cancelRest(taker, events);
    let wanted = taker.remaining;
    if (taker.budget > 0) {
      // Exact: for whole numbers below 2^53 the rounded quotient never reaches the next whole number.
      wanted = Math.min(wanted, Math.floor(taker.budgetLeft / price));
      if (wanted === 0) break;
    }
    if (taker.avoids !== 0 && isOwnOrderNext(state, makers, taker.avoids)) {
      if (!preventSelfTrade(state, makers, taker, price, wanted, events)) return 0;
    } else if (bounds !== null && (price < bounds.lowTicks || price > bounds.highTicks)) {
      tellStopped(taker, price, events);
      break;
    } else {
      const traded = takeBestLevel(state, makers, taker, price, wanted, mostEvents, events);
      taker.remaining -= traded;
      taker.budgetLeft -= traded * price;
    }
  }
  return taker.remaining;
}

/** What is left of an order that has made as many trades as it may. @returns 0: nothing is left of it */
function cancelRest({ side, command, id, price, remaining }: Taker, events: EventBuffer): number {
  writeOrderEvent(events, CANCELED, side, command, id, price, remaining, TRADES_REMAINDER, 0, 0);
  return 0;
}

function tellStopped({ side, command, id, remaining }: Taker, price: number, events: EventBuffer): void {
  writeOrderEvent(events, STOPPED, side, command, id, price, remaining, 0, 0, 0);
}

/**
 * Takes up to `wanted` lots from the best level of `makers`, until an order of the taker's owner is next, an iceberg has
 * to be refreshed, or there are too many events. @returns the quantity traded.
 */
function takeBestLevel(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  price: number,
  wanted: number,
  mostEvents: number,
  events: EventBuffer,
): number {
  const { ints, doubles } = state.slots;
  const { avoids, remaining } = taker;
  const level = makers.bestLevel;
  let slot = makers.ints[level + LEVEL_HEAD]!;
  let traded = 0;
  let refreshed = 0;
  while (traded < wanted && slot !== 0 && events.count < mostEvents) {
    const flags = ints[slot + SLOT_FLAGS]!;
    if (avoids !== 0 && flags >> FLAGS_OWNER_SHIFT === avoids) break;
    const open = doubles[(slot >> 1) + SLOT_REMAINING]!;
    const quantity = Math.min(open, wanted - traded);
    traded += quantity;
    const hidden = (flags & FLAG_ICEBERG) === 0 ? 0 : state.icebergs.at(slot).hidden;
    writeMatch(
      events,
      TRADE,
      taker.side,
      taker.command,
      doubles[(slot >> 1) + SLOT_ID]!,
      taker.id,
      price,
      quantity,
      open - quantity + hidden,
      remaining - traded,
    );
    if (quantity < open) {
      doubles[(slot >> 1) + SLOT_REMAINING] = open - quantity;
    } else {
      const next = ints[slot + SLOT_NEXT]!;
      if (hidden > 0) {
        refreshed = slot;
        slot = next;
        break;
      }
      state.forget(slot);
      slot = next;
    }
  }
  if (slot === 0 && refreshed === 0) {
    makers.remove(level);
    return traded;
  }
  if (slot !== 0) ints[slot + SLOT_PREVIOUS] = 0;
  else makers.ints[level + LEVEL_TAIL] = 0;
  makers.ints[level + LEVEL_HEAD] = slot;
  makers.doubles[(level >> 1) + LEVEL_TOTAL]! -= traded;
  if (refreshed !== 0) refresh(state, makers, taker, refreshed, level, price, events);
  return traded;
}

function refresh(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  slot: number,
  level: number,
  price: number,
  events: EventBuffer,
): void {
  const shown = state.refresh(makers, slot, level);
  const id = state.slots.doubles[(slot >> 1) + SLOT_ID]!;
  const side = (1 - taker.side) as Side;
  writeOrderEvent(events, REFRESHED, side, taker.command, id, price, shown, 0, state.hiddenOf(slot), 0);
}
