import { assert, violated } from '../assert.ts';
import type { BookState } from './book-state.ts';
import { assertPriceAndQuantity, assertTerms, BUDGET_RULE, isCount, MINIMUM_RULE } from './command-rules.ts';
import type { SelfTradeMode, Side } from './commands.ts';
import * as commandLayout from './commands.ts';
import { writeOrderEvent, writeRefusal } from './event-writer.ts';
import type { EventBuffer } from './events.ts';
import * as eventLayout from './events.ts';
import { fillable } from './fillable.ts';
import { take } from './matching.ts';
import * as slotLayout from './order-slots.ts';
import type { Taker } from './taker.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { COMMAND_BUDGET, COMMAND_DISPLAY, COMMAND_HEADER, COMMAND_ID } = commandLayout;
const { COMMAND_MINIMUM, COMMAND_OWNER, COMMAND_PRICE, COMMAND_QUANTITY, COMMAND_WORDS } = commandLayout;
const {
  HEADER_BITS,
  HEADER_OPERATION_MASK,
  HEADER_POST_ONLY,
  HEADER_SELF_TRADE_SHIFT,
  HEADER_SIDE_SHIFT,
  HEADER_TERMS,
  HEADER_TIME_IN_FORCE_SHIFT,
  HEADER_UNMATCHED,
} = commandLayout;
const { CANCEL, PLACE, REDUCE, REPLACE, BUY, FOK, GTC, IOC } = commandLayout;
const { SELF_TRADE_ALLOWED } = commandLayout;
const { ACCEPTED, CANCELED, REDUCED, REPLACED, RESTED, BY_COMMAND, IOC_REMAINDER } = eventLayout;
const { CANCEL_REFUSED, REDUCE_REFUSED, REJECTED, REPLACE_REFUSED } = eventLayout;
const { FOK_NOT_FILLABLE, LEVEL_FULL, MINIMUM_NOT_FILLABLE, NOT_LESS_THAN_OPEN } = eventLayout;
const { POST_ONLY_WOULD_TAKE, UNKNOWN_ORDER } = eventLayout;
const { FLAG_SIDE, FLAGS_OWNER_SHIFT, SLOT_FLAGS, SLOT_LEVEL, SLOT_REMAINING } = slotLayout;

/** Executes the first `count` commands; see `Book.execute`. Each is checked in full before it changes anything. */
export function execute(state: BookState, commands: Float64Array, count: number, events: EventBuffer): void {
  assert(count * COMMAND_WORDS <= commands.length, 'the buffer holds the commands');
  for (let command = 0; command < count; command += 1) {
    const at = command * COMMAND_WORDS;
    const word = commands[at + COMMAND_HEADER]!;
    const header = word | 0;
    if (header !== word || (header & ~HEADER_BITS) !== 0) violated('the header of a command is valid');
    if (!isCount(commands[at + COMMAND_ID]!)) violated('an id is a whole number from 1');
    switch (header & HEADER_OPERATION_MASK) {
      case PLACE:
        place(state, header, commands, at, command, events);
        break;
      case CANCEL:
        cancel(state, commands[at + COMMAND_ID]!, command, events);
        break;
      case REPLACE:
        replace(state, header, commands, at, command, events);
        break;
      case REDUCE:
        reduce(state, commands, at, command, events);
        break;
      default:
        violated('the operation of a command is known');
    }
  }
}

function place(
  state: BookState,
  header: number,
  commands: Float64Array,
  at: number,
  command: number,
  events: EventBuffer,
): void {
  const id = commands[at + COMMAND_ID]!;
  const price = commands[at + COMMAND_PRICE]!;
  const quantity = commands[at + COMMAND_QUANTITY]!;
  const side = ((header >> HEADER_SIDE_SHIFT) & 1) as Side;
  const owner = commands[at + COMMAND_OWNER]!;
  const display = commands[at + COMMAND_DISPLAY]!;
  assertPriceAndQuantity(price, quantity);
  if (owner !== 0 || display !== 0 || header >= HEADER_TERMS) assertTerms(header, owner, display);
  const position = state.index.locate(id);
  if (state.index.slotAt(position) !== 0) violated('the id of a new order is not open');
  const makers = state.sides[(1 - side) as Side];
  const timeInForce = (header >> HEADER_TIME_IN_FORCE_SHIFT) & 3;
  const crosses = (header & HEADER_UNMATCHED) === 0 && makers.bestKey >= makers.keyOf(price);
  if (timeInForce !== GTC || crosses) {
    placeTaker(state, header, commands, at, command, events);
    return;
  }
  if (commands[at + COMMAND_BUDGET] !== 0) violated(BUDGET_RULE);
  if (commands[at + COMMAND_MINIMUM] !== 0) violated(MINIMUM_RULE);
  const own = state.sides[side];
  const key = own.keyOf(price);
  const level = own.find(key);
  if (!own.hasRoom(level, quantity)) {
    writeRefusal(events, REJECTED, command, id, LEVEL_FULL);
    return;
  }
  writeOrderEvent(events, ACCEPTED, side, command, id, price, quantity, 0, 0, 0);
  const shown = display === 0 || display >= quantity ? quantity : display;
  const slot = state.rest(position, id, side, key, level, shown, owner);
  if (shown < quantity) state.hide(own, slot, quantity - shown, display);
  writeOrderEvent(events, RESTED, side, command, id, price, shown, 0, quantity - shown, 0);
}

