import {
  createDateTypeParser,
  createIntervalTypeParser,
  createTimestampTypeParser,
  createTimestampWithTimeZoneTypeParser,
  type DriverTypeParser,
} from 'slonik';

const integer = /^-?\d+$/;

/**
 * Reads `int8` and `numeric` as bigint. Every amount is a whole number of minor units; a fraction or NaN
 * here is a bug in a query (an average, a division), and rounding it quietly would lose money.
 *
 * @throws {RangeError} if the text is not a whole number.
 */
export function parseBigint(text: string): bigint {
  if (!integer.test(text)) throw new RangeError(`PostgreSQL sent ${text} where a whole number is expected`);
  return BigInt(text);
}

/** Slonik hands elements of arrays to the same parser, and those may be NULL. */
function nullable<T>(parse: (text: string) => T): (text: string | null) => T | null {
  return (text) => (text === null ? null : parse(text));
}

/**
 * How PostgreSQL types arrive: int8 and numeric as bigint, timestamps as a number of milliseconds since the
 * Unix epoch, date as text, interval as seconds; bytea as Buffer and json(b) parsed, which are pg's own.
 */
export const typeParsers: readonly DriverTypeParser[] = Object.freeze([
  { name: 'int8', parse: nullable(parseBigint) },
  { name: 'numeric', parse: nullable(parseBigint) },
  createTimestampWithTimeZoneTypeParser(),
  createTimestampTypeParser(),
  createDateTypeParser(),
  createIntervalTypeParser(),
]);
