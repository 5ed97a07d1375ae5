import { assert } from '../../domain/assert.ts';
import type { Order } from '../../domain/orders/order.ts';
import { isWorking } from '../../domain/orders/order-machine.ts';
import type { Trade } from '../../domain/trade.ts';
import type { MarketEffect, OrderChange, Reply } from '../effects.ts';
import type { MarketCommand } from '../market-messages.ts';
import { type MarketRefusal, reservationsOf } from './answers.ts';
import type { Execution } from './execution.ts';
import type { OpenMarket } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';

/** What a message came to, as its answer tells it. */

/** All that a message did, as settlement gets it; the market is one message further. */
export function effectOf(
  on: OpenMarket,
  execution: Execution,
  command: MarketCommand,
  replyTo: number,
  replyWith: (changes: readonly OrderChange[]) => Reply,
): MarketEffect {
  const orders = execution.changes.finish();
  on.seq = execution.seq;
  return {
    type: 'marketEffect',
    marketId: on.market.id,
    seq: execution.seq,
    atMs: execution.atMs,
    command,
    orders,
    trades: execution.trades,
    levels: execution.levels,
    preventions: execution.preventions,
    status: on.status,
    places: on.places,
    auctionEndsAtMs: on.auctionEndsAtMs,
    auctionOpensAs: on.auctionOpensAs,
    breakerFromTradeNo: on.breakerFromTradeNo,
    clearing: on.indicativePrice.of(on),
    reserved: reservationsOf(on.market, command),
    replyTo,
    reply: replyWith(orders),
  };
}

/** Answers with one order as it is after the message. */
export function orderEffect(
  on: OpenMarket,
  execution: Execution,
  command: MarketCommand,
  replyTo: number,
  order: LiveOrder,
): MarketEffect {
  return effectOf(on, execution, command, replyTo, (changes) => ({
    type: 'order',
    order: changedOf(changes, order),
    trades: tradesOf(execution, order),
  }));
}

export const DONE: Reply = { type: 'done' };

/** Why the book did not take a new order at all. */
export function refusalOfNew({ status, reason }: LiveOrder): MarketRefusal | undefined {
  if (isWorking(status)) return undefined;
  switch (reason) {
    case 'post_only_would_take':
      return 'post_only_would_take';
    case 'level_full':
      return 'quantity_too_large';
    case 'fill_or_kill_not_fillable':
    case 'minimum_not_fillable':
      return 'replacement_not_fillable';
    default:
      return undefined;
  }
}

export function changedOf(changes: readonly OrderChange[], order: LiveOrder): Order {
  const change = changes.find(
    (changed) => changed.order.accountId === order.accountId && changed.order.orderNo === order.orderNo,
  );
  assert(change !== undefined, 'a message changes the order that it is about');
  return change.order;
}

/** What an order traded in the message. */
export function tradesOf(
  { trades }: { readonly trades: readonly Trade[] },
  { accountId, orderNo }: LiveOrder,
) {
  return trades.filter(
    ({ maker, taker }) =>
      (taker.orderNo === orderNo && taker.accountId === accountId) ||
      (maker.orderNo === orderNo && maker.accountId === accountId),
  );
}
