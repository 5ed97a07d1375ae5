import { type CommonQueryMethods, sql } from 'slonik';
import { POSTING_KINDS } from '../domain/settlement.ts';
import type { Trade } from '../domain/trade.ts';
import { tradeColumns, tradeRow } from './trade-rows.ts';

export type EntryTrade = Trade & { readonly entryNo: number };

/**
 * The trades of an account, newest first; in one with himself he has both sides. They are found by way of the
 * account's postings, whose key begins with the account: trades need no index for each side.
 */
export async function listTradesOfAccount(
  db: CommonQueryMethods,
  page: {
    readonly accountId: number;
    readonly marketId?: number | undefined;
    /** Only journal entries with a lower number. */
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<readonly EntryTrade[]> {
  const inMarket =
    page.marketId === undefined ? sql.fragment`true` : sql.fragment`t.market_id = ${page.marketId}`;
  return db.any(sql.type(tradeRow)`
    select ${tradeColumns}
    from (
      select entry_no from postings
      where account_id = ${page.accountId} and kind = ${POSTING_KINDS.trade}
        and entry_no < ${page.before ?? Number.MAX_SAFE_INTEGER}
      group by entry_no order by entry_no desc
    ) as p
    join trades t on t.entry_no = p.entry_no
    where ${inMarket} order by p.entry_no desc limit ${page.limit}`);
}

/** The trades of an account after a journal entry, oldest first. */
export async function tradesOfAccountAfter(
  db: CommonQueryMethods,
  accountId: number,
  entryNo: number,
  limit: number,
): Promise<readonly EntryTrade[]> {
  return db.any(sql.type(tradeRow)`
    select ${tradeColumns}
    from (
      select entry_no from postings
      where account_id = ${accountId} and kind = ${POSTING_KINDS.trade} and entry_no > ${entryNo}
      group by entry_no order by entry_no
    ) as p
    join trades t on t.entry_no = p.entry_no
    order by p.entry_no limit ${limit}`);
}
