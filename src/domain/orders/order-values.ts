import type { Market } from '../markets/market.ts';
import { formatDecimal, parseDecimal } from '../money.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import type { Side } from './order.ts';

/** Prices, quantities and amounts of orders: from decimals to a market's ticks and lots, within its limits. */

/** An order's price × quantity stays below 2^53. */
export const MAX_PRODUCT = BigInt(Number.MAX_SAFE_INTEGER);
/** Parts that an iceberg shows one after the other at most: each costs whoever takes it. */
export const MAX_ICEBERG_PARTS = 100;
const PPM = 1_000_000n;

/** The worst price a market order may trade at: the reference ± the band, within what an order's price can be. */
export function protectionPrice(market: Market, side: Side, referencePriceTicks: number): number {
  const band = (BigInt(referencePriceTicks) * BigInt(market.bandPpm)) / PPM;
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

/** `notional_too_small` or `notional_too_large`, also from 2^53 ticks × lots. */
export function checkNotional(market: Market, priceTicks: number, quantityLots: number): Result<bigint> {
  const product = BigInt(priceTicks) * BigInt(quantityLots);
  if (product > MAX_PRODUCT)
    return refuse('notional_too_large', 'The order is larger than the market can count.');
  return checkAmount(market, product * market.tickLotMinor);
}

/** `notional_too_small` or `notional_too_large` outside of the market's limits. */
export function checkAmount(market: Market, amountMinor: bigint): Result<bigint> {
  if (amountMinor < market.minNotionalMinor) {
    return refuse(
      'notional_too_small',
      `The order must be worth at least ${quoteText(market, market.minNotionalMinor)}.`,
    );
  }
  if (market.maxNotionalMinor > 0n && amountMinor > market.maxNotionalMinor) {
    return refuse(
      'notional_too_large',
      `The order may be worth at most ${quoteText(market, market.maxNotionalMinor)}.`,
    );
  }
  return accept(amountMinor);
}

/** `price_outside_band` when a limit price is further from the reference than the market allows. */
export function checkPriceBand(
  market: Market,
  priceTicks: number,
  referencePriceTicks: number | null,
): Result<number> {
  if (market.limitBandPpm === 0 || referencePriceTicks === null) return accept(priceTicks);
  const reference = BigInt(referencePriceTicks);
  const distance = BigInt(priceTicks) - reference;
  const most = (reference * BigInt(market.limitBandPpm)) / PPM;
  if (distance <= most && distance >= -most) return accept(priceTicks);
  return refuse('price_outside_band', 'The price is too far from the market’s last price.');
}

function quoteText(market: Market, minor: bigint): string {
  return `${formatDecimal(minor, market.quote.scale)} ${market.quote.symbol}`;
}
