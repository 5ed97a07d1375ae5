import type { Asset } from '../asset.ts';
import { formatDecimal, parseDecimal } from '../money.ts';
import { accept, type Result, refuse } from '../rejection.ts';

/**
 * `open` takes everything; `post_only` only orders that rest; `auction` gathers orders that rest or wait and trades them at
 * one price when it ends; `pending`, `cancel_only` and `halted` take only cancels; `closed` is the end.
 */
export const MARKET_STATUSES = Object.freeze([
  'open',
  'post_only',
  'cancel_only',
  'halted',
  'pending',
  'auction',
  'closed',
] as const);
export type MarketStatus = (typeof MARKET_STATUSES)[number];

/** What an account pays once its 30-day volume in the quote asset reaches minVolumeMinor. */
export interface FeeTier {
  readonly minVolumeMinor: bigint;
  /** Millionths of what is received. */
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

/** A price that would move further than this within a window of time halts trading, and an auction finds the price anew. */
export interface PriceBreaker {
  /** Millionths of the price before. */
  readonly bandPpm: number;
  readonly windowMs: number;
  readonly auctionMs: number;
}

/**
 * A market as it was set up. Price is counted in ticks and quantity in lots, both plain integers below 2^53.
 * The value of one lot at one tick is a whole number of quote minor units, so that every trade is exact.
 */
export interface Market {
  readonly id: number;
  /** For example `BTC-USDT`. */
  readonly symbol: string;
  readonly base: Asset;
  readonly quote: Asset;
  /** The tick is tickUnits / 10^priceScale of the quote asset for one whole base unit. */
  readonly tickUnits: bigint;
  readonly priceScale: number;
  /** Minor units of the base asset in one lot. */
  readonly lotMinor: bigint;
  /** Quote minor units that one lot costs at a price of one tick. */
  readonly tickLotMinor: bigint;
  readonly minQuantityLots: number;
  readonly maxQuantityLots: number;
  readonly minNotionalMinor: bigint;
  /** 0 when there is no maximum. */
  readonly maxNotionalMinor: bigint;
  /** How far from the reference price a market order may trade, in millionths of it. */
  readonly bandPpm: number;
  /** How far from the reference price the price of a limit order may be, in millionths of it; 0: anywhere. */
  readonly limitBandPpm: number;
  /** Orders that an account may have open in the market, those that wait for a stop price included. */
  readonly maxOpenOrders: number;
  /** Orders that an account may have waiting for a stop price in the market. */
  readonly maxOpenStops: number;
  readonly breaker: PriceBreaker | null;
  readonly feeTiers: readonly FeeTier[];
  readonly status: MarketStatus;
}

/** What an operator writes to set up a market: decimals as strings, in human units. */
export interface MarketSpec {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly minNotional: string;
  readonly maxNotional?: string | undefined;
  readonly bandPpm: number;
  readonly limitBandPpm?: number | undefined;
  readonly maxOpenOrders?: number | undefined;
  readonly maxOpenStops?: number | undefined;
  readonly breaker?: PriceBreakerSpec | undefined;
  /** What it begins as; `open` when left out. */
  readonly status?: FirstStatus | undefined;
  readonly feeTiers: readonly FeeTierSpec[];
}

export interface PriceBreakerSpec {
  readonly bandPpm: number;
  readonly windowSeconds: number;
  readonly auctionSeconds: number;
}

export const FIRST_STATUSES = Object.freeze(['open', 'pending', 'auction'] as const);
export type FirstStatus = (typeof FIRST_STATUSES)[number];

export interface FeeTierSpec {
  readonly minVolume: string;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

/**
 * How many orders an account may have resting or on their way. One message can cancel all of them, and what one
 * message does is written by one transaction.
 */
export const MAX_WORKING_ORDERS = 10_000;

const MAX_PRICE_SCALE = 36;
const MAX_FEE_PPM = 500_000;
/** Beyond the double of a price there is no meaning in a band. */
const MAX_BAND_PPM = 1_000_000;
const DEFAULT_OPEN_STOPS = 500;
/** Far above any price, and within the database's bigint. */
const MAX_TICK_UNITS = 10n ** 18n;

/**
 * Turns a specification into a market, or says why it can't be one.
 * @param id the number the market will have
 * @returns `invalid_market` or `invalid_fees`
 */
export function defineMarket(id: number, spec: MarketSpec, base: Asset, quote: Asset): Result<Market> {
  if (spec.symbol !== `${base.symbol}-${quote.symbol}`) {
    return refuse('invalid_market', `The symbol must be ${base.symbol}-${quote.symbol}.`);
  }
  if (base.id === quote.id) return refuse('invalid_market', 'Base and quote must be two assets.');
  const priceScale = decimalsOf(spec.tickSize);
  const tick = parseDecimal(spec.tickSize, Math.min(priceScale, MAX_PRICE_SCALE));
  const lot = parseDecimal(spec.lotSize, base.scale);
  if (!tick.ok || tick.value === 0n)
    return refuse('invalid_market', 'The tick size must be a decimal above zero.');
  if (tick.value > MAX_TICK_UNITS) return refuse('invalid_market', 'The tick size is too large.');
  if (!lot.ok || lot.value === 0n) {
    return refuse('invalid_market', `The lot size must be above zero with at most ${base.scale} decimals.`);
  }
  const scaled = tick.value * lot.value * 10n ** BigInt(quote.scale);
  const divisor = 10n ** BigInt(priceScale + base.scale);
  if (scaled % divisor !== 0n) {
    return refuse(
      'invalid_market',
      'Tick size × lot size must be a whole number of the quote asset’s minor units.',
    );
  }
  const minQuantity = wholeLots(spec.minQuantity, base, lot.value);
  const maxQuantity = wholeLots(spec.maxQuantity, base, lot.value);
  if (
    minQuantity === undefined ||
    maxQuantity === undefined ||
    minQuantity < 1 ||
    maxQuantity < minQuantity
  ) {
    return refuse(
      'invalid_market',
      'The quantity limits must be whole lots, the minimum above zero and not above the maximum.',
    );
  }
  const minNotional = parseDecimal(spec.minNotional, quote.scale);
  if (!minNotional.ok)
    return refuse('invalid_market', 'The minimum notional must be a decimal of the quote asset.');
  if (!Number.isInteger(spec.bandPpm) || spec.bandPpm < 1 || spec.bandPpm > 1_000_000) {
    return refuse('invalid_market', 'The band must be 1 to 1,000,000 millionths.');
  }
  const limits = defineLimits(spec, minNotional.value, quote);
  if (!limits.ok) return limits;
  const feeTiers = defineFeeTiers(spec.feeTiers, quote);
  if (!feeTiers.ok) return feeTiers;
  return accept({
    id,
    symbol: spec.symbol,
    base,
    quote,
    tickUnits: tick.value,
    priceScale,
    lotMinor: lot.value,
    tickLotMinor: scaled / divisor,
    minQuantityLots: minQuantity,
    maxQuantityLots: maxQuantity,
    minNotionalMinor: minNotional.value,
    bandPpm: spec.bandPpm,
    ...limits.value,
    feeTiers: feeTiers.value,
    status: spec.status ?? 'open',
  });
}

/** What a market may leave out of its specification. */
function defineLimits(
  spec: MarketSpec,
  minNotionalMinor: bigint,
  quote: Asset,
): Result<Pick<Market, 'maxNotionalMinor' | 'limitBandPpm' | 'maxOpenOrders' | 'maxOpenStops' | 'breaker'>> {
  const maxNotional = parseDecimal(spec.maxNotional ?? '0', quote.scale);
  if (!maxNotional.ok || (maxNotional.value > 0n && maxNotional.value < minNotionalMinor)) {
    return refuse('invalid_market', 'The maximum notional must be a decimal not below the minimum.');
  }
  const limitBandPpm = spec.limitBandPpm ?? 0;
  if (!Number.isInteger(limitBandPpm) || limitBandPpm < 0 || limitBandPpm > MAX_BAND_PPM) {
    return refuse('invalid_market', 'The band of limit prices must be 0 to 1,000,000 millionths.');
  }
  const maxOpenOrders = spec.maxOpenOrders ?? MAX_WORKING_ORDERS;
  const maxOpenStops = spec.maxOpenStops ?? DEFAULT_OPEN_STOPS;
  for (const most of [maxOpenOrders, maxOpenStops]) {
    if (!Number.isInteger(most) || most < 1 || most > MAX_WORKING_ORDERS) {
      return refuse('invalid_market', `Open orders and stops must be limited to 1 to ${MAX_WORKING_ORDERS}.`);
    }
  }
  const breaker = defineBreaker(spec.breaker);
  if (!breaker.ok) return breaker;
  return accept({
    maxNotionalMinor: maxNotional.value,
    limitBandPpm,
    maxOpenOrders,
    maxOpenStops,
    breaker: breaker.value,
  });
}

function defineBreaker(spec: PriceBreakerSpec | undefined): Result<PriceBreaker | null> {
  if (spec === undefined) return accept(null);
  const { bandPpm, windowSeconds, auctionSeconds } = spec;
  const isWhole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  if (!isWhole(bandPpm, MAX_BAND_PPM)) {
    return refuse('invalid_market', 'The circuit breaker’s band must be 1 to 1,000,000 millionths.');
  }
  if (!isWhole(windowSeconds, 3_600) || !isWhole(auctionSeconds, 86_400)) {
    return refuse(
      'invalid_market',
      'The circuit breaker’s window must be 1 to 3,600 s, its auction 1 to 86,400 s.',
    );
  }
  return accept({ bandPpm, windowMs: windowSeconds * 1_000, auctionMs: auctionSeconds * 1_000 });
}

/** The tiers in ascending order of volume, the first from zero; `invalid_fees` otherwise. */
export function defineFeeTiers(specs: readonly FeeTierSpec[], quote: Asset): Result<readonly FeeTier[]> {
  const tiers: FeeTier[] = [];
  for (const spec of specs) {
    const volume = parseDecimal(spec.minVolume, quote.scale);
    if (!volume.ok) return refuse('invalid_fees', 'A tier’s volume must be a decimal of the quote asset.');
    for (const ppm of [spec.makerFeePpm, spec.takerFeePpm]) {
      if (!Number.isInteger(ppm) || ppm < 0 || ppm > MAX_FEE_PPM) {
        return refuse('invalid_fees', `Fees must be whole millionths from 0 to ${MAX_FEE_PPM}.`);
      }
    }
    const last = tiers.at(-1);
    if (last === undefined ? volume.value !== 0n : volume.value <= last.minVolumeMinor) {
      return refuse('invalid_fees', 'Tiers must begin at zero volume and rise.');
    }
    tiers.push({
      minVolumeMinor: volume.value,
      makerFeePpm: spec.makerFeePpm,
      takerFeePpm: spec.takerFeePpm,
    });
  }
  return tiers.length === 0 ? refuse('invalid_fees', 'A market needs at least one fee tier.') : accept(tiers);
}

/** The tier that applies to a 30-day volume in the quote asset. */
export function feeTierFor(market: Market, volumeMinor: bigint): FeeTier {
  let applies = market.feeTiers[0]!;
  for (const tier of market.feeTiers) if (volumeMinor >= tier.minVolumeMinor) applies = tier;
  return applies;
}

/** Decimal price of a number of ticks. */
export function formatPrice(market: Market, priceTicks: number): string {
  return formatDecimal(BigInt(priceTicks) * market.tickUnits, market.priceScale);
}

/** Decimal quantity, in base units, of a number of lots. */
export function formatQuantity(market: Market, lots: number | bigint): string {
  return formatDecimal(BigInt(lots) * market.lotMinor, market.base.scale);
}

/** Decimal amount of the quote asset. */
export function formatQuote(market: Market, minor: bigint): string {
  return formatDecimal(minor, market.quote.scale);
}

/** What so many lots cost at so many ticks, in quote minor units: exact. */
export function valueMinor(market: Market, priceTicks: number, lots: number): bigint {
  return BigInt(priceTicks) * BigInt(lots) * market.tickLotMinor;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function wholeLots(text: string, base: Asset, lotMinor: bigint): number | undefined {
  const amount = parseDecimal(text, base.scale);
  if (!amount.ok || amount.value % lotMinor !== 0n) return undefined;
  const lots = amount.value / lotMinor;
  return lots <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(lots) : undefined;
}
