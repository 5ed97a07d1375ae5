import type { Market } from '../markets/market.ts';
import { MAX_WORKING_ORDERS } from '../markets/market.ts';
import { CLOSURE_DETAILS, refusalForOrder } from '../markets/market-machine.ts';
import { holdFor, type OrderTicket, type SelfTradePrevention, type Side } from '../orders/order.ts';
import type { OrderTerms } from '../orders/order-terms.ts';
import type { SpecialTicket } from '../orders/ticket.ts';
import { accept, type Refusal, type Result, refuse } from '../rejection.ts';
import { isStop, type WorkingOrder, type WorkingOrders } from './working-orders.ts';

/** What an account decides, and how it says so to a market. */

/** An order for which funds are reserved, as it is logged. What is absent is the default, to keep the log small. */
export interface AdmittedOrder extends OrderTicket {
  readonly accountId: number;
  readonly orderNo: number;
  readonly clientOrderId: string | null;
  readonly requestDigest: number;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  /** Absent: none. */
  readonly selfTrade?: SelfTradePrevention;
  /** Absent: the account is a trade group by itself. */
  readonly tradeGroup?: number;
  /** Absent: a plain order. */
  readonly terms?: OrderTerms;
}

/** A repeated clientOrderId: the order that it names, and whether its first placement is committed. */
export interface RepeatedOrder {
  readonly orderNo: number;
  readonly settled: boolean;
}

/** Money that an account has set aside. */
export interface Reservation {
  readonly assetId: number;
  readonly amountMinor: bigint;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly order: AdmittedOrder; readonly reserved: Reservation }
  | { readonly kind: 'repeated'; readonly repeated: RepeatedOrder };

export type ListAdmission =
  | {
      readonly kind: 'admitted';
      /** The working order, if there is one, comes first. */
      readonly orders: readonly AdmittedOrder[];
      /** At most one for each asset. */
      readonly reserved: readonly Reservation[];
    }
  | { readonly kind: 'repeated'; readonly repeated: readonly RepeatedOrder[] };

export interface AmendRequest {
  readonly price?: string | undefined;
  /** The new total, what is filled included. */
  readonly quantity?: string | undefined;
  readonly stopPrice?: string | undefined;
  /** Last committed price, where the market bounds limit prices. */
  readonly referencePriceTicks?: number | null;
}

export interface AdmittedAmend {
  readonly marketId: number;
  readonly orderNo: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly stopTicks?: number;
  readonly reserved: Reservation;
}

/** What an operator or the owner has set for an account. */
export interface AccountPolicy {
  /** Accounts of one group don't trade with each other where an order asks for self-trade prevention. */
  readonly tradeGroup: number;
  /** For orders that don't say themselves. */
  readonly selfTrade: SelfTradePrevention;
  /** Nothing new is taken; what rests and waits goes on as it stands, and can be canceled. */
  readonly frozen: boolean;
}

/** Whether it is what applies where nobody has set anything. */
export function isDefaultPolicy(accountId: number, policy: AccountPolicy): boolean {
  const { tradeGroup, selfTrade, frozen } = policy;
  return tradeGroup === accountId && selfTrade === 'cancel_newest' && !frozen;
}

/** Why orders can't be taken now: the market's status, an expiry that is over, limits of open orders. */
export function refusalForTickets(
  market: Market,
  tickets: readonly SpecialTicket[],
  working: WorkingOrders,
  nowMs: number,
  replaces?: WorkingOrder,
): Refusal | undefined {
  // The place of an order that goes is free.
  let resting = replaces === undefined ? 0 : -1;
  let stops = replaces !== undefined && isStop(replaces) ? -1 : 0;
  for (const ticket of tickets) {
    const waits = ticket.terms?.trigger !== undefined;
    const closed = refusalForOrder(market.status, { ...ticket, waits });
    if (closed !== undefined) return refuse(closed, CLOSURE_DETAILS[closed]).refusal;
    const { expiresAtMs, trigger } = ticket.terms ?? {};
    if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
      return refuse('order_expired', 'expiresAt is over already.').refusal;
    }
    if (trigger !== undefined) stops += 1;
    if (trigger !== undefined || ticket.timeInForce === 'gtc' || ticket.timeInForce === 'gtd') resting += 1;
  }
  if (resting <= 0 && stops <= 0) return undefined;
  const open = working.countIn(market.id);
  if (resting > 0 && working.size + resting > MAX_WORKING_ORDERS)
    return refuse('too_many_open_orders', `An account may have ${MAX_WORKING_ORDERS} open orders.`).refusal;
  if (resting > 0 && open.orders + resting > market.maxOpenOrders)
    return refuse(
      'too_many_open_orders',
      `An account may have ${market.maxOpenOrders} open orders in this market.`,
    ).refusal;
  if (stops > 0 && open.stops + stops > market.maxOpenStops)
    return refuse(
      'too_many_open_stops',
      `An account may have ${market.maxOpenStops} stop orders in this market.`,
    ).refusal;
  return undefined;
}

/**
 * What an order holds, as far as is known, that is to be replaced.
 * @returns `order_in_list`, `invalid_order`
 */
export function freedBy(market: Market, order: WorkingOrder, ticket: SpecialTicket): Result<bigint> {
  if (order.list !== null) return refuse('order_in_list', 'An order of a list can’t be replaced.');
  if (order.marketId !== market.id || order.side !== ticket.side || order.type === 'market')
    return refuse('invalid_order', 'An order is replaced by one of the same market and side.');
  return accept(holdFor(market, order.side, order.priceTicks, order.quantityLots - order.filledLots));
}
