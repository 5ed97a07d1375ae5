import { sql } from 'slonik';

/**
 * Columns of many rows as array parameters for `unnest`, written as PostgreSQL array literals. The driver's own
 * serialisation escapes every element with a regular expression, which costs more than the insert itself.
 */

/** Whole numbers as bigint[]. */
export function bigints(values: readonly (number | bigint)[]) {
  return sql.fragment`${`{${values.join(',')}}`}::bigint[]`;
}

/** Whole numbers as int[]. */
export function ints(values: readonly number[]) {
  return sql.fragment`${`{${values.join(',')}}`}::int[]`;
}

/** Whole numbers, or null, as bigint[]. */
export function nullableBigints(values: readonly (number | null)[]) {
  return sql.fragment`${`{${values.map((value) => value ?? 'NULL').join(',')}}`}::bigint[]`;
}

/** Whole amounts as numeric[]. */
export function numerics(values: readonly bigint[]) {
  return sql.fragment`${`{${values.join(',')}}`}::numeric[]`;
}

export function booleans(values: readonly boolean[]) {
  return sql.fragment`${`{${values.join(',')}}`}::boolean[]`;
}

/** Texts, or null, as text[]. */
export function texts(values: readonly (string | null)[]) {
  return sql.fragment`${`{${values.map(quoted).join(',')}}`}::text[]`;
}

/**
 * Rows of a number and a byte string. The bytes go over as one string in binary and are cut up in the database: in an array
 * they would be written and read as hexadecimal digits, which costs several times more than storing them.
 */
export function slices(keys: readonly number[], values: readonly Uint8Array[]) {
  const starts: number[] = [];
  let length = 0;
  for (const value of values) {
    // Positions in SQL begin with 1.
    starts.push(length + 1);
    length += value.length;
  }
  return sql.fragment`
    select s.key, substring(${sql.binary(Buffer.concat(values, length))}::bytea from s.start for s.length)
    from unnest(
      ${bigints(keys)}, ${ints(starts)}, ${ints(values.map((value) => value.length))}
    ) as s (key, start, length)`;
}

function quoted(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
