import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const queuePlaces = sqlCheck({
  name: 'queue_places',
  title: 'no two open orders of a market claim the same place in the queue, and none a place in the future',
  subject: 'open orders',
  count: countOf('open_orders'),
  offenders: sql.unsafe`
    select m.symbol as market, o.priority, o.orders, s.places
    from (select market_id, priority, count(*) as orders from open_orders group by market_id, priority) o
    left join markets m on m.id = o.market_id
    left join market_states s on s.market_id = o.market_id
    where o.orders > 1 or s.places is null or o.priority > s.places
    order by o.market_id, o.priority limit ${OFFENDER_LIMIT}`,
});
