import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const assetNetworkRow = z.strictObject({
  assetId: whole,
  network: z.string(),
  withdrawalFeeMinor: z.bigint(),
  minWithdrawalMinor: z.bigint(),
  minDepositMinor: z.bigint(),
  deposits: z.boolean(),
  withdrawals: z.boolean(),
});
/** How an asset comes and goes over a network. Minor units. */
export type AssetNetwork = z.output<typeof assetNetworkRow>;

export function listAssetNetworks(db: CommonQueryMethods): Promise<readonly AssetNetwork[]> {
  return db.any(sql.type(assetNetworkRow)`
    select asset_id as "assetId", network, withdrawal_fee_minor as "withdrawalFeeMinor",
           min_withdrawal_minor as "minWithdrawalMinor", min_deposit_minor as "minDepositMinor", deposits, withdrawals
    from asset_networks order by asset_id, network`);
}

/** Adds a way over which an asset comes and goes; one that is there stays as operators set it. */
export async function addAssetNetwork(db: CommonQueryMethods, way: AssetNetwork): Promise<void> {
  await db.query(sql.unsafe`
    insert into asset_networks (
      asset_id, network, withdrawal_fee_minor, min_withdrawal_minor, min_deposit_minor, deposits, withdrawals
    ) values (
      ${way.assetId}, ${way.network}, ${way.withdrawalFeeMinor.toString()}, ${way.minWithdrawalMinor.toString()},
      ${way.minDepositMinor.toString()}, ${way.deposits}, ${way.withdrawals}
    ) on conflict do nothing`);
}

/** @returns false when there is no such way */
export async function setAssetNetwork(db: CommonQueryMethods, way: AssetNetwork): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update asset_networks set
      withdrawal_fee_minor = ${way.withdrawalFeeMinor.toString()},
      min_withdrawal_minor = ${way.minWithdrawalMinor.toString()},
      min_deposit_minor = ${way.minDepositMinor.toString()}, deposits = ${way.deposits}, withdrawals = ${way.withdrawals}
    where asset_id = ${way.assetId} and network = ${way.network}`);
  return rowCount === 1;
}
