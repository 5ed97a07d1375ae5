import type { Exchange } from './actors/ports.ts';
import type { Asset } from './domain/asset.ts';
import type { FeeTierSpec, MarketSpec } from './domain/markets/market.ts';

/** What a first start outside production sets up, so that there is something to trade. */

const ASSETS: readonly Omit<Asset, 'id'>[] = Object.freeze([
  { symbol: 'BTC', name: 'Bitcoin', scale: 8 },
  { symbol: 'ETH', name: 'Ether', scale: 18 },
  // Tether has 6 decimals on its chains; the ledger keeps 8 so that a lot at a tick is a whole number of them.
  { symbol: 'USDT', name: 'Tether USD', scale: 8 },
]);

/** Volumes in USDT and BTC. */
const USDT_FEES: readonly FeeTierSpec[] = Object.freeze([
  { minVolume: '0', makerFeePpm: 1_000, takerFeePpm: 1_500 },
  { minVolume: '1000000', makerFeePpm: 800, takerFeePpm: 1_200 },
  { minVolume: '20000000', makerFeePpm: 400, takerFeePpm: 800 },
]);
const BTC_FEES: readonly FeeTierSpec[] = Object.freeze([
  { minVolume: '0', makerFeePpm: 1_000, takerFeePpm: 1_500 },
  { minVolume: '10', makerFeePpm: 800, takerFeePpm: 1_200 },
  { minVolume: '200', makerFeePpm: 400, takerFeePpm: 800 },
]);

const MARKETS: readonly MarketSpec[] = Object.freeze([
  {
    symbol: 'BTC-USDT',
    base: 'BTC',
    quote: 'USDT',
    tickSize: '0.01',
    lotSize: '0.00001',
    minQuantity: '0.00001',
    maxQuantity: '1000',
    minNotional: '5',
    bandPpm: 50_000,
    feeTiers: USDT_FEES,
  },
  {
    symbol: 'ETH-USDT',
    base: 'ETH',
    quote: 'USDT',
    tickSize: '0.01',
    lotSize: '0.0001',
    minQuantity: '0.0001',
    maxQuantity: '10000',
    minNotional: '5',
    bandPpm: 50_000,
    feeTiers: USDT_FEES,
  },
  {
    symbol: 'ETH-BTC',
    base: 'ETH',
    quote: 'BTC',
    tickSize: '0.00001',
    lotSize: '0.001',
    minQuantity: '0.001',
    maxQuantity: '10000',
    minNotional: '0.0001',
    bandPpm: 50_000,
    feeTiers: BTC_FEES,
  },
]);

/**
 * Creates the demo assets and markets on an exchange that has none, or only the first of them: a first start that was
 * killed half-way is completed by the next. Where an operator has set up something of his own, nothing is added.
 */
export async function createDemoMarkets(exchange: Exchange): Promise<void> {
  const { assets, markets } = exchange.catalog();
  if (!assets.every(({ symbol }, index) => symbol === ASSETS[index]?.symbol)) return;
  if (!markets.every(({ symbol }, index) => symbol === MARKETS[index]?.symbol)) return;
  for (const asset of ASSETS.slice(assets.length)) done(await exchange.createAsset(asset));
  for (const market of MARKETS.slice(markets.length)) done(await exchange.createMarket(market));
}

function done(result: Awaited<ReturnType<Exchange['createAsset' | 'createMarket']>>): void {
  if (!result.ok) throw new Error(`the demo markets could not be created: ${result.refusal.detail}`);
}
