import type Router from '@koa/router';
import type { Context } from 'koa';
import type { OrderCommand, Replacement } from '../../actors/ports.ts';
import { findOrder } from '../../db/ledger.ts';
import { findOrderByClientOrderId, listOpenOrders, listPastOrders } from '../../db/orders-read.ts';
import { isClientOrderId, type Order } from '../../domain/orders/order.ts';
import { type Result, refuse } from '../../domain/rejection.ts';
import { parseOrderId, viewOrder } from '../../domain/views.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import {
  presentCancels,
  presentCountdown,
  presentList,
  presentOrder,
  presentPlacement,
  presentPlacements,
  presentReplacement,
} from './presenter.ts';
import * as schema from './schema.ts';

export function orderRoutes(router: Router<RequestState>, { exchange, pool, authentication }: Gateway): void {
  const may = { read: authentication.allow('read'), trade: authentication.allow('trade') };

  router.post('/v1/orders', may.trade, validate(schema.PlaceOrder), async (ctx) => {
    const { claims, input } = ctx.state;
    const placed = await exchange.placeOrder({ accountId: claims.accountId, request: input.body });
    if (!placed.ok) return sendRefusal(ctx, placed.refusal);
    ctx.status = placed.value.repeated ? 200 : 201;
    ctx.body = presentPlacement(placed.value);
  });

  router.post('/v1/order-lists', may.trade, validate(schema.PlaceOrderList), async (ctx) => {
    const { claims, input } = ctx.state;
    const placed = await exchange.placeOrderList({ accountId: claims.accountId, request: input.body });
    if (!placed.ok) return sendRefusal(ctx, placed.refusal);
    ctx.status = placed.value.repeated ? 200 : 201;
    ctx.body = presentList(placed.value);
  });

  router.post('/v1/orders/:id/replace', may.trade, validate(schema.ReplaceOrder), async (ctx) => {
    const { claims, input } = ctx.state;
    const replaced = await onOwnOrder(claims.accountId, input.params.id, (command) =>
      exchange.replaceOrder({ ...command, request: input.body }),
    );
    answerReplaced(ctx, replaced);
  });

  router.post(
    '/v1/orders/by-client-order-id/:clientOrderId/replace',
    may.trade,
    validate(schema.ReplaceOrderByClientOrderId),
    async (ctx) => {
      const { claims, input } = ctx.state;
      const { accountId } = claims;
      answerReplaced(
        ctx,
        await exchange.replaceOrder({ accountId, name: input.params, request: input.body }),
      );
    },
  );

  router.post('/v1/orders/batch', may.trade, validate(schema.PlaceOrders), async (ctx) => {
    const { accountId } = ctx.state.claims;
    // All are sent before the first is waited for: they keep their order and share a commit.
    const placements = ctx.state.input.body.orders.map((request) =>
      exchange.placeOrder({ accountId, request }),
    );
    ctx.body = presentPlacements(await Promise.all(placements));
  });

  router.post('/v1/orders/batch-cancel', may.trade, validate(schema.CancelOrders), async (ctx) => {
    const { accountId } = ctx.state.claims;
    const cancels = ctx.state.input.body.orders.map((order) =>
      'id' in order
        ? onOwnOrder(accountId, order.id, (command) => exchange.cancelOrder(command))
        : exchange.cancelOrder({ accountId, name: { clientOrderId: order.clientOrderId } }),
    );
    ctx.body = presentCancels(await Promise.all(cancels));
  });

  router.delete('/v1/orders', may.trade, validate(schema.CancelAllOrders), async (ctx) => {
    const { accountId } = ctx.state.claims;
    const canceled = await exchange.cancelAllOrders({ accountId, ...ctx.state.input.query });
    if (!canceled.ok) return sendRefusal(ctx, canceled.refusal);
    ctx.body = { canceled: canceled.value };
  });

  router.put('/v1/countdown', may.trade, validate(schema.SetCountdown), async (ctx) => {
    const { claims, input } = ctx.state;
    const set = await exchange.cancelAllAfter(claims.accountId, input.body.seconds * 1_000);
    if (!set.ok) return sendRefusal(ctx, set.refusal);
    ctx.body = presentCountdown(set.value);
  });

  router.get('/v1/orders', may.read, validate(schema.ListOrders), async (ctx) => {
    const { status, market: symbol, limit, cursor } = ctx.state.input.query;
    const market = symbol === undefined ? undefined : exchange.catalog().market(symbol);
    if (symbol !== undefined && market === undefined) {
      return sendProblem(ctx, 'market_not_found', `There is no market ${symbol}.`);
    }
    const list = status === 'open' ? listOpenOrders : listPastOrders;
    const found = await list(pool, {
      accountId: ctx.state.claims.accountId,
      marketId: market?.id,
      before: cursor,
      limit: limit + 1,
    });
    const { rows, nextCursor } = cutPage(found, limit, ({ orderNo }) => orderNo);
    ctx.body = { items: rows.map(present), nextCursor };
  });

  router.get('/v1/orders/:id', may.read, validate(schema.GetOrder), async (ctx) => {
    const found = await onOwnOrder(
      ctx.state.claims.accountId,
      ctx.state.input.params.id,
      async ({ name }) => {
        const order = await findOrder(pool, { accountId: ctx.state.claims.accountId, ...name });
        return order === undefined ? ORDER_NOT_FOUND : { ok: true, value: present(order) };
      },
    );
    answer(ctx, found);
  });

  router.get(
    '/v1/orders/by-client-order-id/:clientOrderId',
    may.read,
    validate(schema.GetOrderByClientOrderId),
    async (ctx) => {
      const { clientOrderId } = ctx.state.input.params;
      const order = isClientOrderId(clientOrderId)
        ? await findOrderByClientOrderId(pool, ctx.state.claims.accountId, clientOrderId)
        : undefined;
      answer(ctx, order === undefined ? ORDER_NOT_FOUND : { ok: true, value: present(order) });
    },
  );

  router.delete('/v1/orders/:id', may.trade, validate(schema.CancelOrder), async (ctx) => {
    const { claims, input } = ctx.state;
    answer(
      ctx,
      await onOwnOrder(claims.accountId, input.params.id, (command) => exchange.cancelOrder(command)),
    );
  });

  router.delete(
    '/v1/orders/by-client-order-id/:clientOrderId',
    may.trade,
    validate(schema.CancelOrderByClientOrderId),
    async (ctx) => {
      const { claims, input } = ctx.state;
      answer(ctx, await exchange.cancelOrder({ accountId: claims.accountId, name: input.params }));
    },
  );

  router.patch('/v1/orders/:id', may.trade, validate(schema.AmendOrder), async (ctx) => {
    const { claims, input } = ctx.state;
    answer(
      ctx,
      await onOwnOrder(claims.accountId, input.params.id, (command) =>
        exchange.amendOrder({ ...command, ...input.body }),
      ),
    );
  });

  router.patch(
    '/v1/orders/by-client-order-id/:clientOrderId',
    may.trade,
    validate(schema.AmendOrderByClientOrderId),
    async (ctx) => {
      const { claims, input } = ctx.state;
      answer(
        ctx,
        await exchange.amendOrder({ accountId: claims.accountId, name: input.params, ...input.body }),
      );
    },
  );

  function present(order: Order) {
    const market = exchange.catalog().marketById(order.marketId);
    if (market === undefined) throw new Error(`order in unknown market ${order.marketId}`);
    return presentOrder(viewOrder(market, order));
  }
}

const ORDER_NOT_FOUND = refuse('order_not_found', 'There is no such order in your account.');

/** Another account's order is as good as none: its number says nothing to this one. */
async function onOwnOrder<Value>(
  accountId: number,
  id: string,
  act: (command: OrderCommand & { readonly name: { readonly orderNo: number } }) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const ref = parseOrderId(id);
  if (ref === undefined || ref.accountId !== accountId) return ORDER_NOT_FOUND;
  return act({ accountId, name: { orderNo: ref.orderNo } });
}

function answerReplaced(ctx: Context, result: Result<Replacement>): void {
  if (!result.ok) return sendRefusal(ctx, result.refusal);
  ctx.status = result.value.repeated ? 200 : 201;
  ctx.body = presentReplacement(result.value);
}

function answer(ctx: Context, result: Result<unknown>): void {
  if (result.ok) ctx.body = result.value;
  else sendRefusal(ctx, result.refusal);
}
