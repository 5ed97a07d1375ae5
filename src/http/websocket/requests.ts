import { z } from 'zod';
import { CANDLE_INTERVALS, type CandleInterval } from '../../domain/candles.ts';
import { LIST_EXAMPLES, ORDER_EXAMPLES } from '../orders/examples.ts';
import {
  Countdown,
  CountdownFields,
  Fill,
  ListPlacement,
  NewOrder,
  NewOrderList,
  Order,
  Placement,
  Replacement,
} from '../orders/schema.ts';
import {
  CancelAllFields,
  CHANGES_NOTHING,
  ClientOrderId,
  changesSomething,
  MarketSymbol,
  OrderChanges,
  OrderId,
} from '../schemas/order-request.ts';

/** Everything a client may send. The AsyncAPI document is made of the same schemas. */

export const RequestId = z
  .union([z.string().max(64), z.int()])
  .meta({ description: 'Comes back with the answer. A client should not use one again before that.' });

/** What every frame has to be before its method is looked at. */
export const Envelope = z.strictObject({
  id: RequestId,
  method: z.string().max(64),
  params: z.unknown().optional(),
});

export const PUBLIC_CHANNELS = Object.freeze(['trades', 'depth', 'ticker', 'candles'] as const);
export type PublicChannel = (typeof PUBLIC_CHANNELS)[number];
export const PRIVATE_CHANNELS = Object.freeze([
  'orders',
  'fills',
  'balances',
  'preventedMatches',
  'withdrawals',
] as const);
export type PrivateChannel = (typeof PRIVATE_CHANNELS)[number];

const interval = z.enum(CANDLE_INTERVALS as [CandleInterval, ...CandleInterval[]]);
const marketChannel = z.strictObject({
  channel: z.enum(['trades', 'depth', 'ticker']),
  market: MarketSymbol,
});
const candleChannel = z.strictObject({ channel: z.literal('candles'), market: MarketSymbol, interval });
/** What happens, for operators who have shown a second factor. */
const operatorChannel = z.strictObject({ channel: z.literal('operator') });
const sequence = z.int().min(0).meta({ description: 'Sequence of a frame of the account.' });

const orderName = z
  .strictObject({ orderId: OrderId.optional(), clientOrderId: ClientOrderId.optional() })
  .refine(namesOneOrder, { error: 'Give either orderId or clientOrderId.' });

function namesOneOrder(params: {
  orderId?: string | undefined;
  clientOrderId?: string | undefined;
}): boolean {
  return (params.orderId === undefined) !== (params.clientOrderId === undefined);
}

function requestsOf<Name extends string>(
  method: Name,
  examples: Readonly<Record<string, { readonly value: object }>>,
) {
  return Object.entries(examples).map(([id, { value }]) => ({ id, method, params: value }));
}

