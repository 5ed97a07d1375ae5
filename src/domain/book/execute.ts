import { assert, violated } from '../assert.ts';
import type { BookState } from './book-state.ts';
import type { Side } from './commands.ts';
import * as commandLayout from './commands.ts';
import { writeOrderEvent, writeRefusal } from './event-writer.ts';
import type { EventBuffer } from './events.ts';
import * as eventLayout from './events.ts';
import { take } from './matching.ts';
import * as slotLayout from './order-slots.ts';
import { LEVEL_TOTAL } from './price-levels.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { COMMAND_BUDGET, COMMAND_HEADER, COMMAND_ID, COMMAND_PRICE, COMMAND_QUANTITY, COMMAND_WORDS } =
  commandLayout;
const {
  HEADER_BITS,
  HEADER_OPERATION_MASK,
  HEADER_POST_ONLY,
  HEADER_SIDE_SHIFT,
  HEADER_TIME_IN_FORCE_SHIFT,
} = commandLayout;
const { CANCEL, PLACE, REDUCE, REPLACE, BUY, FOK, GTC, IOC } = commandLayout;
const { ACCEPTED, CANCELED, REDUCED, REPLACED, RESTED, BY_COMMAND, IOC_REMAINDER } = eventLayout;
const { CANCEL_REFUSED, REDUCE_REFUSED, REJECTED, REPLACE_REFUSED } = eventLayout;
const { FOK_NOT_FILLABLE, LEVEL_FULL, NOT_LESS_THAN_OPEN, POST_ONLY_WOULD_TAKE, UNKNOWN_ORDER } = eventLayout;
const { SLOT_LEVEL, SLOT_REMAINING, SLOT_SIDE } = slotLayout;
/** Read once, for the same reason. */
const MAX_SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

const BUDGET_RULE = 'a quote budget is a whole number, and only of an immediate-or-cancel buy';

/** Whether this is a whole number from 1 to 2^53 − 1. */
export function isCount(value: number): boolean {
  return value >= 1 && value <= MAX_SAFE_INTEGER && Math.floor(value) === value;
}

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
  assertPriceAndQuantity(price, quantity);
  const position = state.index.locate(id);
  if (state.index.slotAt(position) !== 0) violated('the id of a new order is not open');
  const makers = state.sides[(1 - side) as Side];
  const timeInForce = (header >> HEADER_TIME_IN_FORCE_SHIFT) & 3;
  if (timeInForce !== GTC || makers.bestKey >= makers.keyOf(price)) {
    placeTaker(state, header, commands, at, command, events);
    return;
  }
  if (commands[at + COMMAND_BUDGET] !== 0) violated(BUDGET_RULE);
  const own = state.sides[side];
  const key = own.keyOf(price);
  const level = own.find(key);
  if (!own.hasRoom(level, quantity)) {
    writeRefusal(events, REJECTED, command, id, LEVEL_FULL);
    return;
  }
  writeOrderEvent(events, ACCEPTED, side, command, id, price, quantity, 0, 0, 0);
  writeOrderEvent(events, RESTED, side, command, id, price, quantity, 0, 0, 0);
  state.rest(position, id, side, key, level, quantity);
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
  const side = ((header >> HEADER_SIDE_SHIFT) & 1) as Side;
  const postOnly = (header & HEADER_POST_ONLY) !== 0;
  const timeInForce = (header >> HEADER_TIME_IN_FORCE_SHIFT) & 3;
  assert(timeInForce <= FOK, 'the time in force is known');
  assert(!postOnly || timeInForce === GTC, 'a post-only order is good till canceled');
  assert(budget === 0 || (isCount(budget) && timeInForce === IOC && side === BUY), BUDGET_RULE);

  const makers = state.sides[(1 - side) as Side];
  const crossKey = makers.keyOf(price);
  if (postOnly) {
    writeRefusal(events, REJECTED, command, id, POST_ONLY_WOULD_TAKE);
    return;
  }
  if (timeInForce === FOK && !makers.holds(quantity, crossKey)) {
    writeRefusal(events, REJECTED, command, id, FOK_NOT_FILLABLE);
    return;
  }
  writeOrderEvent(events, ACCEPTED, side, command, id, price, quantity, 0, 0, 0);
  const remaining = take(state, { id, side, quantity, budget, command }, crossKey, events);
  if (remaining === 0) return;
  if (timeInForce === GTC) {
    // An order that crosses is better than every level of its own side, so it gets a level of its own.
    const own = state.sides[side];
    state.rest(state.index.locate(id), id, side, own.keyOf(price), 0, remaining);
    writeOrderEvent(events, RESTED, side, command, id, price, remaining, 0, 0, 0);
  } else {
    writeOrderEvent(events, CANCELED, side, command, id, price, remaining, IOC_REMAINDER, 0, 0);
  }
}

