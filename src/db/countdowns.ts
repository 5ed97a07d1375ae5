import { type CommonQueryMethods, type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { SettlementBatch } from '../domain/settlement.ts';
import { values } from './columns.ts';

const whole = z.bigint().transform(Number);
const countdownRow = z.object({ account_id: whole, expires_at_ms: whole });

/** The countdowns that run. */
export async function loadCountdowns(
  db: CommonQueryMethods,
): Promise<readonly (readonly [accountId: number, expiresAtMs: number])[]> {
  const rows = await db.any(sql.type(countdownRow)`
    select account_id, expires_at_ms from countdowns where expires_at_ms is not null order by expires_at_ms`);
  return rows.map((row) => [row.account_id, row.expires_at_ms] as const);
}

/** A part of the settlement statement; see settle-statement.ts. */
export function setCountdowns(countdowns: SettlementBatch['countdowns']): FragmentSqlToken {
  return sql.fragment`
    insert into countdowns (account_id, expires_at_ms)
    select u.* from fence, unnest(
      ${values(countdowns.map(([accountId]) => accountId))}::bigint[],
      ${values(countdowns.map(([, expiresAtMs]) => expiresAtMs))}::bigint[]
    ) as u
    on conflict (account_id) do update set expires_at_ms = excluded.expires_at_ms`;
}
