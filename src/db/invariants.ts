import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { InvariantReader, StoredAccount } from '../domain/invariants.ts';
import type { Order } from '../domain/orders/order.ts';
import { FIRST_CUSTOMER_ACCOUNT } from '../domain/trade.ts';
import { values } from './columns.ts';
import { openOrderColumns, orderRow } from './order-rows.ts';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const idRow = z.object({ id: whole });
const walletRow = z.object({
  account_id: whole,
  asset_id: whole,
  balance_minor: z.bigint(),
  locked_minor: z.bigint(),
  held_minor: z.bigint(),
});

/** So that a look never takes long, however many orders an account has. */
const MOST_ORDERS = 2_000;

/** Reads what the invariant monitor looks at, as of one commit. */
export function createInvariantReader(pool: DatabasePool): InvariantReader {
  async function read(accountIds: readonly number[]): Promise<readonly StoredAccount[]> {
    const ids = sql.fragment`${values(accountIds)}::bigint[]`;
    const { wallets, orders } = await pool.transaction(async (db) => {
      await db.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
      return {
        wallets: await db.any(sql.type(walletRow)`
          select w.account_id, w.asset_id, w.balance_minor, w.locked_minor, coalesce(h.held_minor, 0) as held_minor
          from wallets w left join (
            select account_id, asset_id, sum(hold_minor) as held_minor from (
              select o.account_id, case o.side when 0 then m.quote_asset_id else m.base_asset_id end as asset_id,
                     o.hold_minor
              from open_orders o join markets m on m.id = o.market_id where o.account_id = any(${ids})
              union all
              select account_id, asset_id, amount_minor + fee_minor from withdrawals
              where account_id = any(${ids}) and status in ('requested', 'held', 'awaiting_approval', 'approved')
            ) as holds group by account_id, asset_id
          ) h using (account_id, asset_id)
          where w.account_id = any(${ids})`),
        orders: await db.any(sql.type(orderRow)`
          select ${openOrderColumns} from open_orders where account_id = any(${ids})
          order by account_id, order_no limit ${MOST_ORDERS + 1}`),
      };
    });
    // The orders of the last account may not be complete.
    const incomplete = orders.length > MOST_ORDERS ? orders.at(-1)!.accountId : Number.POSITIVE_INFINITY;
    const byAccount = Map.groupBy(orders, (order: Order) => order.accountId);
    return accountIds.map((accountId) => ({
      accountId,
      wallets: wallets
        .filter((row) => row.account_id === accountId)
        .map((row) => ({
          assetId: row.asset_id,
          balanceMinor: row.balance_minor,
          lockedMinor: row.locked_minor,
          heldMinor: row.held_minor,
        })),
      orders: accountId >= incomplete ? null : (byAccount.get(accountId) ?? []),
    }));
  }

  return {
    read,
    async readAfter(accountId, limit) {
      const after = Math.max(accountId, FIRST_CUSTOMER_ACCOUNT - 1);
      const rows = await pool.any(sql.type(idRow)`
        select id from accounts where id > ${after} order by id limit ${limit}`);
      return rows.length === 0 ? [] : read(rows.map(({ id }) => id));
    },
    hasEnded: ({ accountId, orderNo }) =>
      pool.exists(sql.unsafe`select 1 from orders where account_id = ${accountId} and order_no = ${orderNo}`),
  };
}
