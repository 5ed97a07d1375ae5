import type { Market } from '../markets/market.ts';
import { CLOSURE_DETAILS, refusalForOrder } from '../markets/market-machine.ts';
import { hasLimitPrice, holdAssetId, holdFor } from '../orders/order.ts';
import { isTrailing } from '../orders/order-terms.ts';
import {
  checkNotional,
  checkPriceBand,
  MAX_ICEBERG_PARTS,
  parsePrice,
  parseQuantity,
  protectionPrice,
} from '../orders/order-values.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import type { AmendRequest, Reservation } from './admission.ts';
import type { Amend, WorkingOrder } from './working-orders.ts';

/**
 * Checks an amend and says what the order becomes, and what has to be reserved on top. How much of the order is filled by the
 * time the market gets to it isn't known here; the need is linear in that, so the greater of its two ends covers it.
 * @returns `order_not_open`, `order_in_list`, `order_amend_pending`, `invalid_order`, refusals of price and quantity, the
 * market's status, `quantity_below_filled`
 */
export function amendFor(
  market: Market,
  order: WorkingOrder,
  request: AmendRequest,
): Result<Amend & { readonly reserved: Reservation }> {
  if (order.type === 'market') return refuse('order_not_open', 'A market order can’t be amended.');
  if (order.list !== null) return refuse('order_in_list', 'An order of a list can’t be amended.');
  if (order.amend !== null) return refuse('order_amend_pending', 'Another amend of this order is under way.');
  const stop = stopFor(market, order, request);
  if (!stop.ok) return stop;
  const price = priceFor(market, order, request, stop.value);
  if (!price.ok) return price;
  const inBand =
    request.price !== undefined && order.type === 'limit'
      ? checkPriceBand(market, price.value, request.referencePriceTicks ?? null)
      : price;
  if (!inBand.ok) return inBand;
  const quantity =
    request.quantity === undefined ? accept(order.quantityLots) : parseQuantity(market, request.quantity);
  if (!quantity.ok) return quantity;
  if (order.displayLots > 0 && order.displayLots * MAX_ICEBERG_PARTS < quantity.value) {
    return refuse('invalid_order', 'The quantity would be more than a hundred times what is shown of it.');
  }
  const notional = checkNotional(market, price.value, quantity.value);
  if (!notional.ok) return notional;
  const closed = refusalForOrder(market.status, order);
  if (closed !== undefined) return refuse(closed, CLOSURE_DETAILS[closed]);
  if (quantity.value <= order.filledLots) {
    return refuse('quantity_below_filled', 'As much as that is filled already; cancel the order instead.');
  }
  const extra = (filled: number): bigint =>
    holdFor(market, order.side, price.value, quantity.value - filled) -
    holdFor(market, order.side, order.priceTicks, order.quantityLots - filled);
  const ends = [extra(order.filledLots), extra(Math.min(order.quantityLots, quantity.value)), 0n];
  return accept({
    priceTicks: price.value,
    quantityLots: quantity.value,
    ...(stop.value === undefined ? {} : { stopTicks: stop.value }),
    reserved: {
      assetId: holdAssetId(market, order.side),
      amountMinor: ends.reduce((most, end) => (end > most ? end : most)),
    },
  });
}

/** Whether an amend asks for less, and for nothing else: that is taken while an account is frozen. */
export function onlyLowers(order: WorkingOrder, amend: Amend): boolean {
  const { priceTicks, quantityLots, stopTicks } = amend;
  return stopTicks === undefined && priceTicks === order.priceTicks && quantityLots <= order.quantityLots;
}

function stopFor(market: Market, order: WorkingOrder, request: AmendRequest): Result<number | undefined> {
  if (request.stopPrice === undefined) return accept(undefined);
  if (order.trigger === null || !order.waits || isTrailing(order.trigger)) {
    return refuse(
      'invalid_order',
      'Only an order that waits for a stop price of its own can get another one.',
    );
  }
  return parsePrice(market, request.stopPrice);
}

function priceFor(
  market: Market,
  order: WorkingOrder,
  request: AmendRequest,
  stopTicks: number | undefined,
): Result<number> {
  if (hasLimitPrice(order.type)) {
    return request.price === undefined ? accept(order.priceTicks) : parsePrice(market, request.price);
  }
  if (request.price !== undefined) return refuse('invalid_order', 'An order of this type has no price.');
  return accept(stopTicks === undefined ? order.priceTicks : protectionPrice(market, order.side, stopTicks));
}
