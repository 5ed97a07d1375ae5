import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const timeRow = z.strictObject({ executed_at_ms: whole });
const priceRow = z.strictObject({ price_ticks: whole, executed_at_ms: whole });

/** The circuit breaker keeps prices by the second. */
const SECOND_MS = 1_000;

/**
 * The prices of a market that its circuit breaker may still look at, oldest first: of every second of a window's length
 * before the last trade the first and the last one, and the last one before that.
 * @param lastTradeNo number of the last trade; they are counted without gaps, and never back in time
 */
export async function loadRecentPrices(
  db: CommonQueryMethods,
  marketId: number,
  afterTradeNo: number,
  lastTradeNo: number,
  windowMs: number,
): Promise<readonly (readonly [priceTicks: number, atMs: number])[]> {
  if (lastTradeNo <= afterTradeNo) return [];
  const timeOf = async (tradeNo: number) =>
    (
      await db.one(sql.type(timeRow)`
        select executed_at_ms from trades where market_id = ${marketId} and trade_no = ${tradeNo}`)
    ).executed_at_ms;
  const beginsAtMs = (await timeOf(lastTradeNo)) - windowMs - SECOND_MS;
  // The last trade before the window, or the first there is: time rises with the number, so halving finds it.
  let from = afterTradeNo + 1;
  for (let to = lastTradeNo; from < to; ) {
    const middle = Math.ceil((from + to) / 2);
    if ((await timeOf(middle)) < beginsAtMs) from = middle;
    else to = middle - 1;
  }
  const rows = await db.any(sql.type(priceRow)`
    select t.price_ticks, t.executed_at_ms from (
      select min(trade_no) as first_no, max(trade_no) as last_no from trades
      where market_id = ${marketId} and trade_no between ${from} and ${lastTradeNo} group by executed_at_ms / ${SECOND_MS}
    ) seconds
    join trades t on t.market_id = ${marketId} and t.trade_no in (seconds.first_no, seconds.last_no)
    order by t.trade_no`);
  return rows.map((row) => [row.price_ticks, row.executed_at_ms] as const);
}
