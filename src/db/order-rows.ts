import { sql } from 'slonik';
import { z } from 'zod';
import type { Order } from '../domain/orders/order.ts';
import type { OrderTerms } from '../domain/orders/order-terms.ts';
import { reasonCode, selfTradeCode, sideCode, statusCode, timeInForceCode, typeCode } from './codes.ts';

/** Orders as they come out of `open_orders` and `orders`, in one shape. */

const whole = z.union([z.bigint(), z.number()]).transform(Number);

export const orderRow = z
  .object({
    account_id: whole,
    order_no: whole,
    market_id: whole,
    priority: whole,
    side: whole,
    type: whole,
    time_in_force: whole,
    post_only: z.boolean(),
    price_ticks: whole,
    quantity_lots: whole,
    quote_budget: whole,
    self_trade: whole,
    trade_group: whole,
    terms: z.custom<OrderTerms>().nullable(),
    filled_lots: whole,
    filled_quote_minor: z.bigint(),
    fee_minor: z.bigint(),
    hold_minor: z.bigint(),
    maker_fee_ppm: whole,
    taker_fee_ppm: whole,
    status: whole,
    reason: whole,
    client_order_id: z.string().nullable(),
    request_digest: whole,
    created_at_ms: whole,
    updated_at_ms: whole,
  })
  .transform(
    (row): Order => ({
      marketId: row.market_id,
      accountId: row.account_id,
      orderNo: row.order_no,
      clientOrderId: row.client_order_id,
      requestDigest: row.request_digest,
      side: sideCode.word(row.side),
      type: typeCode.word(row.type),
      timeInForce: timeInForceCode.word(row.time_in_force),
      postOnly: row.post_only,
      priceTicks: row.price_ticks,
      quantityLots: row.quantity_lots,
      quoteBudget: row.quote_budget,
      selfTrade: selfTradeCode.word(row.self_trade),
      tradeGroup: row.trade_group,
      terms: row.terms,
      makerFeePpm: row.maker_fee_ppm,
      takerFeePpm: row.taker_fee_ppm,
      filledLots: row.filled_lots,
      filledQuoteMinor: row.filled_quote_minor,
      feeMinor: row.fee_minor,
      holdMinor: row.hold_minor,
      status: statusCode.word(row.status),
      reason: reasonCode.word(row.reason),
      priority: row.priority,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    }),
  );

/** Columns of open_orders: the status follows from what the order waits for and what is filled. */
export const openOrderColumns = sql.fragment`
  account_id, order_no, market_id, priority, side, type, time_in_force, post_only, price_ticks, quantity_lots,
  0 as quote_budget, self_trade, coalesce(trade_group, account_id) as trade_group, terms, filled_lots, filled_quote_minor, fee_minor, hold_minor, maker_fee_ppm, taker_fee_ppm,
  case waiting when 1 then 5 when 2 then 6 else case when filled_lots > 0 then 1 else 0 end end as status, 0 as reason, client_order_id, request_digest,
  created_at_ms, updated_at_ms`;

/** Columns of orders: what has ended holds nothing and has no place in a queue. */
export const endedOrderColumns = sql.fragment`
  account_id, order_no, market_id, 0 as priority, side, type, time_in_force, post_only, price_ticks, quantity_lots,
  quote_budget, self_trade, account_id as trade_group, terms, filled_lots, filled_quote_minor, fee_minor, 0::numeric as hold_minor, maker_fee_ppm, taker_fee_ppm,
  status, reason, client_order_id, request_digest, created_at_ms, updated_at_ms`;
