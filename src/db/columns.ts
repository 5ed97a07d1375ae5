import { sql } from 'slonik';

/**
 * Columns of many rows as array parameters for `unnest`, written as PostgreSQL array literals. The driver's own
 * serialisation escapes every element with a regular expression, which costs more than the insert itself.
 */

/** Whole numbers, amounts or booleans, or null, as an array literal; the SQL says of which type: `${values(…)}::bigint[]`. */
export function values(column: readonly (number | bigint | boolean | null)[]): string {
  return `{${column.map((value) => value ?? 'NULL').join(',')}}`;
}

/** Texts, or null, as an array literal. */
export function texts(column: readonly (string | null)[]): string {
  return `{${column.map(quoted).join(',')}}`;
}

/**
 * Rows of a number and a byte string. The bytes go over as one string in binary and are cut up in the database: in an array
 * they would be written and read as hexadecimal digits, which costs several times more than storing them.
 */
export function slices(keys: readonly number[], payloads: readonly Uint8Array[]) {
  const starts: number[] = [];
  let length = 0;
  for (const payload of payloads) {
    // Positions in SQL begin with 1.
    starts.push(length + 1);
    length += payload.length;
  }
  return sql.fragment`
    select s.key, substring(${sql.binary(Buffer.concat(payloads, length))}::bytea from s.start for s.length)
    from unnest(
      ${values(keys)}::bigint[], ${values(starts)}::int[], ${values(payloads.map(({ length }) => length))}::int[]
    ) as s (key, start, length)`;
}

function quoted(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
