/** The parts of the settlement statement that write orders; see settle-statement.ts. */

import { type FragmentSqlToken, sql } from 'slonik';
import type { Order } from '../domain/orders/order.ts';
import type { OrderRef } from '../domain/trade.ts';
import { reasonCode, selfTradeCode, sideCode, statusCode, timeInForceCode, typeCode } from './codes.ts';
import { texts, values } from './columns.ts';

/** Adds orders that now rest. */
export function insertOpenOrders(orders: readonly Order[]): FragmentSqlToken {
  return sql.fragment`
    insert into open_orders (
      account_id, order_no, market_id, priority, side, price_ticks, quantity_lots, filled_lots, filled_quote_minor,
      fee_minor, hold_minor, maker_fee_ppm, taker_fee_ppm, post_only, type, time_in_force, waiting, self_trade, trade_group,
      terms, client_order_id, request_digest, created_at_ms, updated_at_ms
    )
    select u.* from fence, unnest(
      ${values(orders.map((order) => order.accountId))}::bigint[],
      ${values(orders.map((order) => order.orderNo))}::bigint[],
      ${values(orders.map((order) => order.marketId))}::int[],
      ${values(orders.map((order) => order.priority))}::bigint[],
      ${values(orders.map((order) => sideCode.of(order.side)))}::int[],
      ${values(orders.map((order) => order.priceTicks))}::bigint[],
      ${values(orders.map((order) => order.quantityLots))}::bigint[],
      ${values(orders.map((order) => order.filledLots))}::bigint[],
      ${values(orders.map((order) => order.filledQuoteMinor))}::numeric[],
      ${values(orders.map((order) => order.feeMinor))}::numeric[],
      ${values(orders.map((order) => order.holdMinor))}::numeric[],
      ${values(orders.map((order) => order.makerFeePpm))}::int[],
      ${values(orders.map((order) => order.takerFeePpm))}::int[],
      ${values(orders.map((order) => order.postOnly))}::boolean[],
      ${values(orders.map((order) => typeCode.of(order.type)))}::int[],
      ${values(orders.map((order) => timeInForceCode.of(order.timeInForce)))}::int[],
      ${values(orders.map(waitingCode))}::int[],
      ${values(orders.map((order) => selfTradeCode.of(order.selfTrade)))}::int[],
      ${values(orders.map(({ tradeGroup, accountId }) => (tradeGroup === accountId ? null : tradeGroup)))}::bigint[],
      ${texts(orders.map(termsText))}::json[],
      ${texts(orders.map((order) => order.clientOrderId))}::text[],
      ${values(orders.map((order) => order.requestDigest))}::bigint[],
      ${values(orders.map((order) => order.createdAtMs))}::bigint[],
      ${values(orders.map((order) => order.updatedAtMs))}::bigint[]
    ) as u`;
}

/** What an open order waits for: nothing, its stop price, or the working order of its list. */
function waitingCode({ status }: Order): number {
  if (status === 'untriggered') return 1;
  return status === 'pending' ? 2 : 0;
}

function termsText({ terms }: Order): string | null {
  return terms === null ? null : JSON.stringify(terms);
}

/** Writes what a batch changed of orders that still rest. No indexed column changes, so that the row stays in its page. */
export function updateOpenOrders(orders: readonly Order[]): FragmentSqlToken {
  return sql.fragment`
    update open_orders o set
      priority = c.priority, price_ticks = c.price_ticks, quantity_lots = c.quantity_lots,
      filled_lots = c.filled_lots, filled_quote_minor = c.filled_quote_minor, fee_minor = c.fee_minor,
      hold_minor = c.hold_minor, waiting = c.waiting, terms = c.terms, updated_at_ms = c.updated_at_ms
    from fence, unnest(
      ${values(orders.map((order) => order.accountId))}::bigint[],
      ${values(orders.map((order) => order.orderNo))}::bigint[],
      ${values(orders.map((order) => order.priority))}::bigint[],
      ${values(orders.map((order) => order.priceTicks))}::bigint[],
      ${values(orders.map((order) => order.quantityLots))}::bigint[],
      ${values(orders.map((order) => order.filledLots))}::bigint[],
      ${values(orders.map((order) => order.filledQuoteMinor))}::numeric[],
      ${values(orders.map((order) => order.feeMinor))}::numeric[],
      ${values(orders.map((order) => order.holdMinor))}::numeric[],
      ${values(orders.map(waitingCode))}::int[],
      ${texts(orders.map(termsText))}::json[],
      ${values(orders.map((order) => order.updatedAtMs))}::bigint[]
    ) as c (
      account_id, order_no, priority, price_ticks, quantity_lots, filled_lots, filled_quote_minor, fee_minor,
      hold_minor, waiting, terms, updated_at_ms
    )
    where o.account_id = c.account_id and o.order_no = c.order_no
    returning o.order_no`;
}

/** Takes orders off that don't rest any more. */
export function deleteOpenOrders(refs: readonly OrderRef[]): FragmentSqlToken {
  return sql.fragment`
    delete from open_orders o
    using fence, unnest(
      ${values(refs.map((ref) => ref.accountId))}::bigint[], ${values(refs.map((ref) => ref.orderNo))}::bigint[]
    ) as c (account_id, order_no)
    where o.account_id = c.account_id and o.order_no = c.order_no
    returning o.order_no`;
}

/** Keeps orders that have ended. */
export function insertEndedOrders(orders: readonly Order[]): FragmentSqlToken {
  return sql.fragment`
    insert into orders (
      account_id, order_no, market_id, side, type, time_in_force, post_only, price_ticks, quantity_lots, quote_budget,
      self_trade, terms, filled_lots, filled_quote_minor, fee_minor, maker_fee_ppm, taker_fee_ppm, status, reason, client_order_id,
      request_digest, created_at_ms, updated_at_ms
    )
    select u.* from fence, unnest(
      ${values(orders.map((order) => order.accountId))}::bigint[],
      ${values(orders.map((order) => order.orderNo))}::bigint[],
      ${values(orders.map((order) => order.marketId))}::int[],
      ${values(orders.map((order) => sideCode.of(order.side)))}::int[],
      ${values(orders.map((order) => typeCode.of(order.type)))}::int[],
      ${values(orders.map((order) => timeInForceCode.of(order.timeInForce)))}::int[],
      ${values(orders.map((order) => order.postOnly))}::boolean[],
      ${values(orders.map((order) => order.priceTicks))}::bigint[],
      ${values(orders.map((order) => order.quantityLots))}::bigint[],
      ${values(orders.map((order) => order.quoteBudget))}::bigint[],
      ${values(orders.map((order) => selfTradeCode.of(order.selfTrade)))}::int[],
      ${texts(orders.map(termsText))}::json[],
      ${values(orders.map((order) => order.filledLots))}::bigint[],
      ${values(orders.map((order) => order.filledQuoteMinor))}::numeric[],
      ${values(orders.map((order) => order.feeMinor))}::numeric[],
      ${values(orders.map((order) => order.makerFeePpm))}::int[],
      ${values(orders.map((order) => order.takerFeePpm))}::int[],
      ${values(orders.map((order) => statusCode.of(order.status)))}::int[],
      ${values(orders.map((order) => reasonCode.of(order.reason)))}::int[],
      ${texts(orders.map((order) => order.clientOrderId))}::text[],
      ${values(orders.map((order) => order.requestDigest))}::bigint[],
      ${values(orders.map((order) => order.createdAtMs))}::bigint[],
      ${values(orders.map((order) => order.updatedAtMs))}::bigint[]
    ) as u`;
}
