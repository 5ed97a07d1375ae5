import { type Refusal, refuse } from '../rejection.ts';
import {
  hasLimitPrice,
  isClientOrderId,
  type OrderType,
  rests,
  type SelfTradePrevention,
  type Side,
  type TimeInForce,
} from './order.ts';

/** An order as a client asks for it: decimals as strings in human units. */
export interface OrderRequest {
  readonly market: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce?: TimeInForce | undefined;
  readonly postOnly?: boolean | undefined;
  /** With postOnly: rest one tick away from the best opposite price instead of being refused. */
  readonly reprice?: boolean | undefined;
  readonly price?: string | undefined;
  readonly quantity?: string | undefined;
  /** Market buy only: how much of the quote asset to spend. */
  readonly quoteAmount?: string | undefined;
  readonly stopPrice?: string | undefined;
  /** Trailing stop only: distance to the last price, in the quote asset or in per cent of it. */
  readonly trailingOffset?: string | undefined;
  readonly trailingPercent?: string | undefined;
  /** How much of it others see at a time. */
  readonly displayQuantity?: string | undefined;
  /** Immediate or cancel only: at least so much at once, or nothing. */
  readonly minQuantity?: string | undefined;
  /** Good till date only; ISO 8601. */
  readonly expiresAt?: string | undefined;
  readonly selfTradePrevention?: SelfTradePrevention | undefined;
  readonly tag?: string | undefined;
  readonly clientOrderId?: string | undefined;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/;
const TAG = /^[A-Za-z0-9._:/-]{1,32}$/;

/** What of an order doesn't fit together: `invalid_order` or `invalid_client_order_id`; undefined when all does. */
export function checkRequest(request: OrderRequest): Refusal | undefined {
  const shape = hasLimitPrice(request.type) ? checkLimit(request) : checkMarket(request);
  const wrong = shape ?? checkTrigger(request) ?? checkTerms(request);
  if (wrong !== undefined) return refuse('invalid_order', wrong).refusal;
  if (request.clientOrderId !== undefined && !isClientOrderId(request.clientOrderId)) {
    return refuse(
      'invalid_client_order_id',
      'clientOrderId must be 1 to 64 of A-Z, a-z, 0-9 and . _ : / -, with no part of only dots',
    ).refusal;
  }
  return undefined;
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

function checkLimit(request: OrderRequest): string | undefined {
  if (request.price === undefined || request.quantity === undefined)
    return 'A limit order needs price and quantity.';
  if (request.quoteAmount !== undefined) return 'Only a market buy can be given a quoteAmount.';
  if (request.postOnly === true && !rests(request.timeInForce ?? 'gtc')) {
    return 'A post-only order rests: its time in force must be gtc or gtd.';
  }
  return undefined;
}

function checkMarket(request: OrderRequest): string | undefined {
  if (request.price !== undefined) return 'A market order has no price.';
  if (request.postOnly === true) return 'A market order can’t be post-only.';
  if (rests(request.timeInForce ?? 'ioc')) return 'A market order is ioc or fok.';
  if ((request.quantity === undefined) === (request.quoteAmount === undefined)) {
    return 'A market order needs either quantity or quoteAmount.';
  }
  if (request.quoteAmount === undefined) return undefined;
  if (request.side === 'sell' || request.type !== 'market')
    return 'Only a market buy can be given a quoteAmount.';
  if (request.timeInForce === 'fok') return 'An order by quoteAmount is ioc.';
  if (request.minQuantity !== undefined) return 'An order by quoteAmount has no minQuantity.';
  return undefined;
}

function checkTrigger({
  type,
  stopPrice,
  trailingOffset,
  trailingPercent,
}: OrderRequest): string | undefined {
  const trails = trailingOffset !== undefined || trailingPercent !== undefined;
  if (type === 'trailing_stop') {
    if (stopPrice !== undefined) return 'A trailing stop follows the last price: it has no stopPrice.';
    return (trailingOffset === undefined) === (trailingPercent === undefined)
      ? 'A trailing stop needs either trailingOffset or trailingPercent.'
      : undefined;
  }
  if (trails) return 'Only a trailing stop has a trailingOffset or trailingPercent.';
  const waits = type !== 'limit' && type !== 'market';
  if (waits !== (stopPrice !== undefined)) {
    return waits ? 'An order of this type needs a stopPrice.' : 'An order of this type has no stopPrice.';
  }
  return undefined;
}

function checkTerms(request: OrderRequest): string | undefined {
  const timeInForce = request.timeInForce ?? (hasLimitPrice(request.type) ? 'gtc' : 'ioc');
  if (request.reprice === true && request.postOnly !== true) return 'Only a post-only order can be repriced.';
  if ((timeInForce === 'gtd') !== (request.expiresAt !== undefined)) {
    return 'An order that is good till date needs expiresAt, and only it has one.';
  }
  if (request.expiresAt !== undefined && !isTime(request.expiresAt)) {
    return 'expiresAt must be a time in ISO 8601 with its offset, such as 2026-01-31T12:00:00Z.';
  }
  if (request.displayQuantity !== undefined && !rests(timeInForce)) {
    return 'Only an order that rests can show a part of itself.';
  }
  if (request.minQuantity !== undefined && timeInForce !== 'ioc')
    return 'Only an ioc order has a minQuantity.';
  if (request.tag !== undefined && !TAG.test(request.tag)) {
    return 'tag must be 1 to 32 of A-Z, a-z, 0-9 and . _ : / -';
  }
  return undefined;
}
