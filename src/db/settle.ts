import { type CommonQueryMethods, type DatabasePool, type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { assert } from '../domain/assert.ts';
import type {
  FrameMaker,
  SettlementBatch,
  SettleOutcome,
  StoredFrame,
  Wallet,
} from '../domain/settlement.ts';
import { mergeCandleRows } from './candles.ts';
import { bigints, ints, nullableBigints, slices, texts } from './columns.ts';
import { insertAssets, insertMarkets, replaceFeeTiers } from './reference-data.ts';
import {
  addVolumes,
  insertDeposits,
  insertMissingWallets,
  insertPostings,
  insertTrades,
  updateWallets,
} from './settle-money.ts';
import { deleteOpenOrders, insertEndedOrders, insertOpenOrders, updateOpenOrders } from './settle-orders.ts';

const whole = z.bigint().transform(Number);
const walletRow = z.object({
  accountId: whole,
  assetId: z.number(),
  balanceMinor: z.bigint(),
  lockedMinor: z.bigint(),
});
const storedFrameRow = z.object({ accountId: whole, sequence: whole, payload: z.instanceof(Uint8Array) });
const frameNumberRow = z.object({ accountId: whole, sequence: whole });

/** Thrown inside the transaction to roll it back: the fence did not advance. */
class Fenced extends Error {}

/**
 * The one transaction through which the exchange's state changes. The fence comes first: it takes the row lock that
 * keeps writers apart, and a batch that isn't next ends there.
 */
export function createSettle(pool: DatabasePool) {
  // Wallets are never deleted, so one that was seen needs no look-up any more.
  const knownWallets = new Set<string>();

  return async function settle(batch: SettlementBatch, frame: FrameMaker): Promise<SettleOutcome> {
    const missing = batch.wallets.filter((delta) => !knownWallets.has(walletKey(delta)));
    try {
      const frames = await pool.transaction(async (db) => {
        await advanceFence(db, batch);
        await insertAssets(db, batch.assets);
        await insertMarkets(db, batch.markets);
        for (const { marketId, tiers } of batch.feeTiers) await replaceFeeTiers(db, marketId, tiers);
        await insertMissingWallets(db, missing);
        const wallets = await writeRows(db, batch);
        assert(wallets.length === batch.wallets.length, 'every wallet that changes is there');
        return insertFrames(db, batch.batchNo, frame, wallets);
      });
      for (const delta of missing) knownWallets.add(walletKey(delta));
      return { type: 'committed', frames };
    } catch (error) {
      if (error instanceof Fenced) return { type: 'fenced' };
      throw error;
    }
  };
}

/** Frames that the last batch stored: each is the last of its account, so none is searched for. */
export async function findFrames(
  pool: CommonQueryMethods,
  batchNo: number,
  accountIds: readonly number[],
): Promise<StoredFrame[]> {
  const rows = await pool.any(sql.type(storedFrameRow)`
    select e.account_id as "accountId", e.seq as sequence, e.payload
    from account_streams s join account_events e using (account_id, seq)
    where s.account_id = any(${bigints(accountIds)}) and e.batch_no = ${batchNo} order by e.account_id`);
  return [...rows];
}

function walletKey(wallet: { readonly accountId: number; readonly assetId: number }): string {
  return `${wallet.accountId}-${wallet.assetId}`;
}

async function advanceFence(db: CommonQueryMethods, batch: SettlementBatch): Promise<void> {
  const { log } = batch;
  const { rowCount } = await db.query(sql.unsafe`
    with fence as (
      update exchange_state
      set batch_no = ${batch.batchNo}, entry_no = ${batch.lastEntryNo}, log_hash = ${sql.binary(Buffer.from(log.hash))}
      where epoch = ${batch.epoch} and batch_no = ${batch.batchNo - 1}
      returning epoch
    )
    insert into message_log (batch_no, epoch, committed_at_ms, message_count, payload, hash)
    select ${batch.batchNo}::bigint, epoch, ${batch.committedAtMs}::bigint, ${log.messageCount}::int,
           ${sql.binary(Buffer.from(log.payload))}, ${sql.binary(Buffer.from(log.hash))}
    from fence`);
  if (rowCount !== 1) throw new Fenced();
}

/**
 * Writes everything that only adds to what is there, in one statement: a round trip for each table would leave the
 * database waiting for this process, which is busy with the orders of the next batch. No row is written by two of its parts.
 * @returns the wallets that changed, as they are then
 */
async function writeRows(db: CommonQueryMethods, batch: SettlementBatch): Promise<readonly Wallet[]> {
  const parts: FragmentSqlToken[] = [];
  const part = <Row>(rows: readonly Row[], write: (rows: readonly Row[]) => FragmentSqlToken) => {
    if (rows.length > 0)
      parts.push(sql.fragment`${sql.identifier([`part_${parts.length}`])} as (${write(rows)})`);
  };
  part(batch.opened, insertOpenOrders);
  part(batch.changed, updateOpenOrders);
  part(batch.closed, deleteOpenOrders);
  part(batch.ended, insertEndedOrders);
  part(batch.trades, insertTrades);
  part(batch.postings, insertPostings);
  part(batch.deposits, insertDeposits);
  part(batch.volumes, addVolumes);
  part(batch.candles, mergeCandleRows);
  part(batch.marketStates, updateMarketStates);
  parts.push(sql.fragment`changed_wallets as (${updateWallets(batch.wallets)})`);
  return db.any(sql.type(walletRow)`with ${sql.join(parts, sql.fragment`, `)} select * from changed_wallets`);
}

function updateMarketStates(states: SettlementBatch['marketStates']): FragmentSqlToken {
  return sql.fragment`
    update market_states m set
      status = s.status, seq = s.seq, trade_no = greatest(m.trade_no, s.trade_no),
      last_price_ticks = coalesce(s.last_price_ticks, m.last_price_ticks)
    from unnest(
      ${ints(states.map((state) => state.marketId))},
      ${texts(states.map((state) => state.status))},
      ${bigints(states.map((state) => state.seq))},
      ${bigints(states.map((state) => state.tradeNo))},
      ${nullableBigints(states.map((state) => state.lastPriceTicks))}
    ) as s (market_id, status, seq, trade_no, last_price_ticks)
    where m.market_id = s.market_id`;
}

/** Numbers the accounts' parts of the batch and stores them, so that a client can resume from any. */
async function insertFrames(
  db: CommonQueryMethods,
  batchNo: number,
  frame: FrameMaker,
  wallets: readonly Wallet[],
): Promise<StoredFrame[]> {
  if (frame.accountIds.length === 0) return [];
  const byAccount = new Map<number, Wallet[]>();
  for (const wallet of wallets) {
    const own = byAccount.get(wallet.accountId);
    if (own === undefined) byAccount.set(wallet.accountId, [wallet]);
    else own.push(wallet);
  }
  const payloads = frame.accountIds.map((accountId) =>
    frame.payload(accountId, byAccount.get(accountId) ?? []),
  );
  const { rows } = await db.query(sql.type(frameNumberRow)`
    with numbered as (
      insert into account_streams (account_id, seq)
      select account_id, 1 from unnest(${bigints(frame.accountIds)}) as a (account_id)
      on conflict (account_id) do update set seq = account_streams.seq + 1
      returning account_id, seq
    )
    insert into account_events (account_id, seq, batch_no, payload)
    select n.account_id, n.seq, ${batchNo}::bigint, p.payload
    from numbered n
    join (${slices(frame.accountIds, payloads)}) as p (account_id, payload) on p.account_id = n.account_id
    returning account_id as "accountId", seq as sequence`);
  const payloadOf = new Map(frame.accountIds.map((accountId, index) => [accountId, payloads[index]!]));
  return rows.map((row) => ({ ...row, payload: payloadOf.get(row.accountId)! }));
}
