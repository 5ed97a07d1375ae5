import type { Market } from './market.ts';
import { valueMinor } from './market.ts';
import { formatDecimal, parseDecimal } from './money.ts';
import type { OrderStatus } from './order-machine.ts';
import { accept, type Result, refuse } from './rejection.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'limit' | 'market';
/** Good till canceled; immediate or cancel; fill or kill. */
export type TimeInForce = 'gtc' | 'ioc' | 'fok';

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
] as const);
export type OrderReason = (typeof ORDER_REASONS)[number];

/** An order as a client asks for it: decimals as strings in human units. */
export interface OrderRequest {
  readonly market: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce?: TimeInForce | undefined;
  readonly postOnly?: boolean | undefined;
  readonly price?: string | undefined;
  readonly quantity?: string | undefined;
  /** Market buy only: how much of the quote asset to spend. */
  readonly quoteAmount?: string | undefined;
  readonly clientOrderId?: string | undefined;
}

/** An order in the market's own units, complete: what the book needs and what has to be reserved. */
export interface OrderTicket {
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  /** Limit price; for a market order the protection price. */
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
  /** The market's message number with which the order last took its place in the queue. */
  readonly priority: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/**
 * How many orders an account may have resting or on their way. One message can cancel all of them, and what one
 * message does is written by one transaction.
 */
export const MAX_WORKING_ORDERS = 10_000;

const MAX_PRODUCT = BigInt(Number.MAX_SAFE_INTEGER);
// A part of nothing but one or two dots would name another address to clients that put the id into a path.
const CLIENT_ORDER_ID = /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._:/-]{1,64}$/;

/** Whether an order can be named so by its client. */
export function isClientOrderId(text: string): boolean {
  return CLIENT_ORDER_ID.test(text);
}

/**
 * Checks a request against its market and turns it into ticks and lots.
 * @param referencePriceTicks last committed trade price, or the best opposite price; null when there is neither
 * @returns the first of these that applies: `invalid_order`, `invalid_client_order_id`, `too_many_decimals`,
 * `tick_size`, `invalid_price`, `lot_size`, `invalid_quantity`, `quantity_too_small`, `quantity_too_large`,
 * `notional_too_small`, `notional_too_large`, `no_reference_price`
 */
export function ticketFor(
  market: Market,
  request: OrderRequest,
  referencePriceTicks: number | null,
): Result<OrderTicket> {
  const shape = checkShape(request);
  if (shape !== undefined) return refuse('invalid_order', shape);
  if (request.clientOrderId !== undefined && !isClientOrderId(request.clientOrderId)) {
    return refuse(
      'invalid_client_order_id',
      'clientOrderId must be 1 to 64 of A-Z, a-z, 0-9 and . _ : / -, with no part of only dots',
    );
  }
  return request.type === 'limit'
    ? limitTicket(market, request)
    : marketTicket(market, request, referencePriceTicks);
}

function checkShape(request: OrderRequest): string | undefined {
  if (request.type === 'limit') {
    if (request.price === undefined || request.quantity === undefined)
      return 'A limit order needs price and quantity.';
    if (request.quoteAmount !== undefined) return 'Only a market buy can be given a quoteAmount.';
    if (request.postOnly === true && request.timeInForce !== undefined && request.timeInForce !== 'gtc') {
      return 'A post-only order rests: its time in force must be gtc.';
    }
    return undefined;
  }
  if (request.price !== undefined) return 'A market order has no price.';
  if (request.postOnly === true) return 'A market order can’t be post-only.';
  if (request.timeInForce === 'gtc') return 'A market order is ioc or fok.';
  if ((request.quantity === undefined) === (request.quoteAmount === undefined)) {
    return 'A market order needs either quantity or quoteAmount.';
  }
  if (request.quoteAmount !== undefined && request.side === 'sell')
    return 'Only a market buy can be given a quoteAmount.';
  if (request.quoteAmount !== undefined && request.timeInForce === 'fok')
    return 'An order by quoteAmount is ioc.';
  return undefined;
}

function limitTicket(market: Market, request: OrderRequest): Result<OrderTicket> {
  const price = parsePrice(market, request.price!);
  if (!price.ok) return price;
  const quantity = parseQuantity(market, request.quantity!);
  if (!quantity.ok) return quantity;
  const notional = checkNotional(market, price.value, quantity.value);
  if (!notional.ok) return notional;
  return accept({
    side: request.side,
    type: 'limit',
    timeInForce: request.timeInForce ?? 'gtc',
    postOnly: request.postOnly ?? false,
    priceTicks: price.value,
    quantityLots: quantity.value,
    quoteBudget: 0,
  });
}

