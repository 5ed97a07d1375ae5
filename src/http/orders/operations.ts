import type { Rejection } from '../../domain/rejection.ts';
import type { Operations } from '../openapi/operation.ts';
import { LIST_EXAMPLES, ORDER_EXAMPLES } from './examples.ts';
import * as schema from './schema.ts';

const UNAVAILABLE = [
  'account_unavailable',
  'exchange_overloaded',
  'exchange_stopped',
  'market_restarting',
  'outcome_unknown',
] as const;
const TICKET: readonly Rejection[] = [
  'account_frozen',
  'insufficient_funds',
  'invalid_amount',
  'invalid_order',
  'invalid_price',
  'invalid_quantity',
  'lot_size',
  'market_auction',
  'market_cancel_only',
  'market_closed',
  'market_halted',
  'market_not_found',
  'market_pending',
  'market_post_only',
  'notional_too_large',
  'notional_too_small',
  'quantity_too_large',
  'quantity_too_small',
  'tick_size',
  'too_many_decimals',
];
const PLACE: readonly Rejection[] = [
  ...TICKET,
  ...UNAVAILABLE,
  'client_order_id_conflict',
  'invalid_client_order_id',
  'no_reference_price',
  'order_expired',
  'post_only_would_take',
  'price_outside_band',
  'too_many_open_orders',
  'too_many_open_stops',
  'too_many_unfilled_orders',
];
const CANCEL: readonly Rejection[] = [...UNAVAILABLE, 'order_not_found', 'order_not_open'];
const AMEND: readonly Rejection[] = [
  ...TICKET,
  ...CANCEL,
  'order_amend_pending',
  'order_in_list',
  'order_triggered',
  'post_only_would_take',
  'quantity_below_filled',
];
const REPLACE: readonly Rejection[] = [
  ...PLACE,
  'order_in_list',
  'order_not_found',
  'order_not_open',
  'replacement_not_fillable',
];
const REPLACE_DESCRIPTION =
  'Cancels an open order and places another of the same market and side in one step: both happen or neither. What the ' +
  'old one holds pays for the new one.';
const REPLACED = { schema: schema.Replacement, description: 'The new order, and the one that went.' };
const AMEND_DESCRIPTION =
  'Less quantity keeps the place in the queue; a new price or more quantity loses it. `quantity` is the new total.';

