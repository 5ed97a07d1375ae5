import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import type { FrameMaker, SettlementBatch, SettleOutcome, StoredFrame } from '../domain/settlement.ts';
import { insertAssets, insertMarkets, replaceFeeTiers } from './reference-data.ts';
import { insertMissingWallets } from './settle-money.ts';
import { settleStatement } from './settle-statement.ts';
import { writeWithdrawals } from './withdrawals.ts';

/**
 * How sessions that settle plan: once, since to plan anew for each batch costs more than a small batch, and without
 * sequential scans. PostgreSQL plans again when it has taken new statistics of a table. Hash joins stay on: a plan from when
 * a table had a few rows reads all of it until then, and without them it would do so for each row of the batch.
 */
export const SETTLEMENT_SETTINGS = Object.freeze({
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
});

/** Thrown inside the transaction to roll it back: the fence did not advance. */
class Fenced extends Error {}

/** As PostgreSQL would say it: the outcome was not what it seemed, and the batch may be sent again. */
class CommitRolledBack extends Error {
  readonly code = '40003';
  readonly severity = 'ERROR';
}

/**
 * The one transaction through which the exchange's state changes. Nearly always it is a single statement, which is a
 * transaction by itself: one round trip, and the database never waits for this process half-way. Only a batch that makes
 * assets, markets, fees or wallets, or changes withdrawals, needs statements before it.
 */
export function createSettle(pool: DatabasePool) {
  // Wallets are never deleted, so one that was seen needs no look-up any more.
  const knownWallets = new Set<string>();

  return async function settle(batch: SettlementBatch, frame: FrameMaker): Promise<SettleOutcome> {
    const missing = batch.wallets.filter((delta) => !knownWallets.has(walletKey(delta)));
    const { assets, markets, feeTiers, withdrawalEvents, networkCosts, desk } = batch;
    try {
      const rare = [missing, assets, markets, feeTiers, withdrawalEvents, networkCosts];
      const isOneStatement = desk === null && rare.every((rows) => rows.length === 0);
      const frames = isOneStatement
        ? await writeBatch(pool, batch, frame)
        : await pool.transaction(async (db) => {
            await lockFence(db, batch);
            await insertAssets(db, assets);
            await insertMarkets(db, markets);
            for (const { marketId, tiers } of feeTiers) await replaceFeeTiers(db, marketId, tiers);
            await writeWithdrawals(db, batch);
            await insertMissingWallets(db, missing);
            return writeBatch(db, batch, frame);
          });
      if (!isOneStatement) await mustBeCommitted(pool, batch);
      for (const delta of missing) knownWallets.add(walletKey(delta));
      return { type: 'committed', frames };
    } catch (error) {
      if (error instanceof Fenced) return { type: 'fenced' };
      throw error;
    }
  };
}

function walletKey(wallet: { readonly accountId: number; readonly assetId: number }): string {
  return `${wallet.accountId}-${wallet.assetId}`;
}

/** Takes the row lock that keeps writers apart, or ends a batch that isn't next before it writes anything. */
async function lockFence(db: CommonQueryMethods, batch: SettlementBatch): Promise<void> {
  const isNext = await db.exists(sql.unsafe`
    select from exchange_state where epoch = ${batch.epoch} and batch_no = ${batch.batchNo - 1} for update`);
  if (!isNext) throw new Fenced();
}

/** COMMIT of a transaction that was aborted reports no error but rolls it back; what is in the log tells. */
async function mustBeCommitted(pool: DatabasePool, { batchNo, log }: SettlementBatch): Promise<void> {
  const isThere = await pool.exists(sql.unsafe`
    select from message_log where batch_no = ${batchNo} and hash = ${sql.binary(Buffer.from(log.hash))}`);
  if (!isThere) throw new CommitRolledBack('COMMIT rolled the transaction back');
}

async function writeBatch(
  db: CommonQueryMethods,
  batch: SettlementBatch,
  frame: FrameMaker,
): Promise<StoredFrame[]> {
  const heads = frame.accountIds.map((accountId) => frame.head(accountId));
  const rows = await db.any(settleStatement(batch, frame.accountIds, heads));
  // The statement answers a row at least, unless the fence did not let it through: then nothing of it was written.
  if (rows.length === 0) throw new Fenced();
  const headOf = new Map(frame.accountIds.map((accountId, index) => [accountId, heads[index]!]));
  return rows.flatMap(({ accountId, sequence, tail }) =>
    accountId === null || sequence === null || tail === null
      ? []
      : [{ accountId, sequence, payload: Buffer.concat([headOf.get(accountId)!, Buffer.from(tail)]) }],
  );
}