function marketTicket(market: Market, request: OrderRequest, reference: number | null): Result<OrderTicket> {
  if (reference === null) {
    return refuse('no_reference_price', 'The market has no price yet: use a limit order.');
  }
  const base = {
    side: request.side,
    type: 'market' as const,
    timeInForce: request.timeInForce ?? ('ioc' as const),
    postOnly: false,
    priceTicks: protectionPrice(market, request.side, reference),
  };
  if (request.quoteAmount !== undefined) {
    const amount = parseDecimal(request.quoteAmount, market.quote.scale);
    if (!amount.ok) return amount;
    const budget = amount.value / market.tickLotMinor;
    if (amount.value < market.minNotionalMinor || budget === 0n) {
      return refuse('notional_too_small', `The order must be worth at least ${notionalText(market)}.`);
    }
    if (budget > MAX_PRODUCT)
      return refuse('notional_too_large', 'The order is larger than the market can count.');
    const most = Math.min(market.maxQuantityLots, Math.floor(Number.MAX_SAFE_INTEGER / base.priceTicks));
    return accept({ ...base, quantityLots: most, quoteBudget: Number(budget) });
  }
  const quantity = parseQuantity(market, request.quantity!);
  if (!quantity.ok) return quantity;
  if (BigInt(base.priceTicks) * BigInt(quantity.value) > MAX_PRODUCT) {
    return refuse('notional_too_large', 'The order is larger than the market can count.');
  }
  return accept({ ...base, quantityLots: quantity.value, quoteBudget: 0 });
}

/** The worst price a market order may trade at: the reference ± the band, within what an order's price can be. */
export function protectionPrice(market: Market, side: Side, referencePriceTicks: number): number {
  const band = (BigInt(referencePriceTicks) * BigInt(market.bandPpm)) / 1_000_000n;
  const price = side === 'buy' ? BigInt(referencePriceTicks) + band : BigInt(referencePriceTicks) - band;
  if (price < 1n) return 1;
  return price > MAX_PRODUCT ? Number.MAX_SAFE_INTEGER : Number(price);
}

/** Decimal price to ticks: `tick_size` when it isn't a whole number of them, `invalid_price` when zero or too large. */
export function parsePrice(market: Market, text: string): Result<number> {
  const units = parseDecimal(text, market.priceScale);
  if (!units.ok) return units;
  if (units.value % market.tickUnits !== 0n) {
    return refuse(
      'tick_size',
      `The price must be a multiple of ${formatDecimal(market.tickUnits, market.priceScale)}.`,
    );
  }
  const ticks = units.value / market.tickUnits;
  if (ticks < 1n || ticks > MAX_PRODUCT)
    return refuse('invalid_price', 'The price must be at least one tick.');
  return accept(Number(ticks));
}

/** Decimal quantity to lots, within the market's limits. */
export function parseQuantity(market: Market, text: string): Result<number> {
  const minor = parseDecimal(text, market.base.scale);
  if (!minor.ok) return minor;
  if (minor.value % market.lotMinor !== 0n) {
    return refuse(
      'lot_size',
      `The quantity must be a multiple of ${formatDecimal(market.lotMinor, market.base.scale)}.`,
    );
  }
  const lots = minor.value / market.lotMinor;
  if (lots === 0n) return refuse('invalid_quantity', 'The quantity must be above zero.');
  if (lots < BigInt(market.minQuantityLots))
    return refuse('quantity_too_small', 'The quantity is below the market’s minimum.');
  if (lots > BigInt(market.maxQuantityLots))
    return refuse('quantity_too_large', 'The quantity is above the market’s maximum.');
  return accept(Number(lots));
}

/** `notional_too_small` below the market's minimum, `notional_too_large` from 2^53 ticks × lots. */
export function checkNotional(market: Market, priceTicks: number, quantityLots: number): Result<bigint> {
  const product = BigInt(priceTicks) * BigInt(quantityLots);
  if (product > MAX_PRODUCT)
    return refuse('notional_too_large', 'The order is larger than the market can count.');
  const value = product * market.tickLotMinor;
  if (value < market.minNotionalMinor) {
    return refuse('notional_too_small', `The order must be worth at least ${notionalText(market)}.`);
  }
  return accept(value);
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

function notionalText(market: Market): string {
  return `${formatDecimal(market.minNotionalMinor, market.quote.scale)} ${market.quote.symbol}`;
}
