import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { KeptEvent } from '../domain/withdrawals/counted-approvals.ts';
import { withdrawalColumns, withdrawalRow } from './withdrawals.ts';
import { listWithdrawalEvents } from './withdrawals-read.ts';

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const PAGE = 200;

const assetOfRow = z.strictObject({ symbol: z.string(), scale: whole, paidMinor: z.bigint().nullable() });

/** A withdrawal whose payment was signed, and what became of it. */
export interface SignedWithdrawalRow {
  readonly withdrawal: z.output<typeof withdrawalRow>;
  readonly asset: { readonly symbol: string; readonly scale: number };
  readonly events: readonly KeptEvent[];
  /** What the journal entry of its signing put on its way, in minor units; null: there is none. */
  readonly paidMinor: bigint | null;
}

/** In the order of their numbers. Whatever of them was signed or sent by any word of the database counts as signed. */
export async function* readSignedWithdrawals(
  db: CommonQueryMethods,
  withdrawalNo?: number,
): AsyncGenerator<SignedWithdrawalRow> {
  let after = withdrawalNo === undefined ? 0 : withdrawalNo - 1;
  const last = withdrawalNo ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await db.any(sql.type(withdrawalRow)`
      select ${withdrawalColumns} from withdrawals w
      where w.withdrawal_no > ${after} and w.withdrawal_no <= ${last} and (
        w.status in ('signing', 'broadcast', 'confirmed') or w.tx_id is not null
        or exists (select from withdrawal_events e where e.withdrawal_no = w.withdrawal_no and e.type in ('signed', 'sent', 'settled'))
        or exists (select from payments p where p.withdrawal_no = w.withdrawal_no and p.raw is not null)
      ) order by w.withdrawal_no limit ${PAGE}`);
    for (const withdrawal of rows) {
      const { paidMinor, ...asset } = await db.one(sql.type(assetOfRow)`
        select a.symbol, a.scale, (
          select sum(p.amount_minor) from withdrawal_events e
          join postings p on p.entry_no = e.entry_no and p.asset_id = a.id
          join accounts x on x.id = p.account_id and x.kind = 'pending_withdrawals'
          where e.withdrawal_no = ${withdrawal.withdrawalNo} and e.type = 'signed'
        ) as "paidMinor" from assets a where a.id = ${withdrawal.assetId}`);
      const events = await listWithdrawalEvents(db, withdrawal.withdrawalNo);
      yield { withdrawal, asset, events, paidMinor };
    }
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.withdrawalNo;
  }
}

const keyRow = z.strictObject({
  userId: whole,
  method: z.enum(['passkey', 'ed25519']),
  publicKey: z.instanceof(Buffer).transform((key) => key.toString('base64url')),
});

/** Whose keys the database knows: also approver keys that were removed since, but not passkeys that were. */
export function listSigningKeys(db: CommonQueryMethods): Promise<readonly z.output<typeof keyRow>[]> {
  return db.any(sql.type(keyRow)`
    select user_id as "userId", 'ed25519' as method, public_key as "publicKey" from approver_keys
    union all
    select p.user_id, 'passkey', p.public_key from passkeys p join users u on u.id = p.user_id where u.role <> 'customer'
    order by 1, 2`);
}
