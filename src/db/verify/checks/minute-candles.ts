import { sql } from 'slonik';
import { MINUTE_MS } from '../../../domain/candles.ts';
import { countRow, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { marketUnits } from '../units.ts';

export const minuteCandles = sqlCheck({
  name: 'minute_candles',
  title: 'the one-minute candles say what was traded',
  subject: 'one-minute candles',
  count: sql.type(countRow)`select count(*) from candles where interval_ms = ${MINUTE_MS}`,
  offenders: sql.unsafe`
    select coalesce(c.market_id, t.market_id) as market_id, coalesce(c.opened_at_ms, t.opened_at_ms) as opened_at_ms,
           c.volume_lots, t.volume_lots as traded_lots, c.trade_count, t.trade_count as trades
    from (select * from candles where interval_ms = ${MINUTE_MS}) c
    full join (
      select t.market_id, t.executed_at_ms - t.executed_at_ms % ${MINUTE_MS} as opened_at_ms,
             min(t.trade_no) as first_no, max(t.trade_no) as last_no,
             max(t.price_ticks) as high_ticks, min(t.price_ticks) as low_ticks,
             sum(t.quantity_lots) as volume_lots,
             sum(t.price_ticks * t.quantity_lots::numeric * u.tick_lot_minor) as quote_volume_minor,
             count(*) as trade_count
      from trades t join (${marketUnits}) u using (market_id)
      group by 1, 2
    ) t on t.market_id = c.market_id and t.opened_at_ms = c.opened_at_ms
    left join trades f on f.market_id = t.market_id and f.trade_no = t.first_no
    left join trades l on l.market_id = t.market_id and l.trade_no = t.last_no
    where (c.open_ticks, c.high_ticks, c.low_ticks, c.close_ticks, c.volume_lots, c.quote_volume_minor, c.trade_count)
       is distinct from
          (f.price_ticks, t.high_ticks, t.low_ticks, l.price_ticks, t.volume_lots, t.quote_volume_minor, t.trade_count)
    order by 1, 2 limit ${OFFENDER_LIMIT}`,
});