function cancel(state: BookState, id: number, command: number, events: EventBuffer): void {
  const position = state.index.locate(id);
  const slot = state.index.slotAt(position);
  if (slot === 0) {
    writeRefusal(events, CANCEL_REFUSED, command, id, UNKNOWN_ORDER);
    return;
  }
  const slots = state.slots;
  const side = slots.ints[slot + SLOT_SIDE] as Side;
  const remaining = slots.doubles[(slot >> 1) + SLOT_REMAINING]!;
  const levels = state.sides[side];
  const price = levels.priceOfLevel(slots.ints[slot + SLOT_LEVEL]!);
  writeOrderEvent(events, CANCELED, side, command, id, price, remaining, BY_COMMAND, 0, 0);
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
  const slot = state.index.get(id);
  if (slot === 0) {
    writeRefusal(events, REPLACE_REFUSED, command, id, UNKNOWN_ORDER);
    return;
  }
  const { ints, doubles } = state.slots;
  const side = ints[slot + SLOT_SIDE] as Side;
  const own = state.sides[side];
  const makers = state.sides[(1 - side) as Side];
  const crossKey = makers.keyOf(price);
  const crosses = makers.bestKey >= crossKey;
  if (crosses && (header & HEADER_POST_ONLY) !== 0) {
    writeRefusal(events, REPLACE_REFUSED, command, id, POST_ONLY_WOULD_TAKE);
    return;
  }
  const key = own.keyOf(price);
  const oldPrice = own.priceOfLevel(ints[slot + SLOT_LEVEL]!);
  const oldQuantity = doubles[(slot >> 1) + SLOT_REMAINING]!;
  if (!own.hasRoom(own.find(key), price === oldPrice ? quantity - oldQuantity : quantity)) {
    writeRefusal(events, REPLACE_REFUSED, command, id, LEVEL_FULL);
    return;
  }
  writeOrderEvent(events, REPLACED, side, command, id, price, quantity, 0, oldPrice, oldQuantity);
  state.dequeue(own, slot);
  const remaining = crosses
    ? take(state, { id, side, quantity, budget: 0, command }, crossKey, events)
    : quantity;
  if (remaining === 0) {
    state.forget(slot);
    return;
  }
  state.enqueue(own, slot, own.find(key) || own.add(key), remaining);
  writeOrderEvent(events, RESTED, side, command, id, price, remaining, 0, 0, 0);
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
  const remaining = state.slots.doubles[(slot >> 1) + SLOT_REMAINING]! - by;
  if (remaining <= 0) {
    writeRefusal(events, REDUCE_REFUSED, command, id, NOT_LESS_THAN_OPEN);
    return;
  }
  const { ints, doubles } = state.slots;
  const side = ints[slot + SLOT_SIDE] as Side;
  const levels = state.sides[side];
  const level = ints[slot + SLOT_LEVEL]!;
  levels.doubles[(level >> 1) + LEVEL_TOTAL]! -= by;
  doubles[(slot >> 1) + SLOT_REMAINING] = remaining;
  writeOrderEvent(events, REDUCED, side, command, id, levels.priceOfLevel(level), remaining, 0, by, 0);
}

/** @throws AssertionFailed unless both are whole numbers from 1 and their product is below 2^53. */
export function assertPriceAndQuantity(price: number, quantity: number): void {
  if (
    price >= 1 &&
    quantity >= 1 &&
    price * quantity <= MAX_SAFE_INTEGER &&
    Math.floor(price) === price &&
    Math.floor(quantity) === quantity
  ) {
    return;
  }
  violated('price and quantity are whole numbers from 1 and their product is below 2^53');
}
