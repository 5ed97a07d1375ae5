import type { Rejection } from '../../domain/rejection.ts';
import type { Operations } from '../openapi/operation.ts';
import * as schema from './schema.ts';

const UNAVAILABLE = [
  'account_unavailable',
  'exchange_overloaded',
  'exchange_stopped',
  'market_restarting',
  'outcome_unknown',
] as const;
const TICKET: readonly Rejection[] = [
  'insufficient_funds',
  'invalid_amount',
  'invalid_order',
  'invalid_price',
  'invalid_quantity',
  'lot_size',
  'market_cancel_only',
  'market_halted',
  'market_not_found',
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
  'post_only_would_take',
  'too_many_open_orders',
];
const CANCEL: readonly Rejection[] = [...UNAVAILABLE, 'order_not_found', 'order_not_open'];
const AMEND: readonly Rejection[] = [
  ...TICKET,
  ...CANCEL,
  'order_amend_pending',
  'post_only_would_take',
  'quantity_below_filled',
];
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
    request: schema.PlaceOrder,
    replies: {
      201: { schema: schema.Placement, description: 'A new order.' },
      200: { schema: schema.Placement, description: 'The order that this clientOrderId made before.' },
    },
    problems: PLACE,
  },
  'POST /v1/orders/batch': {
    tag: 'orders',
    summary: 'Place up to 100 orders',
    description: 'Each is accepted or refused by itself, in this order.',
    access: 'customer',
    request: schema.PlaceOrders,
    replies: { 200: { schema: schema.PlacementResults, description: 'One result for each order.' } },
    problems: [],
  },
  'POST /v1/orders/batch-cancel': {
    tag: 'orders',
    summary: 'Cancel up to 100 orders',
    access: 'customer',
    request: schema.CancelOrders,
    replies: { 200: { schema: schema.CancelResults, description: 'One result for each order.' } },
    problems: [],
  },
  'DELETE /v1/orders': {
    tag: 'orders',
    summary: 'Cancel all orders, in one market or everywhere',
    access: 'customer',
    request: schema.CancelAllOrders,
    replies: { 200: { schema: schema.CanceledOrders, description: 'The orders that were canceled.' } },
    problems: ['market_not_found', ...UNAVAILABLE],
  },
  'GET /v1/orders': {
    tag: 'orders',
    summary: 'My orders, newest first',
    access: 'customer',
    request: schema.ListOrders,
    replies: { 200: { schema: schema.OrderPage, description: 'A page.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/orders/:id': {
    tag: 'orders',
    summary: 'One of my orders',
    access: 'customer',
    request: schema.GetOrder,
    replies: { 200: { schema: schema.Order, description: 'The order.' } },
    problems: ['order_not_found'],
  },
  'GET /v1/orders/by-client-order-id/:clientOrderId': {
    tag: 'orders',
    summary: 'One of my orders by my own id',
    description: 'Looks among the open and the 10,000 latest past orders. Encode `/` in the id as `%2F`.',
    access: 'customer',
    request: schema.GetOrderByClientOrderId,
    replies: { 200: { schema: schema.Order, description: 'The latest order with this id.' } },
    problems: ['order_not_found'],
  },
  'DELETE /v1/orders/:id': {
    tag: 'orders',
    summary: 'Cancel an order',
    access: 'customer',
    request: schema.CancelOrder,
    replies: { 200: { schema: schema.Order, description: 'The order as it ended.' } },
    problems: CANCEL,
  },
  'DELETE /v1/orders/by-client-order-id/:clientOrderId': {
    tag: 'orders',
    summary: 'Cancel an order by my own id',
    access: 'customer',
    request: schema.CancelOrderByClientOrderId,
    replies: { 200: { schema: schema.Order, description: 'The order as it ended.' } },
    problems: CANCEL,
  },
  'PATCH /v1/orders/:id': {
    tag: 'orders',
    summary: 'Amend an order',
    description: AMEND_DESCRIPTION,
    access: 'customer',
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
    request: schema.AmendOrderByClientOrderId,
    replies: {
      200: { schema: schema.Placement, description: 'The order as it is now, and what it traded.' },
    },
    problems: AMEND,
  },
} satisfies Operations;
