import { type CommonQueryMethods, type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { Prevention } from '../domain/orders/prevention.ts';
import { selfTradeCode, sideCode } from './codes.ts';
import { values } from './columns.ts';

const whole = z.union([z.bigint(), z.number()]).transform(Number);

/** With the number that pages go by. */
export interface StoredPrevention extends Prevention {
  readonly id: number;
}

const preventionRow = z
  .object({
    id: whole,
    market_id: whole,
    seq: whole,
    place: whole,
    mode: whole,
    price_ticks: whole,
    quantity_lots: whole,
    taker_side: whole,
    maker_account_id: whole,
    maker_order_no: whole,
    taker_account_id: whole,
    taker_order_no: whole,
    prevented_at_ms: whole,
  })
  .transform(
    (row): StoredPrevention => ({
      id: row.id,
      marketId: row.market_id,
      seq: row.seq,
      place: row.place,
      mode: selfTradeCode.word(row.mode),
      priceTicks: row.price_ticks,
      quantityLots: row.quantity_lots,
      takerSide: sideCode.word(row.taker_side),
      maker: { accountId: row.maker_account_id, orderNo: row.maker_order_no },
      taker: { accountId: row.taker_account_id, orderNo: row.taker_order_no },
      preventedAtMs: row.prevented_at_ms,
    }),
  );

export interface PreventionsPage {
  readonly accountId: number;
  readonly marketId?: number | undefined;
  /** Only those with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The trades of an account's orders that did not happen, newest first. */
export async function listPreventions(
  db: CommonQueryMethods,
  page: PreventionsPage,
): Promise<readonly StoredPrevention[]> {
  const { accountId, marketId, before, limit } = page;
  return db.any(sql.type(preventionRow)`
    select id, market_id, seq, place, mode, price_ticks, quantity_lots, taker_side, maker_account_id, maker_order_no,
           taker_account_id, taker_order_no, prevented_at_ms
    from prevented_matches
    where (maker_account_id = ${accountId} or taker_account_id = ${accountId})
      and (${marketId ?? null}::int is null or market_id = ${marketId ?? null}::int)
      and (${before ?? null}::bigint is null or id < ${before ?? null}::bigint)
    order by id desc limit ${limit}`);
}

/** A part of the settlement statement; see settle-statement.ts. */
export function insertPreventions(rows: readonly Prevention[]): FragmentSqlToken {
  return sql.fragment`
    insert into prevented_matches (
      market_id, seq, place, mode, price_ticks, quantity_lots, taker_side, maker_account_id, maker_order_no,
      taker_account_id, taker_order_no, prevented_at_ms
    )
    select u.* from fence, unnest(
      ${values(rows.map((row) => row.marketId))}::int[],
      ${values(rows.map((row) => row.seq))}::bigint[],
      ${values(rows.map((row) => row.place))}::int[],
      ${values(rows.map((row) => selfTradeCode.of(row.mode)))}::int[],
      ${values(rows.map((row) => row.priceTicks))}::bigint[],
      ${values(rows.map((row) => row.quantityLots))}::bigint[],
      ${values(rows.map((row) => sideCode.of(row.takerSide)))}::int[],
      ${values(rows.map((row) => row.maker.accountId))}::bigint[],
      ${values(rows.map((row) => row.maker.orderNo))}::bigint[],
      ${values(rows.map((row) => row.taker.accountId))}::bigint[],
      ${values(rows.map((row) => row.taker.orderNo))}::bigint[],
      ${values(rows.map((row) => row.preventedAtMs))}::bigint[]
    ) as u`;
}
