/**
 * The commands of an order book as numbers.
 *
 * A command is COMMAND_WORDS consecutive words of one Float64Array, so that a batch of them crosses into the
 * matching loop without an object per command. The first word packs the operation with its flags, the others
 * are id, price, quantity and budget.
 */

/** Words per command. Command `i` begins at word `i * COMMAND_WORDS`. */
export const COMMAND_WORDS = 5;

export const COMMAND_HEADER = 0;
export const COMMAND_ID = 1;
export const COMMAND_PRICE = 2;
export const COMMAND_QUANTITY = 3;
export const COMMAND_BUDGET = 4;

export const PLACE = 1;
export const CANCEL = 2;
export const REPLACE = 3;
export const REDUCE = 4;

export const BUY = 0;
export const SELL = 1;
export type Side = typeof BUY | typeof SELL;

/** Good till canceled: what does not trade at once rests. */
export const GTC = 0;
/** Immediate or cancel: what does not trade at once is canceled. */
export const IOC = 1;
/** Fill or kill: trades in full at once, or is rejected and changes nothing. */
export const FOK = 2;
export type TimeInForce = typeof GTC | typeof IOC | typeof FOK;

/** The header is `operation + 8 × side + 16 × time in force + 64 × post-only`. */
export const HEADER_OPERATION_MASK = 7;
export const HEADER_SIDE_SHIFT = 3;
export const HEADER_TIME_IN_FORCE_SHIFT = 4;
export const HEADER_POST_ONLY = 64;
/** The bits that a header may have. */
export const HEADER_BITS = 127;

/** A new order. `priceTicks × quantityLots` must stay below 2^53. */
export interface PlaceCommand {
  /** Unique in the book and never reused; memory stays small when ids are handed out one after another. 1 to 2^53 − 1. */
  readonly id: number;
  readonly side: Side;
  /** Limit price (for a market order: its protection price), a whole number of ticks, at least 1. */
  readonly priceTicks: number;
  /** Whole number of lots, at least 1. With a quote budget: the most that may be bought. */
  readonly quantityLots: number;
  readonly timeInForce: TimeInForce;
  /** Reject instead of trading at once; only with GTC. */
  readonly postOnly?: boolean;
  /**
   * Only for an IOC buy: the most to spend, in ticks × lots; 0 or absent means no budget. At each level the order takes at
   * most `floor(budget left / price)` lots and ends when it cannot pay one lot at the best price.
   */
  readonly quoteBudget?: number;
}

/** Takes the order off the book and puts it in again at the back of the queue, with the same id; it may trade at once. */
export interface ReplaceCommand {
  readonly id: number;
  readonly priceTicks: number;
  /** The new open quantity, not counting what is filled already, in lots, at least 1. */
  readonly quantityLots: number;
  /** Refuse instead of trading at once; the order then stays as it was. */
  readonly postOnly?: boolean;
}

/** Lowers the open quantity; the order keeps its place in the queue. */
export interface ReduceCommand {
  readonly id: number;
  /** Lots to take away, at least 1; refused unless something stays open. */
  readonly byLots: number;
}

function write(
  buffer: Float64Array,
  index: number,
  header: number,
  id: number,
  price: number,
  quantity: number,
  budget: number,
) {
  const at = index * COMMAND_WORDS;
  buffer[at + COMMAND_HEADER] = header;
  buffer[at + COMMAND_ID] = id;
  buffer[at + COMMAND_PRICE] = price;
  buffer[at + COMMAND_QUANTITY] = quantity;
  buffer[at + COMMAND_BUDGET] = budget;
}

/** Writes a PLACE as command number `index` of the buffer. The book checks the values when it executes it. */
export function writePlace(buffer: Float64Array, index: number, command: PlaceCommand): void {
  const header =
    PLACE +
    (command.side << HEADER_SIDE_SHIFT) +
    (command.timeInForce << HEADER_TIME_IN_FORCE_SHIFT) +
    (command.postOnly === true ? HEADER_POST_ONLY : 0);
  write(
    buffer,
    index,
    header,
    command.id,
    command.priceTicks,
    command.quantityLots,
    command.quoteBudget ?? 0,
  );
}

/** Writes a CANCEL as command number `index` of the buffer. */
export function writeCancel(buffer: Float64Array, index: number, id: number): void {
  write(buffer, index, CANCEL, id, 0, 0, 0);
}

/** Writes a REPLACE as command number `index` of the buffer. */
export function writeReplace(buffer: Float64Array, index: number, command: ReplaceCommand): void {
  const header = REPLACE + (command.postOnly === true ? HEADER_POST_ONLY : 0);
  write(buffer, index, header, command.id, command.priceTicks, command.quantityLots, 0);
}

/** Writes a REDUCE as command number `index` of the buffer. */
export function writeReduce(buffer: Float64Array, index: number, command: ReduceCommand): void {
  write(buffer, index, REDUCE, command.id, 0, command.byLots, 0);
}
