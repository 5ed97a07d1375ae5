import { type CommonQueryMethods, type FragmentSqlToken, sql } from 'slonik';
import {
  type EnteredDeposit,
  type EnteredPosting,
  type EnteredTrade,
  POSTING_KINDS,
  type VolumeDelta,
  type WalletDelta,
} from '../domain/settlement.ts';
import { sideCode } from './codes.ts';
import { texts, values } from './columns.ts';

export function insertTrades(rows: readonly EnteredTrade[]): FragmentSqlToken {
  return sql.fragment`
    insert into trades (
      entry_no, market_id, trade_no, price_ticks, quantity_lots, taker_side, maker_account_id, maker_order_no,
      taker_account_id, taker_order_no, maker_fee_minor, taker_fee_minor, executed_at_ms
    )
    select u.* from fence, unnest(
      ${values(rows.map((row) => row.entryNo))}::bigint[],
      ${values(rows.map(({ trade }) => trade.marketId))}::int[],
      ${values(rows.map(({ trade }) => trade.tradeNo))}::bigint[],
      ${values(rows.map(({ trade }) => trade.priceTicks))}::bigint[],
      ${values(rows.map(({ trade }) => trade.quantityLots))}::bigint[],
      ${values(rows.map(({ trade }) => sideCode.of(trade.takerSide)))}::int[],
      ${values(rows.map(({ trade }) => trade.maker.accountId))}::bigint[],
      ${values(rows.map(({ trade }) => trade.maker.orderNo))}::bigint[],
      ${values(rows.map(({ trade }) => trade.taker.accountId))}::bigint[],
      ${values(rows.map(({ trade }) => trade.taker.orderNo))}::bigint[],
      ${values(rows.map(({ trade }) => trade.makerFeeMinor))}::numeric[],
      ${values(rows.map(({ trade }) => trade.takerFeeMinor))}::numeric[],
      ${values(rows.map(({ trade }) => trade.executedAtMs))}::bigint[]
    ) as u`;
}

/** Adds postings in the order of their key, so that rows that follow each other go to the same page of the index. */
export function insertPostings(postings: readonly EnteredPosting[]): FragmentSqlToken {
  // The sort is stable and entries come in the order of their numbers.
  const rows = postings.toSorted((a, b) => a.accountId - b.accountId);
  return sql.fragment`
    insert into postings (account_id, entry_no, asset_id, kind, amount_minor, posted_at_ms)
    select u.* from fence, unnest(
      ${values(rows.map((row) => row.accountId))}::bigint[],
      ${values(rows.map((row) => row.entryNo))}::bigint[],
      ${values(rows.map((row) => row.assetId))}::int[],
      ${values(rows.map((row) => POSTING_KINDS[row.kind]))}::int[],
      ${values(rows.map((row) => row.amountMinor))}::numeric[],
      ${values(rows.map((row) => row.postedAtMs))}::bigint[]
    ) as u`;
}

export function insertDeposits(rows: readonly EnteredDeposit[]): FragmentSqlToken {
  return sql.fragment`
    insert into deposits (reference, entry_no, account_id, asset_id, amount_minor, credited_at_ms)
    select u.* from fence, unnest(
      ${texts(rows.map((row) => row.reference))}::text[],
      ${values(rows.map((row) => row.entryNo))}::bigint[],
      ${values(rows.map((row) => row.accountId))}::bigint[],
      ${values(rows.map((row) => row.assetId))}::int[],
      ${values(rows.map((row) => row.amountMinor))}::numeric[],
      ${values(rows.map((row) => row.creditedAtMs))}::bigint[]
    ) as u`;
}

/** Gives accounts a wallet of nothing where they have none. */
export async function insertMissingWallets(
  db: CommonQueryMethods,
  keys: readonly { readonly accountId: number; readonly assetId: number }[],
): Promise<void> {
  if (keys.length === 0) return;
  await db.query(sql.unsafe`
    insert into wallets (account_id, asset_id, balance_minor, locked_minor)
    select account_id, asset_id, 0, 0
    from unnest(
      ${values(keys.map((key) => key.accountId))}::bigint[], ${values(keys.map((key) => key.assetId))}::int[]
    ) as k (account_id, asset_id)
    on conflict do nothing`);
}

/** Adds to wallets and answers how they are then. The table's check refuses what isn't covered. */
export function updateWallets(deltas: readonly WalletDelta[]): FragmentSqlToken {
  return sql.fragment`
    update wallets w set
      balance_minor = w.balance_minor + d.balance_minor, locked_minor = w.locked_minor + d.locked_minor
    from fence, unnest(
      ${values(deltas.map((delta) => delta.accountId))}::bigint[],
      ${values(deltas.map((delta) => delta.assetId))}::int[],
      ${values(deltas.map((delta) => delta.balanceMinor))}::numeric[],
      ${values(deltas.map((delta) => delta.lockedMinor))}::numeric[]
    ) as d (account_id, asset_id, balance_minor, locked_minor)
    where w.account_id = d.account_id and w.asset_id = d.asset_id
    returning w.account_id, w.asset_id, w.balance_minor, w.locked_minor`;
}

export function addVolumes(rows: readonly VolumeDelta[]): FragmentSqlToken {
  return sql.fragment`
    insert into account_volumes (account_id, quote_asset_id, day, volume_minor)
    select u.* from fence, unnest(
      ${values(rows.map((row) => row.accountId))}::bigint[],
      ${values(rows.map((row) => row.quoteAssetId))}::int[],
      ${values(rows.map((row) => row.day))}::int[],
      ${values(rows.map((row) => row.volumeMinor))}::numeric[]
    ) as u
    on conflict (account_id, quote_asset_id, day)
    do update set volume_minor = account_volumes.volume_minor + excluded.volume_minor`;
}
