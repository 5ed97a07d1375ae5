import type { Market } from '../markets/market.ts';
import { valueMinor } from '../markets/market.ts';
import type { OrderStatus } from './order-machine.ts';
import type { OrderTerms } from './order-terms.ts';

export type Side = 'buy' | 'sell';

/**
 * `stop`, `take_profit` and `trailing_stop` become a market order once the last price reaches their stop price,
 * `stop_limit` and `take_profit_limit` a limit order.
 */
export const ORDER_TYPES = Object.freeze([
  'limit',
  'market',
  'stop',
  'stop_limit',
  'take_profit',
  'take_profit_limit',
  'trailing_stop',
] as const);
export type OrderType = (typeof ORDER_TYPES)[number];

/** Good till canceled; immediate or cancel; fill or kill; good till date. */
export const TIMES_IN_FORCE = Object.freeze(['gtc', 'ioc', 'fok', 'gtd'] as const);
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/**
 * What happens where an order would trade with one of its own trade group; the order that comes in decides. `cancel_newest`
 * cancels what is left of it, `cancel_oldest` the one that rests, `cancel_both` both; `decrement_and_cancel` takes the smaller
 * quantity from both. `none` lets them trade.
 */
export const SELF_TRADE_PREVENTIONS = Object.freeze([
  'none',
  'cancel_newest',
  'cancel_oldest',
  'cancel_both',
  'decrement_and_cancel',
] as const);
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number];

/** Why an order ended. */
export const ORDER_REASONS = Object.freeze([
  'none',
  'filled',
  'canceled_by_client',
  'immediate_or_cancel',
  'fill_or_kill_not_fillable',
  'post_only_would_take',
  'insufficient_liquidity',
  'level_full',
  'self_trade',
  'minimum_not_fillable',
  'expired',
  'list_leg_executed',
  'list_canceled',
  'nothing_received',
  'replaced',
  'countdown',
  'disconnected',
  'market_closed',
  'market_halted',
  'canceled_by_operator',
  'too_many_trades',
] as const);
export type OrderReason = (typeof ORDER_REASONS)[number];

/** Why a client's orders are canceled: by his word, or by what he asked to happen without it. */
export type CancelCause = Extract<
  OrderReason,
  'canceled_by_client' | 'countdown' | 'disconnected' | 'canceled_by_operator'
>;

/** An order in the market's own units, complete: what the book needs and what has to be reserved. */
export interface OrderTicket {
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  /** Limit price; of an order without one the protection price. */
  readonly priceTicks: number;
  /** For a market buy by quote amount the most that the price and the market's limits allow. */
  readonly quantityLots: number;
  /** Ticks × lots that a market buy by quote amount may spend; 0 for every other order. */
  readonly quoteBudget: number;
}

/** Everything known of an order; plain data. */
export interface Order extends OrderTicket {
  readonly marketId: number;
  readonly accountId: number;
  /** Counts the account's orders from 1; with the account it names the order. */
  readonly orderNo: number;
  readonly clientOrderId: string | null;
  /** A digest of the request, to tell a repeated clientOrderId from a reused one. */
  readonly requestDigest: number;
  readonly selfTrade: SelfTradePrevention;
  /** Accounts that must not trade with each other are in one; as it was when the order was placed. */
  readonly tradeGroup: number;
  /** null for a plain limit or market order. */
  readonly terms: OrderTerms | null;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly filledLots: number;
  readonly filledQuoteMinor: bigint;
  /** Fees so far, in the asset received: base for a buy, quote for a sell. */
  readonly feeMinor: bigint;
  /** What is reserved for the rest: quote minor units for a buy, base minor units for a sell. */
  readonly holdMinor: bigint;
  readonly status: OrderStatus;
  readonly reason: OrderReason;
  /** Counts the places that the market gave out: the order's own in the queue, or of its arrival while it waits. */
  readonly priority: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

// A part of nothing but one or two dots would name another address to clients that put the id into a path.
const CLIENT_ORDER_ID = /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._:/-]{1,64}$/;

/** Whether an order can be named so by its client. */
export function isClientOrderId(text: string): boolean {
  return CLIENT_ORDER_ID.test(text);
}

/** Whether the order has a limit price of its own. */
export function hasLimitPrice(type: OrderType): boolean {
  return type === 'limit' || type === 'stop_limit' || type === 'take_profit_limit';
}

/** Whether what does not trade at once rests on the book. */
export function rests(timeInForce: TimeInForce): boolean {
  return timeInForce === 'gtc' || timeInForce === 'gtd';
}

/**
 * What must be reserved for an order with so much left: quote minor units for a buy, base minor units for a sell.
 * Fees are taken from what is received, so a hold never includes one.
 */
export function holdFor(market: Market, side: Side, priceTicks: number, lots: number): bigint {
  return side === 'buy' ? valueMinor(market, priceTicks, lots) : BigInt(lots) * market.lotMinor;
}

/** What a new order reserves. */
export function initialHold(market: Market, ticket: OrderTicket): bigint {
  if (ticket.quoteBudget > 0) return BigInt(ticket.quoteBudget) * market.tickLotMinor;
  return holdFor(market, ticket.side, ticket.priceTicks, ticket.quantityLots);
}

/** The asset an order's hold is in. */
export function holdAssetId(market: Market, side: Side): number {
  return side === 'buy' ? market.quote.id : market.base.id;
}
