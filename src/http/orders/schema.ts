import { z } from 'zod';
import { gatewayStatus, httpStatus, type ProblemCode } from '../problem.ts';
import {
  CancelAllFields,
  CHANGES_NOTHING,
  ClientOrderId,
  changesSomething,
  MarketSymbol,
  OrderChanges,
  OrderId,
  OrderListFields,
  OrderRequest,
} from '../schemas/order-request.ts';
import * as views from '../schemas/views.ts';
import { cursor, limit, page } from '../wire.ts';
import { LIST_EXAMPLES, ORDER_EXAMPLES } from './examples.ts';

const BATCH_LIMIT = 100;

export const NewOrder = OrderRequest.meta({ id: 'OrderRequest', example: ORDER_EXAMPLES['limit']?.value });
export const Order = views.Order.meta({ id: 'Order' });
export const Fill = views.Fill.meta({ id: 'Fill' });

export const Placement = z
  .strictObject({
    order: Order,
    fills: z.array(Fill).readonly().meta({ description: 'What it traded at once.' }),
    repeated: z
      .boolean()
      .meta({ description: 'The clientOrderId was used before: this is that order as it is now.' }),
  })
  .meta({ id: 'Placement' });

export const NewOrderList = z
  .strictObject(OrderListFields)
  .meta({ id: 'OrderListRequest', example: LIST_EXAMPLES['otoco']?.value });
export const ListPlacement = z
  .strictObject({
    orders: z
      .array(Order)
      .readonly()
      .meta({ description: 'The working order, if there is one, comes first.' }),
    fills: z.array(Fill).readonly().meta({ description: 'What they traded at once.' }),
    repeated: z.boolean().meta({ description: 'The clientOrderIds were used before for the same list.' }),
  })
  .meta({ id: 'ListPlacement' });

export const Replacement = z
  .strictObject({
    order: Order,
    fills: z.array(Fill).readonly(),
    repeated: z.boolean(),
    canceled: Order.nullable().meta({ description: 'The order that went; null where this is a repeat.' }),
  })
  .meta({ id: 'Replacement' });

const failure = z
  .strictObject({
    code: z.enum(Object.keys({ ...httpStatus, ...gatewayStatus }) as [ProblemCode, ...ProblemCode[]]),
    status: z.int().meta({ description: 'What the single request would have been answered with.' }),
    detail: z.string(),
  })
  .meta({ id: 'Failure' });
const failed = z.strictObject({ ok: z.literal(false), error: failure });

export const PlacementResults = z
  .strictObject({
    results: z.array(
      z.union([
        z.strictObject({
          ok: z.literal(true),
          order: Order,
          fills: z.array(Fill).readonly(),
          repeated: z.boolean(),
        }),
        failed,
      ]),
    ),
  })
  .meta({ id: 'PlacementResults', description: 'In the order of the request.' });
export const CancelResults = z
  .strictObject({
    results: z.array(z.union([z.strictObject({ ok: z.literal(true), order: Order }), failed])),
  })
  .meta({ id: 'CancelResults', description: 'In the order of the request.' });
export const CanceledOrders = z
  .strictObject({ canceled: z.array(OrderId).readonly() })
  .meta({ id: 'CanceledOrders' });
export const OrderPage = page(Order).meta({ id: 'OrderPage' });

const byId = z.strictObject({ id: OrderId });
const byClientOrderId = z.strictObject({ clientOrderId: ClientOrderId });
const changes = z
  .strictObject(OrderChanges)
  .refine(changesSomething, { error: CHANGES_NOTHING })
  .meta({ id: 'OrderChanges', example: { quantity: '0.01' } });

export const PlaceOrder = { body: NewOrder };
export const PlaceOrders = {
  body: z.strictObject({ orders: z.array(NewOrder).min(1).max(BATCH_LIMIT) }).meta({ id: 'PlaceOrders' }),
};
export const CancelOrders = {
  body: z
    .strictObject({
      orders: z
        .array(z.union([byId, byClientOrderId]))
        .min(1)
        .max(BATCH_LIMIT),
    })
    .meta({ id: 'CancelOrders', example: { orders: [{ id: '1000-17' }, { clientOrderId: 'grid-7/42' }] } }),
};
export const CancelAllOrders = {
  query: z.strictObject(CancelAllFields),
};
export const ListOrders = {
  query: z.strictObject({
    status: z
      .enum(['open', 'past'])
      .default('open')
      .meta({ description: '`open` can still trade; `past` ended.' }),
    market: MarketSymbol.optional(),
    limit: limit(500, 100),
    cursor,
  }),
};
export const GetOrder = { params: byId };
export const GetOrderByClientOrderId = { params: byClientOrderId };
export const CancelOrder = { params: byId };
export const CancelOrderByClientOrderId = { params: byClientOrderId };
const seconds = z.int().min(0).max(3_600).meta({
  description:
    'Unless it is set again before so many seconds are over, all orders are canceled; 0 ends the countdown.',
});
export const Countdown = z
  .strictObject({
    expiresAt: z.iso.datetime().nullable().meta({ description: 'null: no countdown runs.' }),
  })
  .meta({ id: 'Countdown' });
export const CountdownFields = { seconds };
export const SetCountdown = {
  body: z.strictObject(CountdownFields).meta({ id: 'SetCountdown', example: { seconds: 60 } }),
};

export const PlaceOrderList = { body: NewOrderList };
export const ReplaceOrder = { params: byId, body: NewOrder };
export const ReplaceOrderByClientOrderId = { params: byClientOrderId, body: NewOrder };
export const AmendOrder = { params: byId, body: changes };
export const AmendOrderByClientOrderId = { params: byClientOrderId, body: changes };
