import type { MarketSpec } from '../../src/domain/markets/market.ts';

/** The market of benchmarks: a cent, a ten-thousandth of a coin, fees, and no limits that a flow of orders would meet. */
export const BENCH_MARKET: MarketSpec = Object.freeze({
  symbol: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.0001',
  minQuantity: '0.0001',
  maxQuantity: '100000',
  minNotional: '0',
  bandPpm: 900_000,
  feeTiers: [{ minVolume: '0', makerFeePpm: 1_000, takerFeePpm: 2_000 }],
});
