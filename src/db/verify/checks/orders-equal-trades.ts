import { sql } from 'slonik';
import { countRow, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { allOrders, fills, marketUnits } from '../units.ts';

export const ordersEqualTrades = sqlCheck({
  name: 'orders_equal_trades',
  title: 'what every order says it filled, at which value and fee, equals its trades',
  subject: 'orders',
  count: sql.type(countRow)`
    select (select count(*) from open_orders) + (select count(*) from orders) as count`,
  offenders: sql.unsafe`
    select account_id, order_no, o.filled_lots, f.traded_lots, o.filled_quote_minor, f.traded_quote_minor,
           o.fee_minor, f.traded_fee_minor
    from (${allOrders}) o
    full join (
      select account_id, order_no, sum(quantity_lots) as traded_lots,
             sum(price_ticks * quantity_lots::numeric * u.tick_lot_minor) as traded_quote_minor,
             sum(fee_minor) as traded_fee_minor
      from (${fills}) f join (${marketUnits}) u using (market_id)
      group by account_id, order_no
    ) f using (account_id, order_no)
    where o.filled_lots is distinct from coalesce(f.traded_lots, 0)
       or o.filled_quote_minor is distinct from coalesce(f.traded_quote_minor, 0)
       or o.fee_minor is distinct from coalesce(f.traded_fee_minor, 0)
       or o.filled_lots > o.quantity_lots
    order by account_id, order_no limit ${OFFENDER_LIMIT}`,
});
