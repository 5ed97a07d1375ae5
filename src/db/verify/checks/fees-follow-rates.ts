import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { allOrders, fills, marketUnits } from '../units.ts';

export const feesFollowRates = sqlCheck({
  name: 'fees_follow_rates',
  title: 'the fees of every trade are what its orders were promised, rounded up to a minor unit',
  subject: 'trades',
  count: countOf('trades'),
  offenders: sql.unsafe`
    select entry_no, role, account_id, order_no, fee_minor, expected_minor
    from (
      select f.entry_no, f.role, f.account_id, f.order_no, f.fee_minor,
             div(
               case f.side
                 when 0 then f.quantity_lots * u.lot_minor
                 else f.price_ticks * f.quantity_lots::numeric * u.tick_lot_minor
               end * case f.role when 'maker' then o.maker_fee_ppm else o.taker_fee_ppm end + 999999,
               1000000) as expected_minor
      from (${fills}) f
      join (${marketUnits}) u using (market_id)
      left join (${allOrders}) o
        on o.account_id = f.account_id and o.order_no = f.order_no
       and o.market_id = f.market_id and o.side = f.side
    ) f
    where fee_minor is distinct from expected_minor
    order by entry_no, role limit ${OFFENDER_LIMIT}`,
});
