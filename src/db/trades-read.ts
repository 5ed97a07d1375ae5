import { type CommonQueryMethods, sql } from 'slonik';
import type { Trade } from '../domain/trade.ts';
import { tradeColumns, tradeRow } from './trade-rows.ts';

/** A market's trades, newest first. `before` is a trade number. */
export async function listTrades(
  db: CommonQueryMethods,
  page: { readonly marketId: number; readonly before?: number | undefined; readonly limit: number },
): Promise<readonly Trade[]> {
  return db.any(sql.type(tradeRow)`
    select ${tradeColumns} from trades t
    where t.market_id = ${page.marketId} and t.trade_no < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by t.trade_no desc limit ${page.limit}`);
}
