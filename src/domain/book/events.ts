import { assert } from '../assert.ts';
import type { Side } from './commands.ts';

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
 * A level has what is shown: what an iceberg hides is counted in `hidden`, apart. PREVENTED changes nothing itself.
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
/** Stable codes by the number in the event. */
export const cancelReasons = Object.freeze([
  'by_command',
  'ioc_remainder',
  'self_trade',
  'self_trade_remainder',
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

/** An event as an object, for the edges and for tests. Prices in ticks, quantities in lots. */
export type BookEvent = { readonly command: number } & (
  | {
      readonly kind: typeof ACCEPTED;
      readonly id: number;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
    }
  | {
      readonly kind: typeof RESTED | typeof REFRESHED;
      readonly id: number;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
      readonly hidden: number;
    }
  | {
      readonly kind: typeof TRADE | typeof PREVENTED;
      readonly maker: number;
      readonly taker: number;
      readonly takerSide: Side;
      readonly price: number;
      readonly quantity: number;
      readonly makerRemaining: number;
      readonly takerRemaining: number;
    }
  | {
      readonly kind: typeof CANCELED;
      readonly id: number;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
      readonly hidden: number;
      readonly reason: CancelReason;
    }
  | {
      readonly kind: typeof REPLACED;
      readonly id: number;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
      readonly oldPrice: number;
      readonly oldQuantity: number;
      readonly oldHidden: number;
    }
  | {
      readonly kind: typeof REDUCED;
      readonly id: number;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
      readonly by: number;
      readonly hidden: number;
    }
  | {
      readonly kind: typeof REJECTED | typeof CANCEL_REFUSED | typeof REPLACE_REFUSED | typeof REDUCE_REFUSED;
      readonly id: number;
      readonly reason: RefusalReason;
    }
);

/** Reads event number `index` as an object. */
export function readEvent(events: EventBuffer, index: number): BookEvent {
  assert(index >= 0 && index < events.count, 'the event exists');
  const at = index * EVENT_WORDS;
  const word = (offset: number) => events.words[at + offset]!;
  const kind = word(EVENT_HEADER) >> 1;
  const side = (word(EVENT_HEADER) & 1) as Side;
  const command = word(EVENT_COMMAND);
  const id = word(EVENT_ID);
  const price = word(EVENT_PRICE);
  const quantity = word(EVENT_QUANTITY);
  switch (kind) {
    case ACCEPTED:
      return { kind, command, id, side, price, quantity };
    case RESTED:
    case REFRESHED:
      return { kind, command, id, side, price, quantity, hidden: word(EVENT_HIDDEN) };
    case TRADE:
    case PREVENTED:
      return {
        kind,
        command,
        maker: id,
        taker: word(EVENT_TAKER),
        takerSide: side,
        price,
        quantity,
        makerRemaining: word(EVENT_MAKER_REMAINING),
        takerRemaining: word(EVENT_TAKER_REMAINING),
      };
    case CANCELED:
      return {
        kind,
        command,
        id,
        side,
        price,
        quantity,
        hidden: word(EVENT_HIDDEN),
        reason: cancelReasons[word(EVENT_REASON)]!,
      };
    case REPLACED:
      return {
        kind,
        command,
        id,
        side,
        price,
        quantity,
        oldPrice: word(EVENT_OLD_PRICE),
        oldQuantity: word(EVENT_OLD_QUANTITY),
        oldHidden: word(EVENT_OLD_HIDDEN),
      };
    case REDUCED:
      return {
        kind,
        command,
        id,
        side,
        price,
        quantity,
        by: word(EVENT_BY),
        hidden: word(EVENT_HIDDEN_LEFT),
      };
    case REJECTED:
    case CANCEL_REFUSED:
    case REPLACE_REFUSED:
    case REDUCE_REFUSED:
      return { kind, command, id, reason: refusalReasons[word(EVENT_REASON)]! };
    default:
      assert(false, 'the event has a known kind');
  }
}

/** Reads all events as objects. */
export function readEvents(events: EventBuffer): BookEvent[] {
  return Array.from({ length: events.count }, (_, index) => readEvent(events, index));
}