/** A PLACE that does not just rest: it crosses, or is not good till canceled. */
function placeTaker(
  state: BookState,
  header: number,
  commands: Float64Array,
  at: number,
  command: number,
  events: EventBuffer,
): void {
  const id = commands[at + COMMAND_ID]!;
  const price = commands[at + COMMAND_PRICE]!;
  const quantity = commands[at + COMMAND_QUANTITY]!;
  const budget = commands[at + COMMAND_BUDGET]!;
  const minimum = commands[at + COMMAND_MINIMUM]!;
  const side = ((header >> HEADER_SIDE_SHIFT) & 1) as Side;
  const postOnly = (header & HEADER_POST_ONLY) !== 0;
  const timeInForce = (header >> HEADER_TIME_IN_FORCE_SHIFT) & 3;
  assert(timeInForce <= FOK, 'the time in force is known');
  assert(!postOnly || timeInForce === GTC, 'a post-only order is good till canceled');
  assert(budget === 0 || (isCount(budget) && timeInForce === IOC && side === BUY), BUDGET_RULE);
  assert(minimum === 0 || (isCount(minimum) && timeInForce === IOC && budget === 0), MINIMUM_RULE);
  assert((header & HEADER_UNMATCHED) === 0 || timeInForce === GTC, 'only what rests is left unmatched');
  assert(commands[at + COMMAND_DISPLAY] === 0 || timeInForce === GTC, 'only what rests hides lots');

  const makers = state.sides[(1 - side) as Side];
  const crossKey = makers.keyOf(price);
  if (postOnly) {
    writeRefusal(events, REJECTED, command, id, POST_ONLY_WOULD_TAKE);
    return;
  }
  const taker = takerOf(state, header, commands, at, side, command);
  if (timeInForce === FOK && !fillable(state, makers, taker, quantity, crossKey)) {
    writeRefusal(events, REJECTED, command, id, FOK_NOT_FILLABLE);
    return;
  }
  if (minimum > 0 && (minimum > quantity || !fillable(state, makers, taker, minimum, crossKey))) {
    writeRefusal(events, REJECTED, command, id, MINIMUM_NOT_FILLABLE);
    return;
  }
  const own = state.sides[side];
  const key = own.keyOf(price);
  // Unless the book is crossed, such an order is better than every level of its own side.
  if (timeInForce === GTC && own.bestKey >= key && !own.hasRoom(own.find(key), quantity)) {
    writeRefusal(events, REJECTED, command, id, LEVEL_FULL);
    return;
  }
  writeOrderEvent(events, ACCEPTED, side, command, id, price, quantity, 0, 0, 0);
  const remaining = take(state, taker, crossKey, events);
  if (remaining === 0) return;
  if (timeInForce !== GTC) {
    writeOrderEvent(events, CANCELED, side, command, id, price, remaining, IOC_REMAINDER, 0, 0);
    return;
  }
  const display = commands[at + COMMAND_DISPLAY]!;
  const shown = display === 0 || display >= remaining ? remaining : display;
  const owner = commands[at + COMMAND_OWNER]!;
  const slot = state.rest(state.index.locate(id), id, side, key, own.find(key), shown, owner);
  if (shown < remaining) state.hide(own, slot, remaining - shown, display);
  writeOrderEvent(events, RESTED, side, command, id, price, shown, 0, remaining - shown, 0);
}

/** The same object for every taker of the book: one a command would be much to collect. */
function takerOf(
  state: BookState,
  header: number,
  commands: Float64Array,
  at: number,
  side: Side,
  command: number,
): Taker {
  const { taker } = state;
  const selfTrade = ((header >> HEADER_SELF_TRADE_SHIFT) & 7) as SelfTradeMode;
  const budget = commands[at + COMMAND_BUDGET]!;
  taker.id = commands[at + COMMAND_ID]!;
  taker.side = side;
  taker.price = commands[at + COMMAND_PRICE]!;
  taker.remaining = commands[at + COMMAND_QUANTITY]!;
  taker.budget = budget;
  taker.budgetLeft = budget;
  taker.avoids = selfTrade === SELF_TRADE_ALLOWED ? 0 : commands[at + COMMAND_OWNER]!;
  taker.selfTrade = selfTrade;
  taker.command = command;
  return taker;
}

