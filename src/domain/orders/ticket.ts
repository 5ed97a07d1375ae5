import { formatQuantity, type Market } from '../markets/market.ts';
import { parseDecimal } from '../money.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import { hasLimitPrice, type OrderTicket, type SelfTradePrevention } from './order.ts';
import { checkRequest, type OrderRequest } from './order-request.ts';
import { type OrderTerms, type Trigger, trailedStop } from './order-terms.ts';
import {
  checkAmount,
  checkNotional,
  checkPriceBand,
  MAX_ICEBERG_PARTS,
  MAX_PRODUCT,
  parsePrice,
  parseQuantity,
  protectionPrice,
} from './order-values.ts';

/** A ticket with what was asked for beyond it. */
export interface SpecialTicket extends OrderTicket {
  /** Absent: the account's default. */
  readonly selfTrade?: SelfTradePrevention;
  readonly terms?: OrderTerms;
}

const PERCENT_DECIMALS = 4;
/** Far enough away that any order is forgotten by then. */
const MAX_EXPIRY_MS = 4_102_444_800_000;

/**
 * Checks a request against its market and turns it into ticks and lots.
 * @param referencePriceTicks last committed trade price, or the best opposite price; null when there is neither
 * @returns the first of these that applies: `invalid_order`, `invalid_client_order_id`, `too_many_decimals`,
 * `tick_size`, `invalid_price`, `price_outside_band`, `lot_size`, `invalid_quantity`, `quantity_too_small`,
 * `quantity_too_large`, `notional_too_small`, `notional_too_large`, `no_reference_price`
 */
export function ticketFor(
  market: Market,
  request: OrderRequest,
  referencePriceTicks: number | null,
): Result<SpecialTicket> {
  const wrong = checkRequest(request);
  if (wrong !== undefined) return { ok: false, refusal: wrong };
  const trigger = triggerOf(market, request, referencePriceTicks);
  if (!trigger.ok) return trigger;
  const ticket = hasLimitPrice(request.type)
    ? limitTicket(market, request, referencePriceTicks)
    : marketTicket(market, request, trigger.value?.stopTicks ?? referencePriceTicks);
  if (!ticket.ok) return ticket;
  const terms = termsOf(market, request, trigger.value, ticket.value.quantityLots);
  if (!terms.ok) return terms;
  return accept({
    ...ticket.value,
    ...(request.selfTradePrevention === undefined ? {} : { selfTrade: request.selfTradePrevention }),
    ...(terms.value === undefined ? {} : { terms: terms.value }),
  });
}

function limitTicket(market: Market, request: OrderRequest, reference: number | null): Result<OrderTicket> {
  const price = parsePrice(market, request.price!);
  if (!price.ok) return price;
  // What waits for its stop price may be far away from where the market is.
  const inBand = request.type === 'limit' ? checkPriceBand(market, price.value, reference) : price;
  if (!inBand.ok) return inBand;
  const quantity = parseQuantity(market, request.quantity!);
  if (!quantity.ok) return quantity;
  const notional = checkNotional(market, price.value, quantity.value);
  if (!notional.ok) return notional;
  return accept({
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce ?? 'gtc',
    postOnly: request.postOnly ?? false,
    priceTicks: price.value,
    quantityLots: quantity.value,
    quoteBudget: 0,
  });
}

/** @param reference the price around which it may trade: the last one, or the stop price at which it will begin */
function marketTicket(market: Market, request: OrderRequest, reference: number | null): Result<OrderTicket> {
  if (reference === null)
    return refuse('no_reference_price', 'The market has no price yet: use a limit order.');
  const base = {
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce ?? ('ioc' as const),
    postOnly: false,
    priceTicks: protectionPrice(market, request.side, reference),
  };
  if (request.quoteAmount !== undefined) {
    const amount = parseDecimal(request.quoteAmount, market.quote.scale);
    if (!amount.ok) return amount;
    const checked = checkAmount(market, amount.value);
    if (!checked.ok) return checked;
    const budget = amount.value / market.tickLotMinor;
    if (budget === 0n) return refuse('notional_too_small', 'The amount buys nothing.');
    if (budget > MAX_PRODUCT)
      return refuse('notional_too_large', 'The order is larger than the market can count.');
    const most = Math.min(market.maxQuantityLots, Math.floor(Number.MAX_SAFE_INTEGER / base.priceTicks));
    return accept({ ...base, quantityLots: most, quoteBudget: Number(budget) });
  }
  const quantity = parseQuantity(market, request.quantity!);
  if (!quantity.ok) return quantity;
  const product = BigInt(base.priceTicks) * BigInt(quantity.value);
  if (
    product > MAX_PRODUCT ||
    (market.maxNotionalMinor > 0n && product * market.tickLotMinor > market.maxNotionalMinor)
  ) {
    return refuse('notional_too_large', 'The order is larger than the market takes.');
  }
  return accept({ ...base, quantityLots: quantity.value, quoteBudget: 0 });
}

