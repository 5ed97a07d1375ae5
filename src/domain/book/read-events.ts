import { assert } from '../assert.ts';
import type { Side } from './commands.ts';
import {
  ACCEPTED,
  CANCEL_REFUSED,
  CANCELED,
  type CancelReason,
  CROSSED,
  cancelReasons,
  EVENT_BY,
  EVENT_COMMAND,
  EVENT_HEADER,
  EVENT_HIDDEN,
  EVENT_HIDDEN_LEFT,
  EVENT_ID,
  EVENT_MAKER_REMAINING,
  EVENT_OLD_HIDDEN,
  EVENT_OLD_PRICE,
  EVENT_OLD_QUANTITY,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_REASON,
  EVENT_TAKER,
  EVENT_TAKER_REMAINING,
  EVENT_WORDS,
  type EventBuffer,
  PREVENTED,
  REDUCE_REFUSED,
  REDUCED,
  REFRESHED,
  REJECTED,
  REPLACE_REFUSED,
  REPLACED,
  RESTED,
  type RefusalReason,
  refusalReasons,
  STOPPED,
  TRADE,
} from './events.ts';

/** An event as an object, for the edges and for tests. Prices in ticks, quantities in lots. */
export type BookEvent = { readonly command: number } & (
  | {
      readonly kind: typeof ACCEPTED | typeof STOPPED;
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
      readonly kind: typeof CROSSED;
      readonly buy: number;
      readonly sell: number;
      readonly price: number;
      readonly quantity: number;
      readonly buyRemaining: number;
      readonly sellRemaining: number;
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
    case STOPPED:
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
    case CROSSED:
      return {
        kind,
        command,
        buy: id,
        sell: word(EVENT_TAKER),
        price,
        quantity,
        buyRemaining: word(EVENT_MAKER_REMAINING),
        sellRemaining: word(EVENT_TAKER_REMAINING),
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
