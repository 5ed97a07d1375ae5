import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { StoredFrame } from '../domain/settlement.ts';
import type { BalanceView, FillView, OrderView, PreventionView } from '../domain/views.ts';
import { values } from './columns.ts';

/** What a batch did to an account, as it is kept: the payload of a row of account_events, UTF-8 JSON. */
export interface AccountEventData {
  readonly orders: readonly OrderView[];
  readonly fills: readonly FillView[];
  readonly balances: readonly BalanceView[];
  /** Left out where there are none. */
  readonly preventedMatches?: readonly PreventionView[];
}

export interface StoredAccountEvent {
  readonly sequence: number;
  readonly data: AccountEventData;
}

const whole = z.bigint().transform(Number);
const storedFrameRow = z.object({ accountId: whole, sequence: whole, payload: z.instanceof(Uint8Array) });
const streamRow = z.strictObject({ sequence: whole });
const eventRow = z.strictObject({ sequence: whole, payload: z.instanceof(Buffer) });
const prunedRow = z.strictObject({ lastAccountId: whole.nullable(), accounts: whole });

/** Frames that the last batch stored: each is the last of its account, so none is searched for. */
export async function findFrames(
  pool: CommonQueryMethods,
  batchNo: number,
  accountIds: readonly number[],
): Promise<StoredFrame[]> {
  const rows = await pool.any(sql.type(storedFrameRow)`
    select e.account_id as "accountId", e.seq as sequence, e.payload
    from account_streams s join account_events e using (account_id, seq)
    where s.account_id = any(${values(accountIds)}::bigint[]) and e.batch_no = ${batchNo} order by e.account_id`);
  return [...rows];
}

/** The number of the account's last frame; 0 when it has none. */
export async function findLastAccountSequence(db: CommonQueryMethods, accountId: number): Promise<number> {
  const row = await db.maybeOne(sql.type(streamRow)`
    select seq as sequence from account_streams where account_id = ${accountId}`);
  return row?.sequence ?? 0;
}

/** The account's frames after a sequence, in order, as far as they are kept. */
export async function findAccountEvents(
  db: CommonQueryMethods,
  accountId: number,
  afterSequence: number,
  limit: number,
): Promise<StoredAccountEvent[]> {
  const rows = await db.any(sql.type(eventRow)`
    select seq as sequence, payload from account_events
    where account_id = ${accountId} and seq > ${afterSequence}
    order by seq
    limit ${limit}`);
  return rows.map(({ sequence, payload }) => ({
    sequence,
    data: JSON.parse(payload.toString()) as AccountEventData,
  }));
}

export interface PruneOptions {
  /** How many of its last frames each account keeps. */
  readonly keep: number;
  /** Where to go on; 0 to begin. */
  readonly afterAccountId: number;
  /** How many accounts to look at in this step, so that no step is long. */
  readonly accounts: number;
}

/**
 * Deletes the frames that are too old to be resumed from, of the next accounts by number.
 * @returns where to go on, undefined when there are no more accounts
 */
export async function pruneAccountEvents(
  db: CommonQueryMethods,
  { keep, afterAccountId, accounts }: PruneOptions,
): Promise<number | undefined> {
  const step = await db.one(sql.type(prunedRow)`
    with step as materialized (
      select account_id, seq from account_streams
      where account_id > ${afterAccountId} order by account_id limit ${accounts}
    ), pruned as (
      delete from account_events as e using step as s
      where e.account_id = s.account_id and e.seq <= s.seq - ${keep}
    )
    select max(account_id) as "lastAccountId", count(*) as accounts from step`);
  return step.accounts < accounts ? undefined : (step.lastAccountId ?? undefined);
}
