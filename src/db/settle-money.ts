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
import { bigints, ints, numerics, texts } from './columns.ts';

export function insertTrades(rows: readonly EnteredTrade[]): FragmentSqlToken {
  return sql.fragment`
    insert into trades (
      entry_no, market_id, trade_no, price_ticks, quantity_lots, taker_side, maker_account_id, maker_order_no,
      taker_account_id, taker_order_no, maker_fee_minor, taker_fee_minor, executed_at_ms
    )
    select u.* from fence, unnest(
      ${bigints(rows.map((row) => row.entryNo))},
      ${ints(rows.map(({ trade }) => trade.marketId))},
      ${bigints(rows.map(({ trade }) => trade.tradeNo))},
      ${bigints(rows.map(({ trade }) => trade.priceTicks))},
      ${bigints(rows.map(({ trade }) => trade.quantityLots))},
      ${ints(rows.map(({ trade }) => sideCode.of(trade.takerSide)))},
      ${bigints(rows.map(({ trade }) => trade.maker.accountId))},
      ${bigints(rows.map(({ trade }) => trade.maker.orderNo))},
      ${bigints(rows.map(({ trade }) => trade.taker.accountId))},
      ${bigints(rows.map(({ trade }) => trade.taker.orderNo))},
      ${numerics(rows.map(({ trade }) => trade.makerFeeMinor))},
      ${numerics(rows.map(({ trade }) => trade.takerFeeMinor))},
      ${bigints(rows.map(({ trade }) => trade.executedAtMs))}
    ) as u`;
}

/** Adds postings in the order of their key, so that rows that follow each other go to the same page of the index. */
export function insertPostings(postings: readonly EnteredPosting[]): FragmentSqlToken {
  // The sort is stable and entries come in the order of their numbers.
  const rows = postings.toSorted((a, b) => a.accountId - b.accountId);
  return sql.fragment`
    insert into postings (account_id, entry_no, asset_id, kind, amount_minor, posted_at_ms)
    select u.* from fence, unnest(
      ${bigints(rows.map((row) => row.accountId))},
      ${bigints(rows.map((row) => row.entryNo))},
      ${ints(rows.map((row) => row.assetId))},
      ${ints(rows.map((row) => POSTING_KINDS[row.kind]))},
      ${numerics(rows.map((row) => row.amountMinor))},
      ${bigints(rows.map((row) => row.postedAtMs))}
    ) as u`;
}

export function insertDeposits(rows: readonly EnteredDeposit[]): FragmentSqlToken {
  return sql.fragment`
    insert into deposits (reference, entry_no, account_id, asset_id, amount_minor, credited_at_ms)
    select u.* from fence, unnest(
      ${texts(rows.map((row) => row.reference))},
      ${bigints(rows.map((row) => row.entryNo))},
      ${bigints(rows.map((row) => row.accountId))},
      ${ints(rows.map((row) => row.assetId))},
      ${numerics(rows.map((row) => row.amountMinor))},
      ${bigints(rows.map((row) => row.creditedAtMs))}
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
      ${bigints(keys.map((key) => key.accountId))}, ${ints(keys.map((key) => key.assetId))}
    ) as k (account_id, asset_id)
    on conflict do nothing`);
}

/** Adds to wallets and answers how they are then. The table's check refuses what isn't covered. */
export function updateWallets(deltas: readonly WalletDelta[]): FragmentSqlToken {
  return sql.fragment`
    update wallets w set
      balance_minor = w.balance_minor + d.balance_minor, locked_minor = w.locked_minor + d.locked_minor
    from fence, unnest(
      ${bigints(deltas.map((delta) => delta.accountId))},
      ${ints(deltas.map((delta) => delta.assetId))},
      ${numerics(deltas.map((delta) => delta.balanceMinor))},
      ${numerics(deltas.map((delta) => delta.lockedMinor))}
    ) as d (account_id, asset_id, balance_minor, locked_minor)
    where w.account_id = d.account_id and w.asset_id = d.asset_id
    returning w.account_id, w.asset_id, w.balance_minor, w.locked_minor`;
}

export function addVolumes(rows: readonly VolumeDelta[]): FragmentSqlToken {
  return sql.fragment`
    insert into account_volumes (account_id, quote_asset_id, day, volume_minor)
    select u.* from fence, unnest(
      ${bigints(rows.map((row) => row.accountId))},
      ${ints(rows.map((row) => row.quoteAssetId))},
      ${ints(rows.map((row) => row.day))},
      ${numerics(rows.map((row) => row.volumeMinor))}
    ) as u
    on conflict (account_id, quote_asset_id, day)
    do update set volume_minor = account_volumes.volume_minor + excluded.volume_minor`;
}
