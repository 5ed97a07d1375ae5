import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { Withdrawal, WithdrawalEvent } from '../domain/withdrawals/withdrawal.ts';
import type { WithdrawalStatus } from '../domain/withdrawals/withdrawal-machine.ts';
import { withdrawalColumns, withdrawalRow } from './withdrawals.ts';

const whole = z.union([z.bigint(), z.number()]).transform(Number);

export interface WithdrawalFilter {
  /** Of this account; of all when left out. */
  readonly accountId?: number | undefined;
  /** In one of these; in any when left out. */
  readonly statuses?: readonly WithdrawalStatus[] | undefined;
  /** Only those with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export function listWithdrawals(
  db: CommonQueryMethods,
  { accountId, statuses, before = Number.MAX_SAFE_INTEGER, limit }: WithdrawalFilter,
): Promise<readonly Withdrawal[]> {
  const ofAccount = accountId === undefined ? sql.fragment`true` : sql.fragment`w.account_id = ${accountId}`;
  const inStatus =
    statuses === undefined
      ? sql.fragment`true`
      : sql.fragment`w.status = any(${sql.array([...statuses], 'text')})`;
  return db.any(sql.type(withdrawalRow)`
    select ${withdrawalColumns} from withdrawals w
    where w.withdrawal_no < ${before} and ${ofAccount} and ${inStatus} order by w.withdrawal_no desc limit ${limit}`);
}

export async function findWithdrawalByNo(
  db: CommonQueryMethods,
  withdrawalNo: number,
): Promise<Withdrawal | undefined> {
  const row = await db.maybeOne(sql.type(withdrawalRow)`
    select ${withdrawalColumns} from withdrawals w where w.withdrawal_no = ${withdrawalNo}`);
  return row ?? undefined;
}

const eventRow = z.strictObject({
  eventNo: whole,
  type: z.string(),
  atMs: whole,
  detail: z.custom<WithdrawalEvent | Record<string, never>>((value) => typeof value === 'object'),
});
/** Something that happened to a withdrawal; the detail of its request is empty. */
export type StoredWithdrawalEvent = z.output<typeof eventRow>;

/** In the order in which they happened. */
export function listWithdrawalEvents(
  db: CommonQueryMethods,
  withdrawalNo: number,
): Promise<readonly StoredWithdrawalEvent[]> {
  return db.any(sql.type(eventRow)`
    select event_no as "eventNo", type, at_ms as "atMs", detail from withdrawal_events
    where withdrawal_no = ${withdrawalNo} order by event_no`);
}

const historyRow = z.strictObject({
  withdrawals: whole,
  deposits: whole,
  firstDepositAtMs: whole.nullable(),
  createdAtMs: whole.nullable(),
});

/** What an account did before, for whoever decides on a withdrawal. */
export function summarizeAccount(
  db: CommonQueryMethods,
  accountId: number,
): Promise<z.output<typeof historyRow>> {
  return db.one(sql.type(historyRow)`
    select
      (select count(*) from withdrawals where account_id = ${accountId} and status = 'confirmed') as withdrawals,
      (select count(*) from deposits where account_id = ${accountId}) as deposits,
      (select min(credited_at_ms) from deposits where account_id = ${accountId}) as "firstDepositAtMs",
      (select created_at_ms from users where account_id = ${accountId}) as "createdAtMs"`);
}