export const orderOperations = {
  'POST /v1/orders': {
    tag: 'orders',
    summary: 'Place an order',
    description:
      'Answered when the order and what it traded are committed. After `outcome_unknown` or a lost connection send it ' +
      'again with the same `clientOrderId`: it can’t be placed twice.',
    access: 'customer',
    scope: 'trade',
    request: schema.PlaceOrder,
    examples: ORDER_EXAMPLES,
    replies: {
      201: { schema: schema.Placement, description: 'A new order.' },
      200: { schema: schema.Placement, description: 'The order that this clientOrderId made before.' },
    },
    problems: PLACE,
  },
  'POST /v1/order-lists': {
    tag: 'orders',
    summary: 'Place orders that belong together',
    description:
      'Two legs (OCO): the first that trades or reaches its stop price cancels the other, and only the dearer one is ' +
      'held. A working order with one leg (OTO) or two (OTOCO): once it is filled the legs open, paid by what it ' +
      'brought; where it ends otherwise they are canceled. All of it happens within one message of the market.',
    access: 'customer',
    scope: 'trade',
    request: schema.PlaceOrderList,
    examples: LIST_EXAMPLES,
    replies: {
      201: { schema: schema.ListPlacement, description: 'New orders.' },
      200: { schema: schema.ListPlacement, description: 'The orders that these clientOrderIds made before.' },
    },
    problems: [...PLACE, 'invalid_order_list'],
  },
  'POST /v1/orders/:id/replace': {
    tag: 'orders',
    summary: 'Replace an order',
    description: REPLACE_DESCRIPTION,
    access: 'customer',
    scope: 'trade',
    request: schema.ReplaceOrder,
    replies: { 201: REPLACED, 200: { ...REPLACED, description: 'The repeat of a replacement.' } },
    problems: REPLACE,
  },
  'POST /v1/orders/by-client-order-id/:clientOrderId/replace': {
    tag: 'orders',
    summary: 'Replace an order by my own id',
    description: REPLACE_DESCRIPTION,
    access: 'customer',
    scope: 'trade',
    request: schema.ReplaceOrderByClientOrderId,
    replies: { 201: REPLACED, 200: { ...REPLACED, description: 'The repeat of a replacement.' } },
    problems: REPLACE,
  },
  'POST /v1/orders/batch': {
    tag: 'orders',
    summary: 'Place up to 100 orders',
    description: 'Each is accepted or refused by itself, in this order.',
    access: 'customer',
    weight: 10,
    scope: 'trade',
    request: schema.PlaceOrders,
    replies: { 200: { schema: schema.PlacementResults, description: 'One result for each order.' } },
    problems: [],
  },
  'POST /v1/orders/batch-cancel': {
    tag: 'orders',
    summary: 'Cancel up to 100 orders',
    access: 'customer',
    weight: 5,
    scope: 'trade',
    isUrgent: true,
    request: schema.CancelOrders,
    replies: { 200: { schema: schema.CancelResults, description: 'One result for each order.' } },
    problems: [],
  },
  'DELETE /v1/orders': {
    tag: 'orders',
    summary: 'Cancel all orders, or all of a market, a side or a tag',
    access: 'customer',
    weight: 2,
    scope: 'trade',
    isUrgent: true,
    request: schema.CancelAllOrders,
    replies: { 200: { schema: schema.CanceledOrders, description: 'The orders that were canceled.' } },
    problems: ['market_not_found', ...UNAVAILABLE],
  },
  'PUT /v1/countdown': {
    tag: 'orders',
    summary: 'Start the dead-man’s switch, or set it again',
    description:
      'For a client that wants its orders gone when it is gone. The countdown is the account’s, in all markets, and goes ' +
      'on over a restart of the exchange.',
    access: 'customer',
    scope: 'trade',
    isUrgent: true,
    request: schema.SetCountdown,
    replies: { 200: { schema: schema.Countdown, description: 'When the orders will be canceled.' } },
    problems: ['exchange_overloaded', 'exchange_stopped', 'outcome_unknown'],
  },
  'GET /v1/orders': {
    tag: 'orders',
    summary: 'My orders, newest first',
    access: 'customer',
    weight: 5,
    scope: 'read',
    request: schema.ListOrders,
    replies: { 200: { schema: schema.OrderPage, description: 'A page.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/orders/:id': {
    tag: 'orders',
    summary: 'One of my orders',
    access: 'customer',
    scope: 'read',
    request: schema.GetOrder,
    replies: { 200: { schema: schema.Order, description: 'The order.' } },
    problems: ['order_not_found'],
  },
  'GET /v1/orders/by-client-order-id/:clientOrderId': {
    tag: 'orders',
    summary: 'One of my orders by my own id',
    description: 'Looks among the open and the 10,000 latest past orders. Encode `/` in the id as `%2F`.',
    access: 'customer',
    scope: 'read',
    request: schema.GetOrderByClientOrderId,
    replies: { 200: { schema: schema.Order, description: 'The latest order with this id.' } },
    problems: ['order_not_found'],
  },
  'DELETE /v1/orders/:id': {
    tag: 'orders',
    summary: 'Cancel an order',
    access: 'customer',
    scope: 'trade',
    isUrgent: true,
    request: schema.CancelOrder,
    replies: { 200: { schema: schema.Order, description: 'The order as it ended.' } },
    problems: CANCEL,
  },
  'DELETE /v1/orders/by-client-order-id/:clientOrderId': {
    tag: 'orders',
    summary: 'Cancel an order by my own id',
    access: 'customer',
    scope: 'trade',
    isUrgent: true,
    request: schema.CancelOrderByClientOrderId,
    replies: { 200: { schema: schema.Order, description: 'The order as it ended.' } },
    problems: CANCEL,
  },
  'PATCH /v1/orders/:id': {
    tag: 'orders',
    summary: 'Amend an order',
    description: AMEND_DESCRIPTION,
    access: 'customer',
    scope: 'trade',
    request: schema.AmendOrder,
    replies: {
      200: { schema: schema.Placement, description: 'The order as it is now, and what it traded.' },
    },
    problems: AMEND,
  },
  'PATCH /v1/orders/by-client-order-id/:clientOrderId': {
    tag: 'orders',
    summary: 'Amend an order by my own id',
    description: AMEND_DESCRIPTION,
    access: 'customer',
    scope: 'trade',
    request: schema.AmendOrderByClientOrderId,
    replies: {
      200: { schema: schema.Placement, description: 'The order as it is now, and what it traded.' },
    },
    problems: AMEND,
  },
} satisfies Operations;
