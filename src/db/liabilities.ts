import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const stateRow = z.strictObject({ batchNo: whole, logHash: z.string() });
const assetRow = z.strictObject({ id: z.number(), symbol: z.string(), scale: z.number() });
const balanceRow = z.strictObject({ accountId: whole, assetId: z.number(), balanceMinor: z.bigint() });
const imbalanceRow = z.strictObject({ symbol: z.string() });

/** What the exchange owed each customer at one commit; amounts in minor units. */
export interface LiabilitiesAtCommit {
  readonly batchNo: number;
  /** Of the message log, hex. */
  readonly logHash: string;
  readonly assets: readonly z.output<typeof assetRow>[];
  /** Without zeros. What is held for orders and for withdrawals not yet signed is part of it. */
  readonly balances: readonly z.output<typeof balanceRow>[];
  /** Assets whose wallets of all accounts don't sum to zero: the ledger is wrong. */
  readonly unbalanced: readonly string[];
}

/** Reads one snapshot, so it may run while the exchange trades. */
export function readLiabilities(pool: DatabasePool): Promise<LiabilitiesAtCommit> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
    const { batchNo, logHash } = await db.one(sql.type(stateRow)`
      select batch_no as "batchNo", encode(log_hash, 'hex') as "logHash" from exchange_state`);
    const assets = await db.any(sql.type(assetRow)`select id, symbol, scale from assets order by id`);
    const balances = await db.any(sql.type(balanceRow)`
      select w.account_id as "accountId", w.asset_id as "assetId", w.balance_minor as "balanceMinor"
      from wallets w join accounts a on a.id = w.account_id
      where a.kind = 'customer' and w.balance_minor <> 0`);
    const unbalanced = await db.any(sql.type(imbalanceRow)`
      select a.symbol from wallets w join assets a on a.id = w.asset_id
      group by a.symbol having sum(w.balance_minor) <> 0 order by a.symbol`);
    return { batchNo, logHash, assets, balances, unbalanced: unbalanced.map(({ symbol }) => symbol) };
  });
}
