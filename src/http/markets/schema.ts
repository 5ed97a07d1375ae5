import { z } from 'zod';
import { CANDLE_INTERVALS } from '../../domain/candles.ts';
import { MARKET_STATUSES } from '../../domain/markets/market.ts';
import { MarketSymbol } from '../schemas/order-request.ts';
import * as views from '../schemas/views.ts';
import { assetSymbol, cursor, decimal, limit, page } from '../wire.ts';

export const Asset = z
  .strictObject({
    symbol: assetSymbol,
    name: z.string().meta({ example: 'Bitcoin' }),
    scale: z.int().meta({ description: 'Decimals of the smallest unit.', example: 8 }),
  })
  .meta({ id: 'Asset' });
export const Assets = z.strictObject({ assets: z.array(Asset) }).meta({ id: 'Assets' });

export const marketStatus = z.enum(MARKET_STATUSES).meta({
  id: 'MarketStatus',
  description:
    '`open` takes everything; `post_only` only orders that rest; `auction` gathers orders that rest or wait and trades ' +
    'them at one price when it ends; `pending`, `cancel_only` and `halted` take only cancels; `closed` is the end.',
});

export const Market = z
  .strictObject({
    symbol: MarketSymbol,
    base: assetSymbol,
    quote: assetSymbol,
    status: marketStatus,
    tickSize: decimal.meta({ description: 'Prices are multiples of it.' }),
    lotSize: decimal.meta({ description: 'Quantities are multiples of it.' }),
    minQuantity: decimal,
    maxQuantity: decimal,
    minNotional: decimal.meta({ description: 'Least price × quantity of an order, in the quote asset.' }),
    band: decimal.meta({
      description: 'How far from the reference price a market order may trade, as a fraction of it.',
    }),
    maxNotional: decimal
      .nullable()
      .meta({ description: 'Most price × quantity of an order; null: no maximum.' }),
    limitBand: decimal.nullable().meta({
      description: 'How far from the last price a limit price may be, as a fraction of it; null: anywhere.',
    }),
    breaker: z
      .strictObject({
        band: decimal.meta({ description: 'How far the price may move, as a fraction of the price before.' }),
        windowSeconds: z.int(),
        auctionSeconds: z.int().meta({ description: 'Then an auction of this length finds the price anew.' }),
      })
      .nullable()
      .meta({ description: 'The circuit breaker; null: none.' }),
    maxOpenOrders: z.int().meta({ description: 'Open orders of one account.' }),
    maxOpenStops: z.int().meta({ description: 'Orders of one account that wait for a stop price.' }),
    feeTiers: z.array(
      z.strictObject({
        minVolume: decimal.meta({
          description: '30-day volume in the quote asset from which the tier applies.',
        }),
        makerFee: decimal.meta({ description: 'Fraction of what is received.', example: '0.001' }),
        takerFee: decimal.meta({ description: 'Fraction of what is received.', example: '0.002' }),
      }),
    ),
  })
  .meta({ id: 'Market' });
export const Markets = z.strictObject({ markets: z.array(Market) }).meta({ id: 'Markets' });

export const Depth = views.Depth.meta({ id: 'Depth' });
export const Ticker = views.Ticker.meta({ id: 'Ticker' });
export const Tickers = z.strictObject({ tickers: z.array(Ticker) }).meta({ id: 'Tickers' });

export const Trade = views.PublicTrade.meta({ id: 'Trade' });
export const TradePage = page(Trade).meta({ id: 'TradePage' });

export const Candle = views.CandleSchema.meta({
  id: 'Candle',
  description: 'There is none for a time without trades.',
});
export const Candles = z
  .strictObject({ candles: z.array(Candle).meta({ description: 'Oldest first.' }) })
  .meta({ id: 'Candles' });

const params = z.strictObject({ market: MarketSymbol });
const instant = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'Must be an ISO 8601 time such as "2026-01-31T12:00:00Z".' })
    .transform((text) => Date.parse(text))
    .optional()
    .meta({
      description,
      // The pattern that zod has for every date there is would say less than the format.
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      },
    });

export const GetMarket = { params };
export const GetTicker = { params };
export const GetDepth = {
  params,
  query: z.strictObject({ levels: limit(1_000, 50) }),
};
export const ListTrades = {
  params,
  query: z.strictObject({ limit: limit(1_000, 100), cursor }),
};
export const ListCandles = {
  params,
  query: z.strictObject({
    interval: z.enum(CANDLE_INTERVALS as ['1m', ...typeof CANDLE_INTERVALS]).default('1m'),
    from: instant('Opened at or after.'),
    to: instant('Opened before.'),
    limit: limit(1_000, 500),
  }),
};
