import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { BalanceView, FillView, OrderView } from '../domain/views.ts';

/** What a batch did to an account, as it is kept: the payload of a row of account_events, UTF-8 JSON. */
export interface AccountEventData {
  readonly orders: readonly OrderView[];
  readonly fills: readonly FillView[];
  readonly balances: readonly BalanceView[];
}

export interface StoredAccountEvent {
  readonly sequence: number;
  readonly data: AccountEventData;
}

const whole = z.bigint().transform(Number);
const streamRow = z.strictObject({ sequence: whole });
const eventRow = z.strictObject({ sequence: whole, payload: z.instanceof(Buffer) });
const prunedRow = z.strictObject({ lastAccountId: whole.nullable(), accounts: whole });

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
