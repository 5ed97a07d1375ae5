import { type CommonQueryMethods, type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { CANDLE_INTERVALS_MS, type Candle, MINUTE_MS } from '../domain/candles.ts';
import { values } from './columns.ts';

const whole = z.bigint().transform(Number);
export const candleRow = z.object({
  intervalMs: whole,
  openedAtMs: whole,
  openTicks: whole,
  highTicks: whole,
  lowTicks: whole,
  closeTicks: whole,
  volumeLots: z.bigint(),
  quoteVolumeMinor: z.bigint(),
  tradeCount: whole,
});

export const candleColumns = sql.fragment`
  interval_ms as "intervalMs", opened_at_ms as "openedAtMs", open_ticks as "openTicks", high_ticks as "highTicks",
  low_ticks as "lowTicks", close_ticks as "closeTicks", volume_lots as "volumeLots",
  quote_volume_minor as "quoteVolumeMinor", trade_count as "tradeCount"`;

/**
 * Merges what a batch traded into the candles.
 * @param rows at most one for each market, interval and opening time
 */
export function mergeCandleRows(
  rows: readonly (readonly [marketId: number, candle: Candle])[],
): FragmentSqlToken {
  return sql.fragment`
    insert into candles (
      market_id, interval_ms, opened_at_ms, open_ticks, high_ticks, low_ticks, close_ticks, volume_lots,
      quote_volume_minor, trade_count
    )
    select u.* from fence, unnest(
      ${values(rows.map(([marketId]) => marketId))}::int[],
      ${values(rows.map(([, candle]) => candle.intervalMs))}::bigint[],
      ${values(rows.map(([, candle]) => candle.openedAtMs))}::bigint[],
      ${values(rows.map(([, candle]) => candle.openTicks))}::bigint[],
      ${values(rows.map(([, candle]) => candle.highTicks))}::bigint[],
      ${values(rows.map(([, candle]) => candle.lowTicks))}::bigint[],
      ${values(rows.map(([, candle]) => candle.closeTicks))}::bigint[],
      ${values(rows.map(([, candle]) => candle.volumeLots))}::numeric[],
      ${values(rows.map(([, candle]) => candle.quoteVolumeMinor))}::numeric[],
      ${values(rows.map(([, candle]) => candle.tradeCount))}::bigint[]
    ) as u
    on conflict (market_id, interval_ms, opened_at_ms) do update set
      high_ticks = greatest(candles.high_ticks, excluded.high_ticks),
      low_ticks = least(candles.low_ticks, excluded.low_ticks),
      close_ticks = excluded.close_ticks,
      volume_lots = candles.volume_lots + excluded.volume_lots,
      quote_volume_minor = candles.quote_volume_minor + excluded.quote_volume_minor,
      trade_count = candles.trade_count + excluded.trade_count`;
}

/** What the feed of a market begins with: one-minute candles since a time, and the newest of each longer interval. */
export async function findFeedCandles(
  db: CommonQueryMethods,
  marketId: number,
  sinceMs: number,
): Promise<Candle[]> {
  const minutes = await db.any(sql.type(candleRow)`
    select ${candleColumns} from candles
    where market_id = ${marketId} and interval_ms = ${MINUTE_MS} and opened_at_ms >= ${sinceMs}
    order by opened_at_ms`);
  const longer = Object.values(CANDLE_INTERVALS_MS).filter((intervalMs) => intervalMs !== MINUTE_MS);
  const newest = await db.any(sql.type(candleRow)`
    select c.* from ${sql.unnest(
      longer.map((intervalMs) => [intervalMs]),
      ['int8'],
    )} as i (interval_ms)
    cross join lateral (
      select ${candleColumns} from candles
      where market_id = ${marketId} and interval_ms = i.interval_ms
      order by opened_at_ms desc limit 1
    ) as c`);
  return [...minutes, ...newest];
}
