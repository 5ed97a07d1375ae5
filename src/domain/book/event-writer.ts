import type { Side } from './commands.ts';
import type { EventBuffer } from './events.ts';
import * as events from './events.ts';

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const {
  EVENT_COMMAND,
  EVENT_HEADER,
  EVENT_ID,
  EVENT_MAKER_REMAINING,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_REASON,
  EVENT_TAKER,
  EVENT_TAKER_REMAINING,
} = events;

/** Words 6 and 7 mean something else for each kind. */
const EVENT_SIXTH = 6;
const EVENT_SEVENTH = 7;

/** Appends an event about one order. The words that the kind does not use are 0, so that buffers can be compared. */
export function writeOrderEvent(
  buffer: EventBuffer,
  kind: number,
  side: Side,
  command: number,
  id: number,
  price: number,
  quantity: number,
  reason: number,
  sixth: number,
  seventh: number,
): void {
  const at = buffer.reserve();
  const words = buffer.words;
  words[at + EVENT_HEADER] = kind * 2 + side;
  words[at + EVENT_COMMAND] = command;
  words[at + EVENT_ID] = id;
  words[at + EVENT_REASON] = reason;
  words[at + EVENT_PRICE] = price;
  words[at + EVENT_QUANTITY] = quantity;
  words[at + EVENT_SIXTH] = sixth;
  words[at + EVENT_SEVENTH] = seventh;
}

/** Appends REJECTED, CANCEL_REFUSED, REPLACE_REFUSED or REDUCE_REFUSED. */
export function writeRefusal(
  buffer: EventBuffer,
  kind: number,
  command: number,
  id: number,
  reason: number,
): void {
  writeOrderEvent(buffer, kind, 0, command, id, 0, 0, reason, 0, 0);
}

/** Appends TRADE, or PREVENTED for one that did not happen. */
export function writeMatch(
  buffer: EventBuffer,
  kind: number,
  takerSide: Side,
  command: number,
  maker: number,
  taker: number,
  price: number,
  quantity: number,
  makerRemaining: number,
  takerRemaining: number,
): void {
  const at = buffer.reserve();
  const words = buffer.words;
  words[at + EVENT_HEADER] = kind * 2 + takerSide;
  words[at + EVENT_COMMAND] = command;
  words[at + EVENT_ID] = maker;
  words[at + EVENT_TAKER] = taker;
  words[at + EVENT_PRICE] = price;
  words[at + EVENT_QUANTITY] = quantity;
  words[at + EVENT_MAKER_REMAINING] = makerRemaining;
  words[at + EVENT_TAKER_REMAINING] = takerRemaining;
}
