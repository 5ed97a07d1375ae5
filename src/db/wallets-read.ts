import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

export interface WalletAmounts {
  readonly assetId: number;
  readonly balanceMinor: bigint;
  readonly lockedMinor: bigint;
}

const walletRow = z.strictObject({ assetId: z.number(), balanceMinor: z.bigint(), lockedMinor: z.bigint() });

/** The wallets of an account; it has none for an asset that it never had. */
export async function listWallets(
  db: CommonQueryMethods,
  accountId: number,
): Promise<readonly WalletAmounts[]> {
  return db.any(sql.type(walletRow)`
    select asset_id as "assetId", balance_minor as "balanceMinor", locked_minor as "lockedMinor"
    from wallets where account_id = ${accountId} order by asset_id`);
}