export const methods = Object.freeze({
  ping: {
    summary: 'Asks for the time of the exchange.',
    access: 'public',
    params: z.strictObject({}).optional(),
    result: z.strictObject({ at: z.iso.datetime() }),
    examples: [{ id: 1, method: 'ping' }],
  },
  authenticate: {
    summary:
      'Signs the socket in, or renews its token before that runs out. A socket speaks for one account.',
    access: 'public',
    params: z.strictObject({ token: z.string().max(4096) }),
    result: z.strictObject({ accountId: z.string(), expiresAt: z.iso.datetime() }),
    examples: [{ id: 2, method: 'authenticate', params: { token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln' } }],
  },
  subscribe: {
    summary:
      'Begins a channel. Trades, depth and ticker answer with a snapshot event first. On a private channel ' +
      'fromSequence replays the frames after it from the log before the live ones; the result says after which ' +
      'sequence the channel begins. Subscribing again begins anew.',
    access: 'public',
    params: z.discriminatedUnion('channel', [
      marketChannel,
      candleChannel,
      z.strictObject({ channel: z.enum(PRIVATE_CHANNELS), fromSequence: sequence.optional() }),
      operatorChannel,
    ]),
    result: z.strictObject({ channel: z.string(), sequence: sequence.optional() }),
    examples: [
      { id: 3, method: 'subscribe', params: { channel: 'depth', market: 'BTC-USDT' } },
      { id: 4, method: 'subscribe', params: { channel: 'candles', market: 'BTC-USDT', interval: '1m' } },
      { id: 5, method: 'subscribe', params: { channel: 'orders', fromSequence: 1041 } },
    ],
  },
  unsubscribe: {
    summary: 'Ends a channel.',
    access: 'public',
    params: z.discriminatedUnion('channel', [
      marketChannel,
      candleChannel,
      z.strictObject({ channel: z.enum(PRIVATE_CHANNELS) }),
      operatorChannel,
    ]),
    result: z.strictObject({ channel: z.string() }),
    examples: [{ id: 6, method: 'unsubscribe', params: { channel: 'depth', market: 'BTC-USDT' } }],
  },
  'order.place': {
    summary:
      'Places an order. The answer comes after the commit; a repeated clientOrderId gets the first result.',
    access: 'account',
    params: NewOrder,
    result: Placement,
    examples: requestsOf('order.place', ORDER_EXAMPLES),
  },
  'order.placeList': {
    summary: 'Places orders that belong together (OCO, OTO, OTOCO), as POST /v1/order-lists does.',
    access: 'account',
    params: NewOrderList,
    result: ListPlacement,
    examples: requestsOf('order.placeList', LIST_EXAMPLES),
  },
  'order.replace': {
    summary: 'Cancels an order and places another of the same market and side: both happen or neither.',
    access: 'account',
    params: z
      .strictObject({ orderId: OrderId.optional(), clientOrderId: ClientOrderId.optional(), order: NewOrder })
      .refine(namesOneOrder, { error: 'Give either orderId or clientOrderId.' }),
    result: Replacement,
    examples: [
      {
        id: 12,
        method: 'order.replace',
        params: {
          orderId: '1042-17',
          order: { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '64249', quantity: '0.02' },
        },
      },
    ],
  },
  'order.cancel': {
    summary: 'Cancels an order by its id or the client’s.',
    access: 'account',
    params: orderName,
    result: z.strictObject({ order: Order }),
    examples: [{ id: 8, method: 'order.cancel', params: { orderId: '1042-17' } }],
  },
  'order.amend': {
    summary:
      'Changes an order. Less quantity keeps its place in the queue; a new price or more quantity loses it.',
    access: 'account',
    params: z
      .strictObject({ orderId: OrderId.optional(), clientOrderId: ClientOrderId.optional(), ...OrderChanges })
      .refine(namesOneOrder, { error: 'Give either orderId or clientOrderId.' })
      .refine(changesSomething, { error: CHANGES_NOTHING }),
    result: z.strictObject({ order: Order, fills: z.array(Fill) }),
    examples: [{ id: 9, method: 'order.amend', params: { clientOrderId: 'grid-17', quantity: '0.01' } }],
  },
  'order.cancelAll': {
    summary: 'Cancels all orders of the account, or those of a market, a side or a tag.',
    access: 'account',
    params: z.strictObject(CancelAllFields).optional(),
    result: z.strictObject({ canceled: z.array(OrderId) }),
    examples: [{ id: 10, method: 'order.cancelAll', params: { market: 'BTC-USDT', side: 'buy' } }],
  },
  'order.cancelAllAfter': {
    summary:
      'Starts the dead-man’s switch, or sets it again: unless that happens before so many seconds are over, all orders of ' +
      'the account are canceled. 0 ends it.',
    access: 'account',
    params: z.strictObject(CountdownFields),
    result: Countdown,
    examples: [{ id: 14, method: 'order.cancelAllAfter', params: { seconds: 60 } }],
  },
  'order.cancelOnDisconnect': {
    summary:
      'From now on all orders of the account are canceled when this socket closes, for whatever reason. Each socket ' +
      'decides for itself. A crash of the exchange itself is not a disconnect: use the countdown for that.',
    access: 'public',
    params: z.strictObject({ enabled: z.boolean() }),
    result: z.strictObject({ enabled: z.boolean() }),
    examples: [{ id: 13, method: 'order.cancelOnDisconnect', params: { enabled: true } }],
  },
} as const);

export type Method = keyof typeof methods;
export type Params<Name extends Method> = z.output<(typeof methods)[Name]['params']>;
export type ChannelName = Params<'unsubscribe'>;

export function isMethod(name: string): name is Method {
  return Object.hasOwn(methods, name);
}
