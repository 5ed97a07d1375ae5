import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { Trade } from '../domain/trade.ts';

const whole = z.bigint().transform(Number);
const tradeRow = z.strictObject({
  marketId: z.number(),
  tradeNo: whole,
  priceTicks: whole,
  quantityLots: whole,
  takerSide: z.number().transform((side) => (side === 0 ? ('buy' as const) : ('sell' as const))),
  makerAccountId: whole,
  makerOrderNo: whole,
  takerAccountId: whole,
  takerOrderNo: whole,
  makerFeeMinor: z.bigint(),
  takerFeeMinor: z.bigint(),
  executedAtMs: whole,
});

/** The last trades of a market, oldest first. */
export async function findRecentTrades(
  db: CommonQueryMethods,
  marketId: number,
  limit: number,
): Promise<Trade[]> {
  const rows = await db.any(sql.type(tradeRow)`
    select market_id as "marketId", trade_no as "tradeNo", price_ticks as "priceTicks",
      quantity_lots as "quantityLots", taker_side as "takerSide", maker_account_id as "makerAccountId",
      maker_order_no as "makerOrderNo", taker_account_id as "takerAccountId", taker_order_no as "takerOrderNo",
      maker_fee_minor as "makerFeeMinor", taker_fee_minor as "takerFeeMinor", executed_at_ms as "executedAtMs"
    from trades where market_id = ${marketId} order by trade_no desc limit ${limit}`);
  return rows
    .toReversed()
    .map(({ makerAccountId, makerOrderNo, takerAccountId, takerOrderNo, ...trade }) => ({
      ...trade,
      maker: { accountId: makerAccountId, orderNo: makerOrderNo },
      taker: { accountId: takerAccountId, orderNo: takerOrderNo },
    }));
}
