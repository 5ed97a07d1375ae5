import { createHash } from 'node:crypto';
import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

/** The state of the simulated network: it outlives the exchange, as a real chain does. */

const whole = z.bigint().transform(Number);
const blockRow = z.strictObject({ height: whole, hash: z.string(), parentHash: z.string() });
const blockColumns = sql.fragment`height, hash, parent_hash as "parentHash"`;
const transactionRow = z.strictObject({
  txId: z.string(),
  nonce: whole.nullable(),
  asset: z.string(),
  address: z.string(),
  amountMinor: z.bigint(),
  feeMinor: z.bigint(),
  height: whole.nullable(),
});
const transactionColumns = sql.fragment`
  tx_id as "txId", nonce, asset, address, amount_minor as "amountMinor", fee_minor as "feeMinor", height`;

export type SimulatedBlock = z.output<typeof blockRow>;
export type SimulatedTransaction = z.output<typeof transactionRow>;

const GENESIS = '0'.repeat(64);

export async function findTip(db: CommonQueryMethods): Promise<SimulatedBlock | undefined> {
  const row = await db.maybeOne(sql.type(blockRow)`
    select ${blockColumns} from simulated_blocks order by height desc limit 1`);
  return row ?? undefined;
}

export async function findBlock(db: CommonQueryMethods, height: number): Promise<SimulatedBlock | undefined> {
  const row = await db.maybeOne(
    sql.type(blockRow)`select ${blockColumns} from simulated_blocks where height = ${height}`,
  );
  return row ?? undefined;
}

export function listTransactions(
  db: CommonQueryMethods,
  height: number,
): Promise<readonly SimulatedTransaction[]> {
  return db.any(sql.type(transactionRow)`
    select ${transactionColumns} from simulated_transactions where height = ${height} order by received_no`);
}

export async function findTransaction(
  db: CommonQueryMethods,
  txId: string,
): Promise<SimulatedTransaction | undefined> {
  const row = await db.maybeOne(sql.type(transactionRow)`
    select ${transactionColumns} from simulated_transactions where tx_id = ${txId}`);
  return row ?? undefined;
}

/** Puts a transaction into the pool; what is known already stays as it is. */
export async function addTransaction(
  db: CommonQueryMethods,
  transaction: Omit<SimulatedTransaction, 'height'>,
): Promise<void> {
  const { txId, nonce, asset, address, amountMinor, feeMinor } = transaction;
  await db.query(sql.unsafe`
    insert into simulated_transactions (tx_id, nonce, asset, address, amount_minor, fee_minor)
    values (${txId}, ${nonce}, ${asset}, ${address}, ${amountMinor.toString()}, ${feeMinor.toString()})
    on conflict do nothing`);
}

/** Whether a block has taken this number in, by another transaction. */
export function isNonceUsed(db: CommonQueryMethods, nonce: number, txId: string): Promise<boolean> {
  return db.exists(sql.unsafe`
    select from simulated_transactions where nonce = ${nonce} and height is not null and tx_id <> ${txId}`);
}

export async function nextNonce(db: CommonQueryMethods): Promise<number> {
  return db.oneFirst(
    sql.type(z.strictObject({ next: whole }))`
      select coalesce(max(nonce) + 1, 0)::bigint as next from simulated_transactions where height is not null`,
  );
}

/**
 * Takes what waits into a new block: of several with one number that with the highest fee, numbers in order without gaps.
 * @param salt makes the block another one than its twin at the same height
 */
export async function mineBlock(pool: DatabasePool, atMs: number, salt = ''): Promise<SimulatedBlock> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`select pg_advisory_xact_lock(hashtext('simulated network'))`);
    const tip = await findTip(db);
    const height = (tip?.height ?? -1) + 1;
    const parentHash = tip?.hash ?? GENESIS;
    const waiting = await db.any(sql.type(transactionRow)`
      select ${transactionColumns} from simulated_transactions t where height is null and not exists (
        select from simulated_transactions o where o.nonce = t.nonce and o.height is not null
      ) order by nonce nulls first, fee_minor desc, received_no`);
    let nonce = await nextNonce(db);
    const taken: string[] = [];
    for (const transaction of waiting) {
      if (transaction.nonce === null) taken.push(transaction.txId);
      else if (transaction.nonce === nonce) {
        taken.push(transaction.txId);
        nonce += 1;
      }
    }
    const hash = createHash('sha256')
      .update([parentHash, height, salt, ...taken].join())
      .digest('hex');
    await db.query(sql.unsafe`
      insert into simulated_blocks (height, hash, parent_hash, mined_at_ms) values (${height}, ${hash}, ${parentHash}, ${atMs})`);
    await db.query(sql.unsafe`
      update simulated_transactions set height = ${height} where tx_id = any(${sql.array(taken, 'text')})`);
    return { height, hash, parentHash };
  });
}

/** Takes the newest blocks back: what was in them waits again. */
export async function dropBlocks(pool: DatabasePool, count: number): Promise<void> {
  await pool.query(sql.unsafe`
    delete from simulated_blocks where height > (select max(height) - ${count} from simulated_blocks)`);
}

/** What these addresses got and the exchange paid, fees included, by asset, of what is in blocks. */
export async function sumBalances(
  db: CommonQueryMethods,
  addresses: readonly string[],
  feeAsset: string,
): Promise<ReadonlyMap<string, bigint>> {
  const row = z.strictObject({ asset: z.string(), minor: z.bigint() });
  const rows = await db.any(sql.type(row)`
    select asset, sum(minor) as minor from (
      select asset, case when nonce is null then amount_minor else 0 end as minor
      from simulated_transactions where height is not null and address = any(${sql.array([...addresses], 'text')})
      union all
      select asset, -amount_minor from simulated_transactions
      where height is not null and nonce is not null and not address = any(${sql.array([...addresses], 'text')})
      union all
      select ${feeAsset}::text, -fee_minor from simulated_transactions where height is not null and nonce is not null
    ) as flows group by asset`);
  return new Map(rows.map(({ asset, minor }) => [asset, minor]));
}
