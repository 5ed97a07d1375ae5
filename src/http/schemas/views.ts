import { z } from 'zod';
import { MARKET_STATUSES } from '../../domain/markets/market.ts';
import {
  ORDER_REASONS,
  ORDER_TYPES,
  SELF_TRADE_PREVENTIONS,
  TIMES_IN_FORCE,
} from '../../domain/orders/order.ts';
import { ORDER_STATUSES } from '../../domain/orders/order-machine.ts';
import { LIST_TYPES } from '../../domain/orders/order-terms.ts';

/** How the views of domain/views and actors/ports look, for documents. Decimals are strings, times ISO 8601 in UTC. */

const decimal = (example: string) => z.string().meta({ examples: [example] });
const time = z.iso.datetime().meta({ examples: ['2026-01-05T12:00:00.000Z'] });
const side = z.enum(['buy', 'sell']);
const market = z.string().meta({ examples: ['BTC-USDT'] });

export const Order = z.strictObject({
  id: z.string().meta({ examples: ['1042-17'] }),
  clientOrderId: z.string().nullable(),
  market,
  side,
  type: z.enum(ORDER_TYPES),
  timeInForce: z.enum(TIMES_IN_FORCE),
  postOnly: z.boolean(),
  price: decimal('64250.1').nullable().meta({ description: 'null for an order without a limit price.' }),
  quantity: decimal('0.015').nullable().meta({ description: 'null for a market buy by quote amount.' }),
  quoteAmount: decimal('250').nullable(),
  filledQuantity: decimal('0.005'),
  remainingQuantity: decimal('0.01').nullable(),
  filledQuoteAmount: decimal('321.2505'),
  averagePrice: decimal('64250.1').nullable(),
  fee: decimal('0.000005'),
  feeAsset: z.string().meta({ examples: ['BTC'] }),
  selfTradePrevention: z.enum(SELF_TRADE_PREVENTIONS),
  status: z.enum(ORDER_STATUSES).meta({
    description: '`untriggered` waits for its stop price, `pending` for the working order of its list.',
  }),
  reason: z.enum(ORDER_REASONS).nullable(),
  createdAt: time,
  updatedAt: time,
  reprice: z.literal(true).optional(),
  stopPrice: decimal('63000').optional().meta({ description: 'Of a trailing stop: as far as it came.' }),
  trailingOffset: decimal('150').optional(),
  trailingPercent: decimal('1.5').optional(),
  triggeredAt: time.optional(),
  displayQuantity: decimal('0.1').optional(),
  minQuantity: decimal('0.01').optional(),
  expiresAt: time.optional(),
  tag: z.string().optional(),
  listId: z.string().optional().meta({ description: 'The id of the first order of its list.' }),
  listType: z.enum(LIST_TYPES).optional(),
});

export const PreventedMatch = z.strictObject({
  id: z.string().meta({ examples: ['1-1042-0'] }),
  market,
  mode: z.enum(SELF_TRADE_PREVENTIONS),
  price: decimal('64250.1'),
  quantity: decimal('0.005').meta({ description: 'What would have been traded.' }),
  takerSide: side,
  makerOrderId: z
    .string()
    .nullable()
    .meta({ description: 'null: an order of another account of the trade group.' }),
  takerOrderId: z
    .string()
    .nullable()
    .meta({ description: 'null: an order of another account of the trade group.' }),
  preventedAt: time,
});

export const Fill = z.strictObject({
  tradeId: z.string(),
  orderId: z.string(),
  market,
  side,
  role: z.enum(['maker', 'taker']),
  price: decimal('64250.1'),
  quantity: decimal('0.005'),
  quoteAmount: decimal('321.2505'),
  fee: decimal('0.000005'),
  feeAsset: z.string(),
  executedAt: time,
});

export const PublicTrade = z.strictObject({
  id: z.string().meta({ description: 'Counts the market’s trades.', examples: ['81'] }),
  price: decimal('64250.1'),
  quantity: decimal('0.005'),
  takerSide: side,
  executedAt: time,
});

export const Balance = z.strictObject({
  asset: z.string(),
  balance: decimal('1.5'),
  locked: decimal('0.2'),
  available: decimal('1.3'),
});

export const Level = z
  .tuple([decimal('64250.1'), decimal('0.75')])
  .meta({ description: 'Price and total quantity.' });

export const Auction = z
  .strictObject({
    endsAt: time.nullable().meta({ description: 'null: an operator ends it.' }),
    price: decimal('64250.1').nullable().meta({ description: 'null when nothing would be traded.' }),
    quantity: decimal('2.5'),
    surplus: decimal('0.2').meta({
      description: 'What one side wants more than the other offers at that price.',
    }),
    surplusSide: side.nullable(),
  })
  .meta({ description: 'What the auction would trade if it ended now.' });

export const CHECKSUM_RULE =
  'CRC-32 (as in zlib), unsigned, over the best 10 levels of both sides as the text ' +
  '`bidPrice:bidQuantity:askPrice:askQuantity:…`, best level first, prices and quantities exactly as sent; where a ' +
  'side has no more levels it is left out. An empty book gives 0.';

const checksum = z.int().min(0).max(0xffff_ffff).meta({ description: CHECKSUM_RULE });

export const Depth = z.strictObject({
  market,
  sequence: z.int().meta({ description: 'Number of the last market message that is in it.' }),
  bids: z.array(Level).meta({ description: 'Best first.' }),
  asks: z.array(Level).meta({ description: 'Best first.' }),
  checksum,
});

export const DepthChange = z.strictObject({
  market,
  firstSequence: z.int().meta({ description: 'One more than the last sequence of what was sent before.' }),
  lastSequence: z.int(),
  bids: z.array(Level).meta({ description: 'Levels with their new totals; "0" removes the level.' }),
  asks: z.array(Level),
  checksum,
});

export const Ticker = z.strictObject({
  market,
  status: z.enum(MARKET_STATUSES),
  auction: Auction.nullable().meta({ description: 'null unless the market is in an auction.' }),
  sequence: z.int(),
  lastPrice: decimal('64250.1').nullable(),
  bestBid: Level.nullable(),
  bestAsk: Level.nullable(),
  open: decimal('63000')
    .nullable()
    .meta({ description: 'Of the last 24 hours, like what follows; by the minute.' }),
  high: decimal('65000').nullable(),
  low: decimal('62800.5').nullable(),
  volume: decimal('120.5'),
  quoteVolume: decimal('7712345.12'),
  tradeCount: z.int(),
  at: time,
});

export const CandleSchema = z.strictObject({
  openedAt: time,
  open: decimal('64250.1'),
  high: decimal('64300'),
  low: decimal('64200'),
  close: decimal('64280'),
  volume: decimal('2.25'),
  quoteVolume: decimal('144600'),
  tradeCount: z.int(),
});
