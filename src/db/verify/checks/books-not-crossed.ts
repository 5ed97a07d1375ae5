import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const booksNotCrossed = sqlCheck({
  name: 'books_not_crossed',
  title: 'in no market that trades at once does the best bid reach the best ask',
  subject: 'open orders',
  count: countOf('open_orders'),
  offenders: sql.unsafe`
    select m.symbol as market, b.best_bid_ticks, b.best_ask_ticks
    from (
      select market_id, max(price_ticks) filter (where side = 0) as best_bid_ticks,
             min(price_ticks) filter (where side = 1) as best_ask_ticks
      from open_orders where waiting = 0 group by market_id
    ) b left join markets m on m.id = b.market_id left join market_states s on s.market_id = b.market_id
    where b.best_bid_ticks >= b.best_ask_ticks
      -- Only an auction gathers orders that cross; a halt may leave them so.
      and coalesce(s.status, 'open') in ('open', 'post_only')
    order by b.market_id limit ${OFFENDER_LIMIT}`,
});
