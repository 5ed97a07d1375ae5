import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const tradeNumbers = sqlCheck({
  name: 'trade_numbers',
  title:
    'the trades of every market are numbered from 1 without gaps, and its last number and price are theirs',
  subject: 'markets',
  count: countOf('markets'),
  // Numbers are unique by constraint: as many as the highest, from 1 on, means none is missing.
  offenders: sql.unsafe`
    select m.symbol as market, s.trade_no as state_trade_no, t.count, t.first, t.last,
           s.last_price_ticks as state_price, l.price_ticks as last_price
    from markets m
    left join market_states s on s.market_id = m.id
    left join (
      select market_id, count(*) as count, min(trade_no) as first, max(trade_no) as last
      from trades group by market_id
    ) t on t.market_id = m.id
    left join trades l on l.market_id = m.id and l.trade_no = t.last
    where s.trade_no is distinct from coalesce(t.last, 0)
       or coalesce(t.count, 0) <> coalesce(t.last, 0)
       or t.first <> 1
       or s.last_price_ticks is distinct from l.price_ticks
    order by m.id limit ${OFFENDER_LIMIT}`,
});
