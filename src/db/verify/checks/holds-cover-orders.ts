import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { marketUnits } from '../units.ts';

export const holdsCoverOrders = sqlCheck({
  name: 'holds_cover_orders',
  title: 'the hold of every open order is exactly what its rest can cost',
  subject: 'open orders',
  count: countOf('open_orders'),
  offenders: sql.unsafe`
    select o.account_id, o.order_no, u.market, o.hold_minor, o.filled_lots, o.quantity_lots
    from open_orders o left join (${marketUnits}) u using (market_id)
    where u.market is null
       or o.filled_lots < 0 or o.filled_lots >= o.quantity_lots
       or o.hold_minor <> (o.quantity_lots - o.filled_lots)
          * case o.side when 0 then o.price_ticks * u.tick_lot_minor else u.lot_minor end
    order by o.account_id, o.order_no limit ${OFFENDER_LIMIT}`,
});