function triggerOf(
  market: Market,
  request: OrderRequest,
  reference: number | null,
): Result<Trigger | undefined> {
  if (request.type === 'limit' || request.type === 'market') return accept(undefined);
  const takesProfit = request.type === 'take_profit' || request.type === 'take_profit_limit';
  // A stop follows the market where it goes against its owner, a take-profit waits where it goes for him.
  const fires = (request.side === 'buy') === takesProfit ? 'below' : 'above';
  if (request.type !== 'trailing_stop') {
    const stop = parsePrice(market, request.stopPrice!);
    return stop.ok ? accept({ stopTicks: stop.value, fires }) : stop;
  }
  const trail = trailOf(market, request);
  if (!trail.ok) return trail;
  if (reference === null)
    return refuse('no_reference_price', 'The market has no price yet that a stop could follow.');
  const trigger = { stopTicks: reference, fires, ...trail.value } as const;
  return accept({ ...trigger, stopTicks: trailedStop(trigger, reference) });
}

function trailOf(market: Market, request: OrderRequest): Result<Pick<Trigger, 'trailTicks' | 'trailPpm'>> {
  if (request.trailingOffset !== undefined) {
    const offset = parsePrice(market, request.trailingOffset);
    return offset.ok ? accept({ trailTicks: offset.value }) : offset;
  }
  const percent = parseDecimal(request.trailingPercent!, PERCENT_DECIMALS);
  if (!percent.ok) return percent;
  const trailPpm = Number(percent.value);
  if (trailPpm < 1 || trailPpm > 990_000)
    return refuse('invalid_order', 'trailingPercent must be 0.0001 to 99.');
  return accept({ trailPpm });
}

function termsOf(
  market: Market,
  request: OrderRequest,
  trigger: Trigger | undefined,
  quantityLots: number,
): Result<OrderTerms | undefined> {
  const display = partOf(market, request.displayQuantity, quantityLots, 'displayQuantity');
  if (!display.ok) return display;
  if (display.value !== undefined && display.value * MAX_ICEBERG_PARTS < quantityLots) {
    const least = formatQuantity(market, Math.ceil(quantityLots / MAX_ICEBERG_PARTS));
    return refuse('invalid_order', `displayQuantity must be at least a hundredth of the quantity: ${least}.`);
  }
  const minimum = partOf(market, request.minQuantity, quantityLots, 'minQuantity');
  if (!minimum.ok) return minimum;
  const expiresAtMs = request.expiresAt === undefined ? undefined : Date.parse(request.expiresAt);
  if (expiresAtMs !== undefined && (expiresAtMs < 1 || expiresAtMs > MAX_EXPIRY_MS)) {
    return refuse('invalid_order', 'expiresAt must be a time before the year 2100.');
  }
  const terms: OrderTerms = {
    ...(request.tag === undefined ? {} : { tag: request.tag }),
    ...(request.reprice === true ? { reprice: true as const } : {}),
    ...(minimum.value === undefined ? {} : { minimumLots: minimum.value }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(display.value === undefined || display.value === quantityLots
      ? {}
      : { iceberg: { displayLots: display.value, shownLots: 0 } }),
    ...(trigger === undefined ? {} : { trigger }),
  };
  return accept(Object.keys(terms).length === 0 ? undefined : terms);
}

/** A part of the quantity, in lots. */
function partOf(
  market: Market,
  text: string | undefined,
  quantityLots: number,
  field: string,
): Result<number | undefined> {
  if (text === undefined) return accept(undefined);
  const lots = parseQuantity(market, text);
  if (!lots.ok) return lots;
  if (lots.value > quantityLots) return refuse('invalid_order', `${field} is above the quantity.`);
  return accept(lots.value);
}
