import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { RiskFlag } from '../domain/withdrawals/withdrawal.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An account is new for a week. */
const NEW_ACCOUNT_MS = 7 * DAY_MS;

const riskRow = z.strictObject({
  newAddress: z.boolean(),
  newAccount: z.boolean(),
  passThrough: z.boolean(),
  largeShare: z.boolean(),
});

/** What operators should look at, as far as the account's past tells. @param totalMinor with the fee */
export async function findRiskFlags(
  db: CommonQueryMethods,
  {
    accountId,
    assetId,
    network,
    address,
    totalMinor,
    nowMs,
  }: {
    readonly accountId: number;
    readonly assetId: number;
    readonly network: string;
    readonly address: string;
    readonly totalMinor: bigint;
    readonly nowMs: number;
  },
): Promise<RiskFlag[]> {
  const risk = await db.one(sql.type(riskRow)`
    select
      not exists (
        select from withdrawals where account_id = ${accountId} and network = ${network} and address = ${address}
          and status = 'confirmed'
      ) as "newAddress",
      not exists (
        select from users where account_id = ${accountId} and created_at_ms <= ${nowMs - NEW_ACCOUNT_MS}
      ) as "newAccount",
      exists (
        select from deposits where account_id = ${accountId} and asset_id = ${assetId}
          and credited_at_ms > ${nowMs - DAY_MS}
      ) as "passThrough",
      coalesce((
        select ${totalMinor.toString()}::numeric * 10 > balance_minor * 9 from wallets
        where account_id = ${accountId} and asset_id = ${assetId}
      ), false) as "largeShare"`);
  const flags: RiskFlag[] = [];
  if (risk.newAddress) flags.push('new_address');
  if (risk.newAccount) flags.push('new_account');
  if (risk.passThrough) flags.push('pass_through');
  if (risk.largeShare) flags.push('large_share_of_balance');
  return flags;
}

/** What an account has asked to withdraw since a time and that did not come to nothing, by asset, in minor units. */
export function sumWithdrawn(
  db: CommonQueryMethods,
  accountId: number,
  sinceMs: number,
): Promise<
  readonly { readonly assetId: number; readonly amountMinor: bigint; readonly valueMinor: bigint }[]
> {
  const whole = z.union([z.bigint(), z.number()]).transform(Number);
  const row = z.strictObject({ assetId: whole, amountMinor: z.bigint(), valueMinor: z.bigint() });
  return db.any(sql.type(row)`
    select asset_id as "assetId", sum(amount_minor) as "amountMinor", coalesce(sum(value_minor), 0) as "valueMinor"
    from withdrawals
    where account_id = ${accountId} and requested_at_ms > ${sinceMs}
      and status not in ('rejected', 'canceled', 'expired', 'failed')
    group by asset_id`);
}
