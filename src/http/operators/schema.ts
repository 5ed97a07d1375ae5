import { z } from 'zod';
import { FIRST_STATUSES } from '../../domain/markets/market.ts';
import { selfTradePrevention } from '../account/schema.ts';
import { marketStatus } from '../markets/schema.ts';
import { MarketSymbol } from '../schemas/order-request.ts';
import { accountIdText, assetSymbol, decimal } from '../wire.ts';

const ppm = z
  .int()
  .min(0)
  .max(500_000)
  .meta({ description: 'Millionths of what is received.', example: 1000 });

const feeTiers = z
  .array(
    z.strictObject({
      minVolume: decimal.meta({
        description: '30-day volume in the quote asset from which the tier applies; the first is 0.',
        example: '0',
      }),
      makerFeePpm: ppm,
      takerFeePpm: ppm,
    }),
  )
  .min(1)
  .max(20)
  .meta({ description: 'In rising order of volume.' });

const market = z.strictObject({ market: MarketSymbol });

export const CreateAsset = {
  body: z
    .strictObject({
      symbol: assetSymbol,
      name: z.string().min(1).max(64),
      scale: z.int().min(0).max(18).meta({ description: 'Decimals of the smallest unit.', example: 8 }),
    })
    .meta({ id: 'CreateAsset', example: { symbol: 'SOL', name: 'Solana', scale: 9 } }),
};

export const CreateMarket = {
  body: z
    .strictObject({
      symbol: MarketSymbol,
      base: assetSymbol,
      quote: assetSymbol,
      tickSize: decimal.meta({ description: 'Tick × lot must be whole minor units of the quote asset.' }),
      lotSize: decimal,
      minQuantity: decimal,
      maxQuantity: decimal,
      minNotional: decimal,
      maxNotional: decimal.optional().meta({ description: 'No maximum when left out or 0.' }),
      bandPpm: z.int().min(1).max(1_000_000).meta({
        description: 'How far from the reference price a market order may trade, in millionths of it.',
      }),
      limitBandPpm: z.int().min(0).max(1_000_000).optional().meta({
        description:
          'How far from the last price the price of a limit order may be, in millionths of it; 0: anywhere.',
      }),
      maxOpenOrders: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .meta({ description: 'Of one account; 10,000 when left out.' }),
      maxOpenStops: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .meta({ description: 'Of one account; 500 when left out.' }),
      breaker: z
        .strictObject({
          bandPpm: z.int().min(1).max(1_000_000),
          windowSeconds: z.int().min(1).max(3_600),
          auctionSeconds: z.int().min(1).max(86_400),
        })
        .optional()
        .meta({
          description:
            'Circuit breaker: no trade moves the price further than the band within the window; instead trading halts, ' +
            'and an auction of that length finds the price anew.',
        }),
      status: z
        .enum(FIRST_STATUSES)
        .optional()
        .meta({ description: 'What it begins as; open when left out.' }),
      feeTiers,
    })
    .meta({
      id: 'CreateMarket',
      example: {
        symbol: 'SOL-USDT',
        base: 'SOL',
        quote: 'USDT',
        tickSize: '0.01',
        lotSize: '0.001',
        minQuantity: '0.001',
        maxQuantity: '100000',
        minNotional: '1',
        bandPpm: 50_000,
        feeTiers: [{ minVolume: '0', makerFeePpm: 1000, takerFeePpm: 2000 }],
      },
    }),
};

export const SetFees = {
  params: market,
  body: z.strictObject({ feeTiers }).meta({ id: 'SetFees' }),
};

export const SetStatus = {
  params: market,
  body: z
    .strictObject({
      status: marketStatus,
      auctionSeconds: z
        .int()
        .min(1)
        .max(86_400)
        .optional()
        .meta({ description: 'Only for an auction: after how long it opens the market by itself.' }),
    })
    .refine(({ status, auctionSeconds }) => auctionSeconds === undefined || status === 'auction', {
      error: 'Only an auction has a length.',
    })
    .meta({ id: 'SetStatus', example: { status: 'auction', auctionSeconds: 300 } }),
};

export const SetTradeGroup = {
  params: z.strictObject({ accountId: accountIdText.transform(Number) }),
  body: z
    .strictObject({
      tradeGroup: accountIdText
        .transform(Number)
        .meta({ description: 'The number of any account of the group.' }),
      selfTradePrevention: selfTradePrevention.optional(),
    })
    .meta({ id: 'SetTradeGroup', example: { tradeGroup: '1000' } }),
};

export const Credit = {
  body: z
    .strictObject({
      accountId: accountIdText.transform(Number),
      asset: assetSymbol,
      amount: decimal,
      reference: z
        .string()
        .regex(/^[A-Za-z0-9._:/-]{1,64}$/, 'Must be 1 to 64 of A-Z, a-z, 0-9 and . _ : / -')
        .optional()
        .meta({ description: 'Names the deposit: a second one with it is refused. Made up when left out.' }),
    })
    .meta({ id: 'Credit', example: { accountId: '1000', asset: 'USDT', amount: '10000' } }),
};

export const Deposit = z
  .strictObject({ reference: z.string(), asset: assetSymbol, amount: decimal })
  .meta({ id: 'Deposit' });
