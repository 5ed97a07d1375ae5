import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { Order } from '../domain/orders/order.ts';
import type { Ledger, LedgerPosition } from '../domain/settlement.ts';
import type { OrderRef } from '../domain/trade.ts';
import { findFrames } from './account-events.ts';
import { findFeedCandles } from './candles.ts';
import { loadCountdowns } from './countdowns.ts';
import { classifyDatabaseError } from './errors.ts';
import { endedOrderColumns, openOrderColumns, orderRow } from './order-rows.ts';
import { loadAccount, loadMarkets } from './recover.ts';
import { loadCatalog } from './reference-data.ts';
import { createSettle } from './settle.ts';
import { findWithdrawalByClientId, loadDesk } from './withdrawals.ts';

const whole = z.bigint().transform(Number);
const positionRow = z.object({
  epoch: whole,
  batchNo: whole,
  entryNo: whole,
  logHash: z.instanceof(Uint8Array),
});
const positionColumns = sql.fragment`
  epoch, batch_no as "batchNo", entry_no as "entryNo", log_hash as "logHash"`;

/**
 * The ledger in PostgreSQL.
 * @param settlementPool where settlement, and whoever looks for its outcome, finds a connection without waiting behind
 * accounts that wake
 */
export function createLedger(pool: DatabasePool, settlementPool = pool): Ledger {
  return {
    takeOver: () =>
      pool.one(
        sql.type(positionRow)`update exchange_state set epoch = epoch + 1 returning ${positionColumns}`,
      ),
    position: (): Promise<LedgerPosition> =>
      settlementPool.one(sql.type(positionRow)`select ${positionColumns} from exchange_state`),
    lastCommittedAtMs: async () => {
      const last = await pool.maybeOneFirst(
        sql.type(z.object({ committedAtMs: whole }))`
          select committed_at_ms as "committedAtMs" from message_log order by batch_no desc limit 1`,
      );
      return last ?? 0;
    },
    settle: createSettle(settlementPool),
    framesOf: (batchNo, accountIds) => findFrames(settlementPool, batchNo, accountIds),
    failureOf: (error) => {
      const failure = classifyDatabaseError(error);
      // After these nothing is applied, and the same batch may well go through the next time.
      const retry = failure === 'unavailable' || failure === 'serialization' || failure === 'cancelled';
      return retry ? 'unavailable' : 'violation';
    },
    loadCatalog: () => loadCatalog(pool),
    loadAccount: (accountId, sinceDay) => loadAccount(pool, accountId, sinceDay),
    loadMarkets: (markets) => loadMarkets(pool, markets),
    loadCountdowns: () => loadCountdowns(pool),
    depositExists: (accountId, reference) =>
      pool.exists(
        sql.unsafe`select 1 from deposits where account_id = ${accountId} and reference = ${reference}`,
      ),
    loadDesk: (sinceMs) =>
      pool.transaction(async (db) => {
        await db.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
        return loadDesk(db, sinceMs);
      }),
    findWithdrawal: (accountId, name) => findWithdrawalByClientId(pool, accountId, name),
    networkCostExists: (reference) =>
      pool.exists(sql.unsafe`select 1 from network_costs where reference = ${reference}`),
    isFrozen: (accountId) =>
      pool.exists(sql.unsafe`select 1 from accounts where id = ${accountId} and frozen`),
    loadOrder: (ref) => findOrder(pool, ref),
    loadCandles: (marketId, sinceMs) => findFeedCandles(pool, marketId, sinceMs),
  };
}

/** An order wherever it is, read in one statement so that one that ends meanwhile can't be missed. */
export async function findOrder(db: CommonQueryMethods, ref: OrderRef): Promise<Order | undefined> {
  const row = await db.maybeOne(sql.type(orderRow)`
    select ${openOrderColumns} from open_orders where account_id = ${ref.accountId} and order_no = ${ref.orderNo}
    union all
    select ${endedOrderColumns} from orders where account_id = ${ref.accountId} and order_no = ${ref.orderNo}`);
  return row ?? undefined;
}
