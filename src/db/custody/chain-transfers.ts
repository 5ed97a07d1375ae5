import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const transferRow = z.strictObject({
  transferNo: whole,
  network: z.string(),
  txId: z.string(),
  outputIndex: whole,
  assetId: whole,
  address: z.string(),
  accountId: whole,
  amountMinor: z.bigint(),
  height: whole.nullable(),
  blockHash: z.string().nullable(),
  detectedAtMs: whole,
  creditedAtMs: whole.nullable(),
});
/** What arrived at an address of ours. */
export type StoredTransfer = z.output<typeof transferRow>;
const transferColumns = sql.fragment`
  transfer_no as "transferNo", network, tx_id as "txId", output_index as "outputIndex", asset_id as "assetId", address, account_id as "accountId",
  amount_minor as "amountMinor", height, block_hash as "blockHash", detected_at_ms as "detectedAtMs",
  credited_at_ms as "creditedAtMs"`;

export interface ReadBlock {
  readonly height: number;
  readonly hash: string;
}

/** The blocks that were read, newest first. */
export function listReadBlocks(db: CommonQueryMethods, network: string): Promise<readonly ReadBlock[]> {
  return db.any(
    sql.type(z.strictObject({ height: whole, hash: z.string() }))`
      select height, hash from chain_blocks where network = ${network} order by height desc`,
  );
}

/** Takes a block in, with what arrived in it; older blocks than the kept ones are forgotten. */
export async function storeBlock(
  pool: DatabasePool,
  network: string,
  block: ReadBlock,
  transfers: readonly Omit<
    StoredTransfer,
    'transferNo' | 'network' | 'height' | 'blockHash' | 'creditedAtMs'
  >[],
  keepBlocks: number,
): Promise<void> {
  await pool.transaction(async (db) => {
    await db.query(sql.unsafe`
      insert into chain_blocks (network, height, hash) values (${network}, ${block.height}, ${block.hash})
      on conflict (network, height) do update set hash = excluded.hash`);
    await db.query(sql.unsafe`
      delete from chain_blocks where network = ${network} and height <= ${block.height - keepBlocks}`);
    for (const one of transfers) {
      await db.query(sql.unsafe`
        insert into chain_transfers (
          network, tx_id, output_index, asset_id, address, account_id, amount_minor, height, block_hash, detected_at_ms
        ) values (
          ${network}, ${one.txId}, ${one.outputIndex}, ${one.assetId}, ${one.address}, ${one.accountId},
          ${one.amountMinor.toString()}, ${block.height}, ${block.hash}, ${one.detectedAtMs}
        )
        on conflict (network, tx_id, output_index) do update set
          height = excluded.height, block_hash = excluded.block_hash,
          -- Until it is credited, another block may have given it another form; what is credited stays what it was.
          asset_id = case when chain_transfers.credited_at_ms is null then excluded.asset_id else chain_transfers.asset_id end,
          address = case when chain_transfers.credited_at_ms is null then excluded.address else chain_transfers.address end,
          account_id = case when chain_transfers.credited_at_ms is null then excluded.account_id
                            else chain_transfers.account_id end,
          amount_minor = case when chain_transfers.credited_at_ms is null then excluded.amount_minor
                              else chain_transfers.amount_minor end`);
    }
  });
}

/**
 * Takes blocks back that are no longer part of the chain.
 * @returns what was credited and is in none of the chain's blocks now
 */
export async function dropBlocksAbove(
  pool: DatabasePool,
  network: string,
  height: number,
): Promise<readonly StoredTransfer[]> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`delete from chain_blocks where network = ${network} and height > ${height}`);
    const orphaned = await db.any(sql.type(transferRow)`
      update chain_transfers set height = null, block_hash = null
      where network = ${network} and height > ${height} returning ${transferColumns}`);
    return orphaned.filter(({ creditedAtMs }) => creditedAtMs !== null);
  });
}

/** What is not credited yet and no higher than this. */
export function listCreditable(
  db: CommonQueryMethods,
  network: string,
  upToHeight: number,
): Promise<readonly StoredTransfer[]> {
  return db.any(sql.type(transferRow)`
    select ${transferColumns} from chain_transfers
    where network = ${network} and credited_at_ms is null and height <= ${upToHeight}
    order by height, tx_id, output_index`);
}

export async function markCredited(
  db: CommonQueryMethods,
  { network, txId, outputIndex }: StoredTransfer,
  atMs: number,
): Promise<void> {
  await db.query(sql.unsafe`
    update chain_transfers set credited_at_ms = ${atMs}
    where network = ${network} and tx_id = ${txId} and output_index = ${outputIndex} and credited_at_ms is null`);
}

/** What arrived for an account, newest first. */
export function listTransfersOf(
  db: CommonQueryMethods,
  accountId: number,
  {
    beforeNo = Number.MAX_SAFE_INTEGER,
    limit,
  }: { readonly beforeNo?: number | undefined; readonly limit: number },
): Promise<readonly StoredTransfer[]> {
  return db.any(sql.type(transferRow)`
    select ${transferColumns} from chain_transfers
    where account_id = ${accountId} and transfer_no < ${beforeNo}
    order by transfer_no desc limit ${limit}`);
}

/** By asset, in minor units: what is in the chain's blocks and not credited, and what is credited and in none any more. */
export function sumUncredited(
  db: CommonQueryMethods,
): Promise<
  readonly { readonly assetId: number; readonly uncreditedMinor: bigint; readonly lostMinor: bigint }[]
> {
  return db.any(
    sql.type(z.strictObject({ assetId: whole, uncreditedMinor: z.bigint(), lostMinor: z.bigint() }))`
      select asset_id as "assetId",
             coalesce(sum(amount_minor) filter (where credited_at_ms is null and height is not null), 0) as "uncreditedMinor",
             coalesce(sum(amount_minor) filter (where credited_at_ms is not null and height is null), 0) as "lostMinor"
      from chain_transfers group by asset_id`,
  );
}

/** What was credited without having come over a network, by asset, in minor units: simulated deposits. */
export function sumSimulatedDeposits(
  db: CommonQueryMethods,
): Promise<readonly { readonly assetId: number; readonly simulatedMinor: bigint }[]> {
  return db.any(sql.type(z.strictObject({ assetId: whole, simulatedMinor: z.bigint() }))`
    select d.asset_id as "assetId", sum(d.amount_minor) as "simulatedMinor" from deposits d
    where not exists (
      select from chain_transfers t
      where t.account_id = d.account_id and d.reference = t.network || ':' || t.tx_id || ':' || t.output_index
    ) group by d.asset_id`);
}
