import { type CommonQueryMethods, sql } from 'slonik';
import type { Order } from '../domain/orders/order.ts';
import { endedOrderColumns, openOrderColumns, orderRow } from './order-rows.ts';

export interface OrdersPage {
  readonly accountId: number;
  readonly marketId?: number | undefined;
  /** Only orders with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** How far back an order is looked for by its clientOrderId: the column has no index, it would grow with history. */
const SEARCHED_PAST_ORDERS = 10_000;

/** Newest first. */
export async function listOpenOrders(db: CommonQueryMethods, page: OrdersPage): Promise<readonly Order[]> {
  return db.any(sql.type(orderRow)`
    select ${openOrderColumns} from open_orders
    where ${ownOrders(page)} order by order_no desc limit ${page.limit}`);
}

/** Orders that ended, newest first. */
export async function listPastOrders(db: CommonQueryMethods, page: OrdersPage): Promise<readonly Order[]> {
  return db.any(sql.type(orderRow)`
    select ${endedOrderColumns} from orders
    where ${ownOrders(page)} order by order_no desc limit ${page.limit}`);
}

/** The latest order that has this clientOrderId, among the open and the latest past ones. */
export async function findOrderByClientOrderId(
  db: CommonQueryMethods,
  accountId: number,
  clientOrderId: string,
): Promise<Order | undefined> {
  const rows = await db.any(sql.type(orderRow)`
    select ${openOrderColumns} from open_orders
    where account_id = ${accountId} and client_order_id = ${clientOrderId}
    union all
    select ${endedOrderColumns} from (
      select * from orders where account_id = ${accountId} order by order_no desc limit ${SEARCHED_PAST_ORDERS}
    ) as latest
    where client_order_id = ${clientOrderId}`);
  return rows.toSorted((a, b) => b.orderNo - a.orderNo)[0];
}

function ownOrders({ accountId, marketId, before }: OrdersPage) {
  return sql.join(
    [
      sql.fragment`account_id = ${accountId}`,
      ...(marketId === undefined ? [] : [sql.fragment`market_id = ${marketId}`]),
      ...(before === undefined ? [] : [sql.fragment`order_no < ${before}`]),
    ],
    sql.fragment` and `,
  );
}
