import type { BookState } from './book-state.ts';
import type { Side } from './commands.ts';
import * as commandLayout from './commands.ts';
import { writeMatch, writeOrderEvent } from './event-writer.ts';
import type { EventBuffer } from './events.ts';
import * as eventLayout from './events.ts';
import * as slotLayout from './order-slots.ts';
import type { PriceLevels } from './price-levels.ts';
import { LEVEL_HEAD } from './price-levels.ts';
import type { Taker } from './taker.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { CANCEL_BOTH, CANCEL_NEWEST, CANCEL_OLDEST } = commandLayout;
const { CANCELED, PREVENTED, REDUCED, SELF_TRADE, SELF_TRADE_REMAINDER } = eventLayout;
const { FLAGS_OWNER_SHIFT, SLOT_FLAGS, SLOT_ID, SLOT_REMAINING } = slotLayout;

/** Whether the order that would trade next belongs to this owner. */
export function isOwnOrderNext(state: BookState, makers: PriceLevels, owner: number): boolean {
  const slot = makers.ints[makers.bestLevel + LEVEL_HEAD]!;
  return state.slots.ints[slot + SLOT_FLAGS]! >> FLAGS_OWNER_SHIFT === owner;
}

/**
 * Does what the taker asked for where it would trade with its own owner's order, which is next.
 *
 * @param wanted what it would trade at most
 * @returns whether the taker goes on; otherwise what was left of it is canceled.
 */
export function preventSelfTrade(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  price: number,
  wanted: number,
  events: EventBuffer,
): boolean {
  const slot = makers.ints[makers.bestLevel + LEVEL_HEAD]!;
  const shown = state.slots.doubles[(slot >> 1) + SLOT_REMAINING]!;
  const maker: Maker = { slot, id: state.slots.doubles[(slot >> 1) + SLOT_ID]!, price, shown };
  const open = shown + state.hiddenOf(slot);
  const quantity = Math.min(open, wanted);
  const tell = (makerLeft: number, takerLeft: number) =>
    writeMatch(
      events,
      PREVENTED,
      taker.side,
      taker.command,
      maker.id,
      taker.id,
      price,
      quantity,
      makerLeft,
      takerLeft,
    );
  switch (taker.selfTrade) {
    case CANCEL_NEWEST:
      tell(open, 0);
      return cancelTaker(taker, events);
    case CANCEL_OLDEST:
      tell(0, taker.remaining);
      cancelMaker(state, makers, taker, maker, events);
      return true;
    case CANCEL_BOTH:
      tell(0, 0);
      cancelMaker(state, makers, taker, maker, events);
      return cancelTaker(taker, events);
    default:
      taker.remaining -= quantity;
      taker.budgetLeft -= quantity * price;
      tell(open - quantity, taker.remaining);
      if (quantity === open) {
        cancelMaker(state, makers, taker, maker, events);
        return taker.remaining > 0 || cancelTaker(taker, events);
      }
      reduceMaker(state, makers, taker, maker, quantity, open - quantity, events);
      return cancelTaker(taker, events);
  }
}

interface Maker {
  readonly slot: number;
  readonly id: number;
  readonly price: number;
  readonly shown: number;
}

function cancelMaker(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  maker: Maker,
  events: EventBuffer,
): void {
  const side = (1 - taker.side) as Side;
  const hidden = state.hiddenOf(maker.slot);
  state.remove(makers, maker.slot);
  const { id, price, shown } = maker;
  writeOrderEvent(events, CANCELED, side, taker.command, id, price, shown, SELF_TRADE, hidden, 0);
}

function reduceMaker(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  maker: Maker,
  by: number,
  left: number,
  events: EventBuffer,
): void {
  const side = (1 - taker.side) as Side;
  const fromShown = state.lower(makers, maker.slot, by);
  const hidden = state.hiddenOf(maker.slot);
  writeOrderEvent(events, REDUCED, side, taker.command, maker.id, maker.price, left, 0, fromShown, hidden);
}

/** @returns false: the taker does not go on. */
function cancelTaker(taker: Taker, events: EventBuffer): false {
  const { side, command, id, price, remaining } = taker;
  writeOrderEvent(events, CANCELED, side, command, id, price, remaining, SELF_TRADE_REMAINDER, 0, 0);
  taker.remaining = 0;
  return false;
}
