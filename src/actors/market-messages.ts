import type { AdmittedOrder } from '../domain/accounts/admission.ts';
import type { MarketStatus } from '../domain/markets/market.ts';
import type { CancelCause, Side } from '../domain/orders/order.ts';

/** To market/<symbol>; the commands are what the message log holds, so their fields are only ever added to. */

/** Which of an account's orders; what is left out doesn't matter. */
export interface OrderFilter {
  readonly side?: Side | undefined;
  readonly tag?: string | undefined;
}

export interface SubmitOrder {
  readonly type: 'submitOrder';
  readonly order: AdmittedOrder;
}

/** Orders that belong together: all come in with one message. */
export interface SubmitList {
  readonly type: 'submitList';
  readonly orders: readonly AdmittedOrder[];
}

/** Puts an order in the place of another: both happen or neither. */
export interface ReplaceOrder {
  readonly type: 'replaceOrder';
  /** The order that goes. */
  readonly orderNo: number;
  readonly order: AdmittedOrder;
  /** Decimal integer: what was reserved, beside what the order that goes holds, in minor units of the hold asset. */
  readonly reservedMinor: string;
}

export interface CancelResting {
  readonly type: 'cancelResting';
  readonly accountId: number;
  readonly orderNo: number;
}

export interface CancelAllResting extends OrderFilter {
  readonly type: 'cancelAllResting';
  readonly accountId: number;
  /** Absent: by the client. */
  readonly cause?: CancelCause;
}

export interface AmendResting {
  readonly type: 'amendResting';
  readonly accountId: number;
  readonly orderNo: number;
  readonly side: Side;
  readonly priceTicks: number;
  /** The new total, what is filled included. */
  readonly quantityLots: number;
  /** Only of an order that waits for its stop price. */
  readonly stopTicks?: number;
  /** Decimal integer: what the account reserved on top of the order's hold, in minor units of its hold asset. */
  readonly extraHoldMinor: string;
}

/** The clock has reached the time at which orders expire. */
export interface ExpireOrders {
  readonly type: 'expireOrders';
}

export interface SetMarketStatus {
  readonly type: 'setMarketStatus';
  readonly status: MarketStatus;
  /** Only for an auction: how long it gathers orders before it opens the market by itself. Absent: until an operator does. */
  readonly auctionMs?: number;
}

/** The clock has reached the end of the auction. */
export interface EndAuction {
  readonly type: 'endAuction';
}

/** Lets some of the stops enter the market whose price was reached, and whose turn had not come in that message. */
export interface FireStops {
  readonly type: 'fireStops';
}

/** Cancels some of the orders that are left in a market that was closed. */
export interface SweepClosed {
  readonly type: 'sweepClosed';
}

/** Commands for which an account has reserved money. */
export type ReservingCommand = SubmitOrder | SubmitList | ReplaceOrder | AmendResting;

export type MarketCommand =
  | ReservingCommand
  | CancelResting
  | CancelAllResting
  | EndAuction
  | ExpireOrders
  | FireStops
  | SweepClosed
  | SetMarketStatus;

export interface MarketMessage {
  readonly type: 'command';
  readonly command: MarketCommand;
  readonly replyTo: number;
}

/** Tell of the open orders of these accounts. */
export interface InspectMarket {
  readonly type: 'inspect';
  readonly accountIds: readonly number[];
  readonly replyTo: number;
}

/** Look whether something is due. */
export interface MarketClock {
  readonly type: 'clock';
}
