import type { Asset } from '../../src/domain/asset.ts';
import { defineMarket, type Market, type MarketSpec } from '../../src/domain/markets/market.ts';

/** Assets and a market for tests of the domain: numbers small enough to reckon by hand. */

export const BTC: Asset = Object.freeze({ id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 });
export const USD: Asset = Object.freeze({ id: 2, symbol: 'USD', name: 'US dollar', scale: 6 });

/** One lot at one tick is worth 0.01 × 0.0001 USD: exactly one minor unit. */
export const BTC_USD: MarketSpec = Object.freeze({
  symbol: 'BTC-USD',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.01',
  lotSize: '0.0001',
  minQuantity: '0.0002',
  maxQuantity: '1000',
  minNotional: '1',
  bandPpm: 100_000,
  feeTiers: [
    { minVolume: '0', makerFeePpm: 1_000, takerFeePpm: 2_000 },
    { minVolume: '1000', makerFeePpm: 500, takerFeePpm: 1_000 },
  ],
});

/** The market that a specification makes, which must be right. */
export function marketOf(change: Partial<MarketSpec> = {}, base: Asset = BTC, quote: Asset = USD): Market {
  const market = defineMarket(1, { ...BTC_USD, ...change }, base, quote);
  if (!market.ok) throw new Error(market.refusal.detail);
  return market.value;
}
