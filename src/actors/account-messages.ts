import type { AccountPolicy, Reservation } from '../domain/accounts/admission.ts';
import type { CancelCause, Order } from '../domain/orders/order.ts';
import type { OrderListRequest } from '../domain/orders/order-list.ts';
import type { OrderRequest } from '../domain/orders/order-request.ts';
import type { Refusal } from '../domain/rejection.ts';
import type { Requested } from '../domain/withdrawals/desk.ts';
import type { OrderFilter, ReservingCommand } from './market-messages.ts';

/**
 * To account/<id>. What actors say to each other is plain data that could cross a wire. Whoever waits for an answer is named by a
 * correlation id (`replyTo`, 0 when nobody waits), never by a callback.
 */

export interface PlaceOrder {
  readonly type: 'placeOrder';
  readonly request: OrderRequest;
  /** Last committed price as the gateway knew it; null when the market has none yet. */
  readonly referencePriceTicks: number | null;
  /** The open order whose place it takes: both happen or neither. */
  readonly replaces?: OrderName | undefined;
  readonly replyTo: number;
}

export interface PlaceOrderList {
  readonly type: 'placeOrderList';
  readonly request: OrderListRequest;
  readonly referencePriceTicks: number | null;
  readonly replyTo: number;
}

/** An order named by its number or by the client's own id. */
export type OrderName = { readonly orderNo: number } | { readonly clientOrderId: string };

export interface CancelOrder {
  readonly type: 'cancelOrder';
  readonly name: OrderName;
  readonly replyTo: number;
}

export interface AmendOrder {
  readonly type: 'amendOrder';
  readonly name: OrderName;
  /** New limit price, new total quantity and new stop price as decimals; what is left out stays. */
  readonly price?: string | undefined;
  readonly quantity?: string | undefined;
  readonly stopPrice?: string | undefined;
  /** Last committed prices of the markets that bound limit prices; which of them is the order's, the account knows. */
  readonly referencePricesTicks: Readonly<Record<number, number | null>>;
  readonly replyTo: number;
}

export interface CancelAllOrders {
  readonly type: 'cancelAllOrders';
  readonly marketId: number;
  readonly only: OrderFilter;
  readonly cause: CancelCause;
  readonly replyTo: number;
}

/** Sets what is given of the account's policy. */
export interface SetPolicy {
  readonly type: 'setPolicy';
  readonly policy: Partial<AccountPolicy>;
  readonly replyTo: number;
}

export interface Deposit {
  readonly type: 'deposit';
  readonly assetId: number;
  readonly amountMinor: bigint;
  /** Names the deposit within the account: a second one with the same reference is refused. */
  readonly reference: string;
  readonly replyTo: number;
}

export interface RequestWithdrawal {
  readonly type: 'requestWithdrawal';
  readonly requested: Requested;
  readonly replyTo: number;
}

export interface GetFees {
  readonly type: 'getFees';
  readonly replyTo: number;
}

/** Tells what may be spent, without waking. */
export interface InspectAccount {
  readonly type: 'inspect';
  readonly replyTo: number;
}

/** An invariant of the account is broken: it takes no commands until the exchange restarts. */
export interface FreezeAccount {
  readonly type: 'freeze';
}

/** From settlement, after a commit that touched the account. */
export interface AccountSettled {
  readonly type: 'settled';
  readonly batchNo: number;
  /** What may be spent again, per asset: never negative. */
  readonly released: readonly (readonly [assetId: number, amountMinor: bigint])[];
  /** The account's orders that the batch changed, as they are now. */
  readonly orders: readonly Order[];
  /** Numbers of the orders that were amended. */
  readonly amended: readonly number[];
  /** Quote traded in the batch, per quote asset and day since the epoch. */
  readonly volumes: readonly (readonly [quoteAssetId: number, day: number, volumeMinor: bigint])[];
  /** References of the account's deposits in the batch. */
  readonly deposits: readonly string[];
  /** null when the batch did not set it. */
  readonly policy: AccountPolicy | null;
}

/** From settlement: a market refused or lost a command. Nothing was changed, the reservation comes back. */
export interface HoldReturned {
  readonly type: 'holdReturned';
  readonly command: ReservingCommand['type'];
  /** The orders that never came to be, or the one that stays as it was. */
  readonly orderNos: readonly number[];
  readonly reserved: readonly Reservation[];
  readonly refusal: Refusal;
}

/** From settlement: the desk refused a withdrawal, or had it already. The reservation comes back. */
export interface ReservationReturned {
  readonly type: 'reservationReturned';
  readonly reserved: Reservation;
}

export type AccountMessage =
  | PlaceOrder
  | PlaceOrderList
  | SetPolicy
  | CancelOrder
  | AmendOrder
  | CancelAllOrders
  | Deposit
  | RequestWithdrawal
  | GetFees
  | InspectAccount
  | FreezeAccount
  | AccountSettled
  | HoldReturned
  | ReservationReturned;
