/**
 * The commands of an order book as numbers.
 *
 * A command is COMMAND_WORDS consecutive words of one Float64Array, so that a batch of them crosses into the
 * matching loop without an object per command: one cache line each. The first word packs the operation with its flags.
 */

/** Words per command. Command `i` begins at word `i * COMMAND_WORDS`. */
export const COMMAND_WORDS = 8;

export const COMMAND_HEADER = 0;
export const COMMAND_ID = 1;
export const COMMAND_PRICE = 2;
export const COMMAND_QUANTITY = 3;
export const COMMAND_BUDGET = 4;
/** Who must not trade with himself; 0 when nobody minds. */
export const COMMAND_OWNER = 5;
/** Lots shown at a time; 0 shows all. */
export const COMMAND_DISPLAY = 6;
/** Least lots that must trade at once. */
export const COMMAND_MINIMUM = 7;

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

/** What happens when an order meets one of the same owner. The order that comes in decides. */
export const SELF_TRADE_ALLOWED = 0;
/** What is left of the order that comes in is canceled. */
export const CANCEL_NEWEST = 1;
/** The order that rests is canceled, and the one that comes in goes on. */
export const CANCEL_OLDEST = 2;
export const CANCEL_BOTH = 3;
/** Both lose the smaller one's quantity; the smaller one is canceled thereby. */
export const DECREMENT_AND_CANCEL = 4;
export type SelfTradeMode =
  | typeof SELF_TRADE_ALLOWED
  | typeof CANCEL_NEWEST
  | typeof CANCEL_OLDEST
  | typeof CANCEL_BOTH
  | typeof DECREMENT_AND_CANCEL;

/** Owners are 1 to 2^29 − 1, so that a resting order keeps its owner beside its flags in 32 bits. */
export const MAX_OWNER = 2 ** 29 - 1;

/** The header is `operation + 8 × side + 16 × time in force + 64 × post-only + 128 × self-trade mode + 1024 × unmatched`. */
export const HEADER_OPERATION_MASK = 7;
export const HEADER_SIDE_SHIFT = 3;
export const HEADER_TIME_IN_FORCE_SHIFT = 4;
export const HEADER_POST_ONLY = 64;
export const HEADER_SELF_TRADE_SHIFT = 7;
export const HEADER_UNMATCHED = 1024;
/** Headers from here on have a self-trade mode or are unmatched. */
export const HEADER_TERMS = 128;
/** The bits that a header may have. */
export const HEADER_BITS = 2047;

/** What a new order and a replaced one may both ask for. */
export interface OrderTerms {
  /** Only with GTC: reject instead of trading at once. */
  readonly postOnly?: boolean;
  /** Whom the order belongs to, 1 to 2^29 − 1; 0 or absent: an order that prevents no trade. */
  readonly owner?: number;
  /** Needs an owner; absent: self-trades are allowed. */
  readonly selfTrade?: SelfTradeMode;
  /** Only with GTC: an iceberg shows so many lots at a time, and takes the back of the queue with each refill. */
  readonly displayLots?: number;
  /** Only with GTC, while an auction gathers orders: rests without trading, also where it crosses. */
  readonly unmatched?: boolean;
}

/** A new order. `priceTicks × quantityLots` must stay below 2^53. */
export interface PlaceCommand extends OrderTerms {
  /** Unique in the book and never reused; memory stays small when ids are handed out one after another. 1 to 2^53 − 1. */
  readonly id: number;
  readonly side: Side;
  /** Limit price (for a market order: its protection price), a whole number of ticks, at least 1. */
  readonly priceTicks: number;
  /** Whole number of lots, at least 1. With a quote budget: the most that may be bought. */
  readonly quantityLots: number;
  readonly timeInForce: TimeInForce;
  /**
   * Only for an IOC buy: the most to spend, in ticks × lots; 0 or absent means no budget. At each level the order takes at
   * most `floor(budget left / price)` lots and ends when it cannot pay one lot at the best price.
   */
  readonly quoteBudget?: number;
  /** Only for IOC without a budget: reject unless so many lots can be traded at once; 0 or absent: any. */
  readonly minimumLots?: number;
}

/** Takes the order off the book and puts it in again at the back of the queue, with the same id; it may trade at once. */
export interface ReplaceCommand extends OrderTerms {
  readonly id: number;
  readonly priceTicks: number;
  /** The new open quantity, not counting what is filled already, in lots, at least 1. */
  readonly quantityLots: number;
}

/** Lowers the open quantity, of an iceberg the hidden part first; the order keeps its place in the queue. */
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
  owner: number,
  display: number,
  minimum: number,
) {
  const at = index * COMMAND_WORDS;
  buffer[at + COMMAND_HEADER] = header;
  buffer[at + COMMAND_ID] = id;
  buffer[at + COMMAND_PRICE] = price;
  buffer[at + COMMAND_QUANTITY] = quantity;
  buffer[at + COMMAND_BUDGET] = budget;
  buffer[at + COMMAND_OWNER] = owner;
  buffer[at + COMMAND_DISPLAY] = display;
  buffer[at + COMMAND_MINIMUM] = minimum;
}

function termsOf(terms: OrderTerms): number {
  return (
    (terms.postOnly === true ? HEADER_POST_ONLY : 0) +
    ((terms.selfTrade ?? SELF_TRADE_ALLOWED) << HEADER_SELF_TRADE_SHIFT) +
    (terms.unmatched === true ? HEADER_UNMATCHED : 0)
  );
}

/** Writes a PLACE as command number `index` of the buffer. The book checks the values when it executes it. */
export function writePlace(buffer: Float64Array, index: number, command: PlaceCommand): void {
  const header =
    PLACE +
    (command.side << HEADER_SIDE_SHIFT) +
    (command.timeInForce << HEADER_TIME_IN_FORCE_SHIFT) +
    termsOf(command);
  const { id, priceTicks, quantityLots, quoteBudget, owner, displayLots, minimumLots } = command;
  write(
    buffer,
    index,
    header,
    id,
    priceTicks,
    quantityLots,
    quoteBudget ?? 0,
    owner ?? 0,
    displayLots ?? 0,
    minimumLots ?? 0,
  );
}

/** Writes a CANCEL as command number `index` of the buffer. */
export function writeCancel(buffer: Float64Array, index: number, id: number): void {
  write(buffer, index, CANCEL, id, 0, 0, 0, 0, 0, 0);
}

/** Writes a REPLACE as command number `index` of the buffer. */
export function writeReplace(buffer: Float64Array, index: number, command: ReplaceCommand): void {
  const { id, priceTicks, quantityLots, owner, displayLots } = command;
  const header = REPLACE + termsOf(command);
  write(buffer, index, header, id, priceTicks, quantityLots, 0, owner ?? 0, displayLots ?? 0, 0);
}

/** Writes a REDUCE as command number `index` of the buffer. */
export function writeReduce(buffer: Float64Array, index: number, command: ReduceCommand): void {
  write(buffer, index, REDUCE, command.id, 0, command.byLots, 0, 0, 0, 0);
}
