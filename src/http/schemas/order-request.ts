import { z } from 'zod';
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, TIMES_IN_FORCE } from '../../domain/orders/order.ts';

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
const stopPrice = decimal(
  'Price at which the order enters the market: for stops and take-profits, a multiple of the tick.',
  '63000',
);
const quantity = decimal('Base units, a multiple of the market’s lot.', '0.015');

export const OrderRequestFields = {
  market: MarketSymbol,
  side: z.enum(['buy', 'sell']),
  type: z.enum(ORDER_TYPES).meta({
    description:
      '`stop`, `take_profit` and `trailing_stop` become a market order once the last price reaches their stop price, ' +
      '`stop_limit` and `take_profit_limit` a limit order. A stop fires where the market goes against its owner, a ' +
      'take-profit where it goes for him.',
  }),
  timeInForce: z
    .enum(TIMES_IN_FORCE)
    .optional()
    .meta({
      description:
        'Good till canceled, immediate or cancel, fill or kill, good till date. Default gtc for an order with a price, ' +
        'ioc for one without.',
    }),
  postOnly: z.boolean().optional().meta({ description: 'Refuse the order rather than let it take.' }),
  reprice: z
    .boolean()
    .optional()
    .meta({ description: 'With postOnly: rest one tick away from the best opposite price instead.' }),
  price: price.optional(),
  quantity: quantity.optional(),
  quoteAmount: decimal('Market buy only: how much of the quote asset to spend.', '250').optional(),
  stopPrice: stopPrice.optional(),
  trailingOffset: decimal(
    'Trailing stop only: how far its stop stays behind the best price since, in the quote asset.',
    '150',
  ).optional(),
  trailingPercent: decimal('Trailing stop only: the same in per cent of that price.', '1.5').optional(),
  displayQuantity: decimal(
    'Iceberg: how much of it is shown at a time, at least a hundredth. Each further part goes to the back of the queue.',
    '0.1',
  ).optional(),
  minQuantity: decimal('ioc only: trade at least so much at once, or nothing.', '0.01').optional(),
  expiresAt: z
    .string()
    .max(40)
    .optional()
    .meta({
      description: 'gtd only: when the order ends, ISO 8601.',
      examples: ['2026-01-05T12:00:00.000Z'],
    }),
  selfTradePrevention: z
    .enum(SELF_TRADE_PREVENTIONS)
    .optional()
    .meta({
      description:
        'What happens where it would trade with an order of the same trade group; the order that comes in decides. ' +
        'The account’s default when left out.',
    }),
  tag: z
    .string()
    .max(32)
    .optional()
    .meta({ description: 'A word by which many orders can be canceled at once.', examples: ['grid'] }),
  clientOrderId: ClientOrderId.optional(),
};

/** A new order. */
export const OrderRequest = z.strictObject(OrderRequestFields);

/** What may change in an order that rests. */
export const OrderChanges = {
  price: price.optional(),
  quantity: decimal('New total quantity, what is filled included.', '0.01').optional(),
  stopPrice: stopPrice.optional(),
};

export function changesSomething(changes: {
  readonly price?: string | undefined;
  readonly quantity?: string | undefined;
  readonly stopPrice?: string | undefined;
}): boolean {
  return changes.price !== undefined || changes.quantity !== undefined || changes.stopPrice !== undefined;
}

export const CHANGES_NOTHING = 'Give a new price, quantity or stopPrice.';

const { market: listMarket, ...ListedOrderFields } = OrderRequestFields;
const ListedOrder = z.strictObject(ListedOrderFields);

/** Orders that belong together. */
export const OrderListFields = {
  market: listMarket,
  working: ListedOrder.optional().meta({
    description:
      'A limit order that opens the legs once it is filled. Without it the two legs are open at once.',
  }),
  legs: z.array(ListedOrder).min(1).max(2).readonly().meta({
    description: 'Of two legs the first that trades or reaches its stop price cancels the other.',
  }),
};

/** Which orders to cancel. */
export const CancelAllFields = {
  market: MarketSymbol.optional().meta({ description: 'All markets when left out.' }),
  side: z.enum(['buy', 'sell']).optional(),
  tag: z.string().max(32).optional(),
};
