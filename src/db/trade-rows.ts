import { sql } from 'slonik';
import { z } from 'zod';
import type { Trade } from '../domain/trade.ts';
import { sideCode } from './codes.ts';

const whole = z.union([z.bigint(), z.number()]).transform(Number);

/** Trades as they come out of `trades`, with the number of their journal entry. */
export const tradeRow = z
  .strictObject({
    entry_no: whole,
    market_id: whole,
    trade_no: whole,
    price_ticks: whole,
    quantity_lots: whole,
    taker_side: whole,
    maker_account_id: whole,
    maker_order_no: whole,
    taker_account_id: whole,
    taker_order_no: whole,
    maker_fee_minor: z.bigint(),
    taker_fee_minor: z.bigint(),
    executed_at_ms: whole,
  })
  .transform((row): Trade & { readonly entryNo: number } => ({
    entryNo: row.entry_no,
    marketId: row.market_id,
    tradeNo: row.trade_no,
    priceTicks: row.price_ticks,
    quantityLots: row.quantity_lots,
    takerSide: sideCode.word(row.taker_side),
    maker: { accountId: row.maker_account_id, orderNo: row.maker_order_no },
    taker: { accountId: row.taker_account_id, orderNo: row.taker_order_no },
    makerFeeMinor: row.maker_fee_minor,
    takerFeeMinor: row.taker_fee_minor,
    executedAtMs: row.executed_at_ms,
  }));

/** Of the table `trades` under the name t. */
export const tradeColumns = sql.fragment`
  t.entry_no, t.market_id, t.trade_no, t.price_ticks, t.quantity_lots, t.taker_side, t.maker_account_id,
  t.maker_order_no, t.taker_account_id, t.taker_order_no, t.maker_fee_minor, t.taker_fee_minor, t.executed_at_ms`;
