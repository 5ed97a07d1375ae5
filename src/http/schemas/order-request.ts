import { z } from 'zod';

/**
 * What clients send to trade, the same over REST and WebSocket. Schemas hold types and sizes; what a value means in its
 * market (ticks, lots, limits, which fields go together) is decided by the domain, which refuses with its own codes.
 */

/** A decimal as text. Its spelling is checked where it is parsed, so that the refusal says what is wrong with it. */
const decimal = (description: string, example: string) =>
  z
    .string()
    .max(80)
    .meta({ description, examples: [example], pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?$' });

export const MarketSymbol = z
  .string()
  .max(40)
  .meta({ description: 'Symbol of a market.', examples: ['BTC-USDT'] });

export const ClientOrderId = z
  .string()
  .max(64)
  .meta({
    description: 'The client’s own name for the order, unique for the account.',
    examples: ['grid-17'],
    pattern: '^(?!(?:.*/)?\\.{1,2}(?:/|$))[A-Za-z0-9._:/-]{1,64}$',
  });

export const OrderId = z
  .string()
  .max(40)
  .meta({ description: 'Number that the exchange gave the order.', examples: ['1042-17'] });

const price = decimal(
  'Limit price: quote units for one base unit, a multiple of the market’s tick.',
  '64250.10',
);
const quantity = decimal('Base units, a multiple of the market’s lot.', '0.015');

export const OrderRequestFields = {
  market: MarketSymbol,
  side: z.enum(['buy', 'sell']),
  type: z.enum(['limit', 'market']),
  timeInForce: z
    .enum(['gtc', 'ioc', 'fok'])
    .optional()
    .meta({ description: 'Default gtc for a limit order, ioc for a market order.' }),
  postOnly: z.boolean().optional().meta({ description: 'Refuse the order rather than let it take.' }),
  price: price.optional(),
  quantity: quantity.optional(),
  quoteAmount: decimal('Market buy only: how much of the quote asset to spend.', '250').optional(),
  clientOrderId: ClientOrderId.optional(),
};

/** A new order. */
export const OrderRequest = z.strictObject(OrderRequestFields);

/** What may change in an order that rests. */
export const OrderChanges = {
  price: price.optional(),
  quantity: decimal('New total quantity, what is filled included.', '0.01').optional(),
};