function cancel(state: BookState, id: number, command: number, events: EventBuffer): void {
  const position = state.index.locate(id);
  const slot = state.index.slotAt(position);
  if (slot === 0) {
    writeRefusal(events, CANCEL_REFUSED, command, id, UNKNOWN_ORDER);
    return;
  }
  const slots = state.slots;
  const side = (slots.ints[slot + SLOT_FLAGS]! & FLAG_SIDE) as Side;
  const shown = slots.doubles[(slot >> 1) + SLOT_REMAINING]!;
  const levels = state.sides[side];
  const price = levels.priceOfLevel(slots.ints[slot + SLOT_LEVEL]!);
  const hidden = state.hiddenOf(slot);
  writeOrderEvent(events, CANCELED, side, command, id, price, shown, BY_COMMAND, hidden, 0);
  state.uncover(levels, slot);
  state.dequeue(levels, slot);
  state.index.delete(position, id);
  slots.release(slot);
}

function replace(
  state: BookState,
  header: number,
  commands: Float64Array,
  at: number,
  command: number,
  events: EventBuffer,
): void {
  const id = commands[at + COMMAND_ID]!;
  const price = commands[at + COMMAND_PRICE]!;
  const quantity = commands[at + COMMAND_QUANTITY]!;
  assertPriceAndQuantity(price, quantity);
  assertTerms(header, commands[at + COMMAND_OWNER]!, commands[at + COMMAND_DISPLAY]!);
  const slot = state.index.get(id);
  if (slot === 0) {
    writeRefusal(events, REPLACE_REFUSED, command, id, UNKNOWN_ORDER);
    return;
  }
  const { ints, doubles } = state.slots;
  const side = (ints[slot + SLOT_FLAGS]! & FLAG_SIDE) as Side;
  const own = state.sides[side];
  const makers = state.sides[(1 - side) as Side];
  const crossKey = makers.keyOf(price);
  const crosses = (header & HEADER_UNMATCHED) === 0 && makers.bestKey >= crossKey;
  if (crosses && (header & HEADER_POST_ONLY) !== 0) {
    writeRefusal(events, REPLACE_REFUSED, command, id, POST_ONLY_WOULD_TAKE);
    return;
  }
  const key = own.keyOf(price);
  const oldPrice = own.priceOfLevel(ints[slot + SLOT_LEVEL]!);
  const oldShown = doubles[(slot >> 1) + SLOT_REMAINING]!;
  const oldHidden = state.hiddenOf(slot);
  if (!own.hasRoom(own.find(key), price === oldPrice ? quantity - oldShown - oldHidden : quantity)) {
    writeRefusal(events, REPLACE_REFUSED, command, id, LEVEL_FULL);
    return;
  }
  writeOrderEvent(events, REPLACED, side, command, id, price, quantity, oldHidden, oldPrice, oldShown);
  state.uncover(own, slot);
  state.dequeue(own, slot);
  const remaining = crosses
    ? take(state, takerOf(state, header, commands, at, side, command), crossKey, events)
    : quantity;
  if (remaining === 0) {
    state.forget(slot);
    return;
  }
  const display = commands[at + COMMAND_DISPLAY]!;
  const shown = display === 0 || display >= remaining ? remaining : display;
  ints[slot + SLOT_FLAGS] = side + (commands[at + COMMAND_OWNER]! << FLAGS_OWNER_SHIFT);
  state.enqueue(own, slot, own.find(key) || own.add(key), shown);
  if (shown < remaining) state.hide(own, slot, remaining - shown, display);
  writeOrderEvent(events, RESTED, side, command, id, price, shown, 0, remaining - shown, 0);
}

function reduce(
  state: BookState,
  commands: Float64Array,
  at: number,
  command: number,
  events: EventBuffer,
): void {
  const id = commands[at + COMMAND_ID]!;
  const by = commands[at + COMMAND_QUANTITY]!;
  assert(isCount(by), 'a reduction is a whole number of lots from 1');
  const slot = state.index.get(id);
  if (slot === 0) {
    writeRefusal(events, REDUCE_REFUSED, command, id, UNKNOWN_ORDER);
    return;
  }
  const remaining = state.slots.doubles[(slot >> 1) + SLOT_REMAINING]! + state.hiddenOf(slot) - by;
  if (remaining <= 0) {
    writeRefusal(events, REDUCE_REFUSED, command, id, NOT_LESS_THAN_OPEN);
    return;
  }
  const { ints } = state.slots;
  const side = (ints[slot + SLOT_FLAGS]! & FLAG_SIDE) as Side;
  const levels = state.sides[side];
  const price = levels.priceOfLevel(ints[slot + SLOT_LEVEL]!);
  const fromShown = state.lower(levels, slot, by);
  const hidden = state.hiddenOf(slot);
  writeOrderEvent(events, REDUCED, side, command, id, price, remaining, 0, fromShown, hidden);
}
