import { z } from 'zod';

/**
 * How values look on the wire, for all resources. Quantities and prices are decimal strings and never JSON
 * numbers: a float would lose digits before anybody could refuse it.
 */

/** The one spelling of a decimal, as `parseDecimal` in the domain has it: no sign, exponent, hex or white space. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,37})(?:\.[0-9]{1,36})?$/;

export const decimal = z
  .string({ error: 'Must be a decimal string.' })
  .regex(DECIMAL, 'Must be a plain decimal number such as "0.015".')
  .meta({ id: 'Decimal', description: 'A decimal number as a string.', example: '0.015' });

/** In replies: may be negative. */
export const signedDecimal = z.string().meta({
  id: 'SignedDecimal',
  description: 'A decimal number as a string; may be negative.',
  example: '-1.5',
});

export const assetSymbol = z
  .string()
  .regex(/^[A-Z0-9]{1,16}$/, 'Must be an asset symbol such as "BTC".')
  .meta({ id: 'AssetSymbol', example: 'BTC' });

export const accountIdText = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, 'Must be an account id such as "1000".')
  .meta({ id: 'AccountId', example: '1000' });

export const userIdText = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, 'Must be the id of a user such as "1".')
  .meta({ example: '1' });

/** A number of things asked for in a query. */
export function limit(most: number, usual: number) {
  return z
    .string()
    .regex(/^[1-9][0-9]{0,4}$/, `Must be a whole number from 1 to ${most}.`)
    .transform(Number)
    .refine((count) => count <= most, `Must be at most ${most}.`)
    .default(usual)
    .meta({
      description: `How many at most; ${usual} when left out.`,
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: most, default: usual });
      },
    });
}

/** Where the page before ended: the `nextCursor` of a reply. */
export const cursor = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, 'Must be the nextCursor of an earlier reply.')
  .transform(Number)
  .optional()
  .meta({ description: 'The `nextCursor` of the page before.', override: { type: 'string' } });

/** A page of a list, newest first. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item).readonly(),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'For the next page; null when this was the last.' }),
  });
}

/**
 * Cuts a page out of rows that were read with one more than the limit.
 * @param positionOf the number that the cursor of the next page is, from the last row of this one
 */
export function cutPage<Row>(
  rows: readonly Row[],
  most: number,
  positionOf: (row: Row) => number,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  if (rows.length <= most) return { rows, nextCursor: null };
  const kept = rows.slice(0, most);
  return { rows: kept, nextCursor: String(positionOf(kept.at(-1)!)) };
}
