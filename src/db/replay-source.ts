import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { AccountPolicy } from '../domain/accounts/admission.ts';
import { MARKET_STATUSES } from '../domain/markets/market.ts';
import type { Order } from '../domain/orders/order.ts';
import type { EnteredTrade, MarketState, Wallet } from '../domain/settlement.ts';
import type { Withdrawal } from '../domain/withdrawals/withdrawal.ts';
import { selfTradeCode } from './codes.ts';
import { endedOrderColumns, openOrderColumns, orderRow } from './order-rows.ts';
import { tradeColumns, tradeRow } from './trade-rows.ts';
import { withdrawalColumns, withdrawalRow } from './withdrawals.ts';

/** What a replay reads: the log, and the tables that it is compared with, all as of one commit. */

const whole = z.union([z.bigint(), z.number()]).transform(Number);

const batchRow = z.object({
  batchNo: whole,
  epoch: whole,
  committedAtMs: whole,
  messageCount: whole,
  payload: z.instanceof(Uint8Array),
  hash: z.instanceof(Uint8Array),
});
const walletRow = z.object({
  accountId: whole,
  assetId: whole,
  balanceMinor: z.bigint(),
  lockedMinor: z.bigint(),
});
const marketStateRow = z.object({
  marketId: whole,
  status: z.enum(MARKET_STATUSES),
  seq: whole,
  places: whole,
  auctionEndsAtMs: whole.nullable(),
  auctionOpensAs: z.enum(['open', 'post_only']),
  breakerFromTradeNo: whole,
  tradeNo: whole,
  lastPriceTicks: whole.nullable(),
});
const BATCHES_A_READ = 50;
const ROWS_A_READ = 5_000;

export type LoggedBatchRow = z.output<typeof batchRow>;

/** Reads as of one commit: nothing that is committed meanwhile is seen. */
export function readSnapshot<Value>(
  pool: DatabasePool,
  read: (db: CommonQueryMethods) => Promise<Value>,
): Promise<Value> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
    // The caller works between reads, for as long as the log is.
    await db.query(sql.unsafe`set local idle_in_transaction_session_timeout = 0`);
    return read(db);
  });
}

/** The message log, in order. */
export async function* readLog(db: CommonQueryMethods): AsyncGenerator<LoggedBatchRow> {
  let after = 0;
  for (;;) {
    const rows = await db.any(sql.type(batchRow)`
      select batch_no as "batchNo", epoch, committed_at_ms as "committedAtMs", message_count as "messageCount",
             payload, hash
      from message_log where batch_no > ${after} order by batch_no limit ${BATCHES_A_READ}`);
    yield* rows;
    if (rows.length < BATCHES_A_READ) return;
    after = rows.at(-1)!.batchNo;
  }
}

export async function countLoggedMessages(db: CommonQueryMethods): Promise<number> {
  return db.oneFirst(
    sql.type(
      z.object({ count: whole }),
    )`select coalesce(sum(message_count), 0)::bigint as count from message_log`,
  );
}

export async function readWallets(db: CommonQueryMethods): Promise<readonly Wallet[]> {
  return db.any(sql.type(walletRow)`
    select account_id as "accountId", asset_id as "assetId", balance_minor as "balanceMinor",
           locked_minor as "lockedMinor"
    from wallets`);
}

const policyRow = z.object({
  accountId: whole,
  tradeGroup: whole,
  selfTrade: whole.transform((code) => selfTradeCode.word(code)),
  frozen: z.boolean(),
});

/** Of accounts for which one was set. */
export async function readPolicies(
  db: CommonQueryMethods,
): Promise<readonly ({ readonly accountId: number } & AccountPolicy)[]> {
  return db.any(sql.type(policyRow)`
    select id as "accountId", coalesce(trade_group, id) as "tradeGroup", self_trade as "selfTrade", frozen
    from accounts
    where kind = 'customer'
      and (frozen or trade_group is not null or self_trade <> ${selfTradeCode.of('cancel_newest')})`);
}

export async function readMarketStates(db: CommonQueryMethods): Promise<readonly MarketState[]> {
  return db.any(sql.type(marketStateRow)`
    select market_id as "marketId", status, seq, places, auction_ends_at_ms as "auctionEndsAtMs",
             auction_opens_as as "auctionOpensAs",
             breaker_from_trade_no as "breakerFromTradeNo", trade_no as "tradeNo", last_price_ticks as "lastPriceTicks"
    from market_states`);
}

export async function readOpenOrders(db: CommonQueryMethods): Promise<readonly Order[]> {
  return db.any(sql.type(orderRow)`select ${openOrderColumns} from open_orders`);
}

export async function* readEndedOrders(db: CommonQueryMethods): AsyncGenerator<Order> {
  let after: readonly [accountId: number, orderNo: number] = [0, 0];
  for (;;) {
    const rows = await db.any(sql.type(orderRow)`
      select ${endedOrderColumns} from orders where (account_id, order_no) > (${after[0]}, ${after[1]})
      order by account_id, order_no limit ${ROWS_A_READ}`);
    yield* rows;
    if (rows.length < ROWS_A_READ) return;
    const last = rows.at(-1)!;
    after = [last.accountId, last.orderNo];
  }
}

export async function* readTrades(db: CommonQueryMethods): AsyncGenerator<EnteredTrade> {
  let after = 0;
  for (;;) {
    const rows = await db.any(sql.type(tradeRow)`
      select ${tradeColumns} from trades t where t.entry_no > ${after} order by t.entry_no limit ${ROWS_A_READ}`);
    for (const { entryNo, ...trade } of rows) yield { entryNo, trade };
    if (rows.length < ROWS_A_READ) return;
    after = rows.at(-1)!.entryNo;
  }
}

export async function* readWithdrawals(db: CommonQueryMethods): AsyncGenerator<Withdrawal> {
  let after = 0;
  for (;;) {
    const rows = await db.any(sql.type(withdrawalRow)`
      select ${withdrawalColumns} from withdrawals w
      where w.withdrawal_no > ${after} order by w.withdrawal_no limit ${ROWS_A_READ}`);
    yield* rows;
    if (rows.length < ROWS_A_READ) return;
    after = rows.at(-1)!.withdrawalNo;
  }
}
