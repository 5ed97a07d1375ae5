import { type CommonQueryMethods, type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';

/** What one check found. */
export interface Finding {
  /** How many things were looked at. */
  readonly examined: bigint;
  /** The first few things that are wrong, each as one line; empty when all is well. */
  readonly offenders: readonly string[];
}

/** One statement about the database that must hold after every commit. */
export interface Check {
  /** Stable, for programs: for example `entries_balance`. */
  readonly name: string;
  /** For people: what holds when the check passes. */
  readonly title: string;
  /** What `examined` counts. */
  readonly subject: string;
  run(db: CommonQueryMethods): Promise<Finding>;
}

/** How many offenders a check names. */
export const OFFENDER_LIMIT = 5;

export interface SqlCheck extends Omit<Check, 'run'> {
  /** One row with the column `count`. */
  readonly count: QuerySqlToken<typeof countRow>;
  /** Rows that are wrong, at most {@link OFFENDER_LIMIT}; whatever columns explain them best. */
  readonly offenders: QuerySqlToken;
}

export const countRow = z.strictObject({ count: z.bigint() });

/** A check that is two statements: how much there is, and what of it is wrong. */
export function sqlCheck({ name, title, subject, count, offenders }: SqlCheck): Check {
  return {
    name,
    title,
    subject,
    async run(db) {
      const rows = await db.any(offenders);
      return { examined: await db.oneFirst(count), offenders: rows.map(describeRow) };
    },
  };
}

/** The rows of a table, as the count of a check. */
export function countOf(table: string): QuerySqlToken<typeof countRow> {
  return sql.type(countRow)`select count(*) from ${sql.identifier([table])}`;
}

/** For example `account_id=1000 asset=BTC balance=5 postings=4`. */
function describeRow(row: unknown): string {
  return Object.entries(row as Readonly<Record<string, unknown>>)
    .map(([column, value]) => `${column}=${value === null ? 'none' : String(value)}`)
    .join(' ');
}
