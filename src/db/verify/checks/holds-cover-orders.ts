import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { marketUnits } from '../units.ts';

export const holdsCoverOrders = sqlCheck({
  name: 'holds_cover_orders',
  title: 'the hold of every open order, and of a list as a whole, is exactly what the rest can cost',
  subject: 'open orders',
  count: countOf('open_orders'),
  offenders: sql.unsafe`
    with needs as (
      select o.account_id, o.order_no, o.market_id, u.market, o.side, o.hold_minor, o.filled_lots, o.quantity_lots,
             o.filled_quote_minor, o.fee_minor, u.lot_minor, (o.terms -> 'list' ->> 'no')::bigint as list_no,
             o.terms -> 'list' ->> 'role' as role,
             (o.quantity_lots - o.filled_lots)
             * case o.side when 0 then o.price_ticks * u.tick_lot_minor else u.lot_minor end as need_minor
      from open_orders o left join (${marketUnits}) u using (market_id)
    ),
    -- Of two legs one executes: the dearer one is held, as far as its open working order has paid for it.
    lists as (
      select l.account_id, l.list_no, sum(l.hold_minor) as hold_minor,
             least(max(l.need_minor), coalesce(max(
               case when w.side is null or w.side = l.side then null
                    when w.side = 0 then w.filled_lots * w.lot_minor - w.fee_minor
                    else w.filled_quote_minor - w.fee_minor end), max(l.need_minor))) as need_minor
      from needs l
      left join needs w on w.account_id = l.account_id and w.list_no = l.list_no and w.role = 'working'
      where l.role = 'leg'
      group by l.account_id, l.list_no
    )
    select n.account_id, n.order_no, n.market, n.hold_minor, n.filled_lots, n.quantity_lots
    from needs n left join lists l using (account_id, list_no)
    where n.market is null or n.filled_lots < 0 or n.filled_lots >= n.quantity_lots
       or case when n.role = 'leg' then l.hold_minor <> l.need_minor else n.hold_minor <> n.need_minor end
    order by account_id, order_no limit ${OFFENDER_LIMIT}`,
});
