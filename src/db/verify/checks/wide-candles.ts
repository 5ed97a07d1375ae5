import { sql } from 'slonik';
import { CANDLE_INTERVALS_MS, MINUTE_MS } from '../../../domain/candles.ts';
import { countRow, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

const wideIntervals = Object.values(CANDLE_INTERVALS_MS).filter((intervalMs) => intervalMs > MINUTE_MS);

export const wideCandles = sqlCheck({
  name: 'wide_candles',
  title: 'the longer candles are the one-minute candles put together',
  subject: 'longer candles',
  count: sql.type(countRow)`select count(*) from candles where interval_ms <> ${MINUTE_MS}`,
  offenders: sql.unsafe`
    select market_id, interval_ms, opened_at_ms, c.volume_lots, m.volume_lots as minutes_lots,
           c.trade_count, m.trade_count as minutes_trades
    from (select * from candles where interval_ms <> ${MINUTE_MS}) c
    full join (
      select c.market_id, i.interval_ms, c.opened_at_ms - c.opened_at_ms % i.interval_ms as opened_at_ms,
             (array_agg(c.open_ticks order by c.opened_at_ms))[1] as open_ticks,
             max(c.high_ticks) as high_ticks, min(c.low_ticks) as low_ticks,
             (array_agg(c.close_ticks order by c.opened_at_ms desc))[1] as close_ticks,
             sum(c.volume_lots) as volume_lots, sum(c.quote_volume_minor) as quote_volume_minor,
             sum(c.trade_count) as trade_count
      from candles c cross join unnest(${sql.array(wideIntervals, 'int8')}) as i (interval_ms)
      where c.interval_ms = ${MINUTE_MS}
      group by 1, 2, 3
    ) m using (market_id, interval_ms, opened_at_ms)
    where (c.open_ticks, c.high_ticks, c.low_ticks, c.close_ticks, c.volume_lots, c.quote_volume_minor, c.trade_count)
       is distinct from
          (m.open_ticks, m.high_ticks, m.low_ticks, m.close_ticks, m.volume_lots, m.quote_volume_minor, m.trade_count)
    order by market_id, interval_ms, opened_at_ms limit ${OFFENDER_LIMIT}`,
});
