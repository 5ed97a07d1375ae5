import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const priceRow = z.strictObject({ trade_no: whole, price_ticks: whole, executed_at_ms: whole });

const ROWS_A_READ = 5_000;
/** The circuit breaker keeps prices by the second. */
const SECOND_MS = 1_000;

/**
 * The prices of a market that its circuit breaker may still look at, oldest first: those of a window's length before the
 * last trade, and the last one before that.
 */
export async function loadRecentPrices(
  db: CommonQueryMethods,
  marketId: number,
  afterTradeNo: number,
  windowMs: number,
): Promise<readonly (readonly [priceTicks: number, atMs: number])[]> {
  const newestFirst: [number, number][] = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await db.any(sql.type(priceRow)`
      select trade_no, price_ticks, executed_at_ms from trades
      where market_id = ${marketId} and trade_no > ${afterTradeNo} and trade_no < ${before}
      order by trade_no desc limit ${ROWS_A_READ}`);
    for (const row of rows) {
      newestFirst.push([row.price_ticks, row.executed_at_ms]);
      const lastAtMs = newestFirst[0]![1];
      if (row.executed_at_ms < lastAtMs - windowMs - SECOND_MS) return newestFirst.reverse();
      before = row.trade_no;
    }
    if (rows.length < ROWS_A_READ) return newestFirst.reverse();
  }
}
