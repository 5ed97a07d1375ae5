import type { z } from 'zod';
import { formatPrice, formatQuantity, formatQuote, type Market } from '../../domain/markets/market.ts';
import { formatDecimal } from '../../domain/money.ts';
import type * as schema from './schema.ts';

const PPM_DECIMALS = 6;

export function presentAsset({
  symbol,
  name,
  scale,
}: z.output<typeof schema.Asset>): z.output<typeof schema.Asset> {
  return { symbol, name, scale };
}

export function presentMarket(market: Market): z.output<typeof schema.Market> {
  return {
    symbol: market.symbol,
    base: market.base.symbol,
    quote: market.quote.symbol,
    status: market.status,
    tickSize: formatPrice(market, 1),
    lotSize: formatQuantity(market, 1),
    minQuantity: formatQuantity(market, market.minQuantityLots),
    maxQuantity: formatQuantity(market, market.maxQuantityLots),
    minNotional: formatQuote(market, market.minNotionalMinor),
    band: formatDecimal(BigInt(market.bandPpm), PPM_DECIMALS),
    maxNotional: market.maxNotionalMinor === 0n ? null : formatQuote(market, market.maxNotionalMinor),
    limitBand: market.limitBandPpm === 0 ? null : formatDecimal(BigInt(market.limitBandPpm), PPM_DECIMALS),
    breaker:
      market.breaker === null
        ? null
        : {
            band: formatDecimal(BigInt(market.breaker.bandPpm), PPM_DECIMALS),
            windowSeconds: market.breaker.windowMs / 1_000,
            auctionSeconds: market.breaker.auctionMs / 1_000,
          },
    maxOpenOrders: market.maxOpenOrders,
    maxOpenStops: market.maxOpenStops,
    feeTiers: market.feeTiers.map(({ minVolumeMinor, makerFeePpm, takerFeePpm }) => ({
      minVolume: formatQuote(market, minVolumeMinor),
      makerFee: formatDecimal(BigInt(makerFeePpm), PPM_DECIMALS),
      takerFee: formatDecimal(BigInt(takerFeePpm), PPM_DECIMALS),
    })),
  };
}
