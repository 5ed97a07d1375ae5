import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const ordersEndOnce = sqlCheck({
  name: 'orders_end_once',
  title: 'no order is both open and ended',
  subject: 'ended orders',
  count: countOf('orders'),
  offenders: sql.unsafe`
    select o.account_id, o.order_no
    from open_orders o join orders e using (account_id, order_no)
    order by o.account_id, o.order_no limit ${OFFENDER_LIMIT}`,
});
