import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { Target } from './target.ts';

/** What a refused request may write: that it was refused, and that a key was used. */
const MAY_CHANGE: Readonly<Record<string, 'whole' | readonly string[]>> = Object.freeze({
  audit_log: 'whole',
  audit_head: 'whole',
  api_keys: ['last_used_at_ms'],
  // What is queued is delivered meanwhile; that a refused request queues one would still be seen.
  mails: ['sealed_payload', 'attempts', 'next_attempt_at_ms', 'last_error', 'ended_at_ms', 'outcome'],
});

export type State = Readonly<Record<string, string>>;

/**
 * Tells every table by the transactions that wrote its rows: no insertion, change or removal keeps the number. Of tables of
 * which some columns may change, by the others.
 */
export async function stateOf(pool: DatabasePool): Promise<State> {
  const tables = await pool.anyFirst(sql.type(z.strictObject({ tablename: z.string() }))`
    select tablename::text from pg_tables where schemaname = 'public' order by tablename`);
  const parts = tables
    .filter((name) => MAY_CHANGE[name] !== 'whole')
    .map((name) => {
      const table = sql.identifier([name]);
      const columns = MAY_CHANGE[name];
      const told =
        columns === undefined
          ? sql.fragment`count(*) || ' ' || coalesce(sum(t.xmin::text::bigint), 0)`
          : sql.fragment`md5(coalesce(string_agg(row::text, ',' order by row::text), ''))`;
      const rows =
        columns === undefined
          ? sql.fragment`${table} t`
          : sql.fragment`(select to_jsonb(t) - ${sql.array([...(columns as readonly string[])], 'text')} as row from ${table} t) t`;
      return sql.fragment`select ${name}::text as name, (${told})::text as told from ${rows}`;
    });
  const rows = await pool.any(
    sql.type(z.strictObject({ name: z.string(), told: z.string() }))`
      ${sql.join(parts, sql.fragment` union all `)}`,
  );
  return Object.fromEntries(rows.map(({ name, told }) => [name, told]));
}

/** Once everything is committed and nothing goes on: a reply may come before what follows from it. */
export async function settledState({ pool, backlog }: Pick<Target, 'pool' | 'backlog'>): Promise<State> {
  for (let before = await stateOf(pool); ; ) {
    while (backlog() > 0) await new Promise((resolve) => setImmediate(resolve));
    const after = await stateOf(pool);
    if (changedTables(before, after).length === 0) return after;
    before = after;
  }
}

/** The tables in which they differ. */
export function changedTables(before: State, after: State): string[] {
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
}
