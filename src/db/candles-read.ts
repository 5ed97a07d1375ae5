import { type CommonQueryMethods, sql } from 'slonik';
import type { Candle } from '../domain/candles.ts';
import { candleColumns, candleRow } from './candles.ts';

/** The newest candles that opened from `fromMs` and before `toMs`, oldest first. */
export async function listCandles(
  db: CommonQueryMethods,
  page: {
    readonly marketId: number;
    readonly intervalMs: number;
    readonly fromMs?: number | undefined;
    readonly toMs?: number | undefined;
    readonly limit: number;
  },
): Promise<readonly Candle[]> {
  const candles = await db.any(sql.type(candleRow)`
    select ${candleColumns} from candles
    where market_id = ${page.marketId} and interval_ms = ${page.intervalMs}
      and opened_at_ms >= ${page.fromMs ?? 0} and opened_at_ms < ${page.toMs ?? Number.MAX_SAFE_INTEGER}
    order by opened_at_ms desc limit ${page.limit}`);
  return candles.toReversed();
}
