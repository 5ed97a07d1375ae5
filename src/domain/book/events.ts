/**
 * The events of an order book as numbers.
 *
 * An event is EVENT_WORDS consecutive words of the buffer: one cache line. From the events alone a consumer can keep
 * the total of every level and the open quantity of every order:
 *
 * - RESTED and REFRESHED add `quantity` to the level `price` of `side`;
 * - TRADE takes `quantity` from the level `price` of the side opposite to `side`, which is the taker's;
 * - CANCELED takes `quantity` from the level, unless its reason is a remainder's: that quantity never rested;
 * - REPLACED takes `oldQuantity` from the level `oldPrice`; TRADE and RESTED follow for what happens next;
 * - REDUCED takes `by` from the level `price`.
 *
 * - CROSSED takes `quantity` from the levels of both orders, which may have any price.
 *
 * A level has what is shown: what an iceberg hides is counted in `hidden`, apart. PREVENTED and STOPPED change nothing
 * themselves.
 */

/** Words per event. Event `i` begins at word `i * EVENT_WORDS`. */
export const EVENT_WORDS = 8;
// V8 reads the binding of an export from memory wherever it is used, but compiles in what stays within the module.
const WORDS = EVENT_WORDS;

/** `kind × 2 + side`. */
export const EVENT_HEADER = 0;
/** Index of the command in its batch. */
export const EVENT_COMMAND = 1;
/** The order; in a TRADE the maker. */
export const EVENT_ID = 2;
/** In a TRADE and PREVENTED. */
export const EVENT_TAKER = 3;
/** Only in CANCELED and in the refusals: an index into `cancelReasons` or `refusalReasons`. */
export const EVENT_REASON = 3;
export const EVENT_PRICE = 4;
/** Quantity in lots: accepted, traded, now shown, canceled, replaced to, left after a reduction, or not traded. */
export const EVENT_QUANTITY = 5;
/** In a TRADE and PREVENTED: what stays open of the maker, hidden lots included. */
export const EVENT_MAKER_REMAINING = 6;
/** In a TRADE and PREVENTED: what stays open of the taker. */
export const EVENT_TAKER_REMAINING = 7;
/** Only in REPLACED. */
export const EVENT_OLD_PRICE = 6;
/** Only in REPLACED: what was open before. */
export const EVENT_OLD_QUANTITY = 7;
/** Only in REDUCED: what the level loses. */
export const EVENT_BY = 6;
/** What an iceberg hides: in RESTED and REFRESHED from now on, in CANCELED what goes with it. */
export const EVENT_HIDDEN = 6;
/** Only in REDUCED: what an iceberg still hides. */
export const EVENT_HIDDEN_LEFT = 7;
/** Only in REPLACED, beside the side: what an iceberg hid before. */
export const EVENT_OLD_HIDDEN = 3;

/** A PLACE was taken. TRADEs, then RESTED or CANCELED or nothing more (all of it traded) follow. */
export const ACCEPTED = 1;
/** Always at the maker's price. */
export const TRADE = 2;
/** What did not trade is on the book now, at the back of its queue. Also after REPLACED. */
export const RESTED = 3;
export const CANCELED = 4;
/** A PLACE was refused and changed nothing. */
export const REJECTED = 5;
/** The order left its old level. TRADEs and RESTED follow. */
export const REPLACED = 6;
export const REDUCED = 7;
/** No such order rests. */
export const CANCEL_REFUSED = 8;
/** Nothing changed. */
export const REPLACE_REFUSED = 9;
/** Nothing changed. */
export const REDUCE_REFUSED = 10;
/** The shown part of an iceberg had traded: the next part is at the back of the queue. */
export const REFRESHED = 11;
/** A trade of `quantity` lots of an owner with himself did not happen; what it led to follows. */
export const PREVENTED = 12;

export const BY_COMMAND = 0;
export const IOC_REMAINDER = 1;
/** The order rested. */
export const SELF_TRADE = 2;
/** The order came in. */
export const SELF_TRADE_REMAINDER = 3;
/** The order came in, and has made as many trades as one order may at once. */
export const TRADES_REMAINDER = 4;
/** Stable codes by the number in the event. */
export const cancelReasons = Object.freeze([
  'by_command',
  'ioc_remainder',
  'self_trade',
  'self_trade_remainder',
  'trades_remainder',
] as const);
export type CancelReason = (typeof cancelReasons)[number];

export const UNKNOWN_ORDER = 0;
export const POST_ONLY_WOULD_TAKE = 1;
export const FOK_NOT_FILLABLE = 2;
export const LEVEL_FULL = 3;
export const NOT_LESS_THAN_OPEN = 4;
export const MINIMUM_NOT_FILLABLE = 5;
/**
 * Stable codes by the number in the event. `level_full`: the orders of one level would add up to 2^53 lots or more, which
 * could not be counted exactly. `not_less_than_open`: a reduction must leave something open.
 */
export const refusalReasons = Object.freeze([
  'unknown_order',
  'post_only_would_take',
  'fok_not_fillable',
  'level_full',
  'not_less_than_open',
  'minimum_not_fillable',
] as const);
export type RefusalReason = (typeof refusalReasons)[number];

/** Two resting orders traded at the price of an auction: `id` bought from `taker`. It takes from a level of each side. */
export const CROSSED = 13;
/** The order would have traded on at `price`, but that is outside of the bounds; `quantity` is what was left of it. */
export const STOPPED = 14;

/** A buffer that only grows: cleared and filled again, it allocates nothing. */
export class EventBuffer {
  /** WORDS words per event. Replaced by a larger array when full: read it again after every `execute`. */
  words: Float64Array;
  /** Number of events. */
  count = 0;

  constructor(capacity = 256) {
    this.words = new Float64Array(capacity * WORDS);
  }

  /** Takes room for one more event and returns its first word. */
  reserve(): number {
    const at = this.count * WORDS;
    if (at === this.words.length) this.#grow();
    this.count += 1;
    return at;
  }

  clear(): void {
    this.count = 0;
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(WORDS, this.words.length * 2));
    larger.set(this.words);
    this.words = larger;
  }
}
