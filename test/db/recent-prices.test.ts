import test from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import { loadRecentPrices } from '../../src/db/recent-prices.ts';
import { PriceWindow } from '../../src/domain/markets/price-window.ts';
import { createTestDatabase } from '../support/database.ts';

const MARKET = 7;
const breaker = { bandPpm: 100_000, windowMs: 5_000, auctionMs: 1_000 };

test('what is read back of the prices leads to the same corridors, wherever the window begins', async (t) => {
  const { pool } = await createTestDatabase(t);
  // About three trades a second, with quiet times of up to 12 s; another market trades in between.
  await pool.query(sql.unsafe`
    insert into trades
    select no, case when no % 5 = 0 then 8 else ${MARKET} end, row_number() over (partition by no % 5 = 0 order by no),
      1000 + (no * 7919) % 500, 1, 1, 1000, 1, 1001, 1, 0, 0, no * 300 + (no / 40) * 12000
    from generate_series(1, 1000) no`);
  const trades = await pool.any(sql.type(
    z.object({ trade_no: z.bigint(), price_ticks: z.bigint(), executed_at_ms: z.bigint() }),
  )`
    select trade_no, price_ticks, executed_at_ms from trades where market_id = ${MARKET} order by trade_no`);
  const ticks = trades.map((row) => [Number(row.price_ticks), Number(row.executed_at_ms)] as const);
  t.deepEqual(Number(trades.at(-1)!.trade_no), ticks.length);
  for (const [afterTradeNo, lastTradeNo] of [
    [0, 800],
    [0, 1],
    [0, 33],
    [32, 33],
    [700, 800],
    [300, 333],
    [5, 5],
  ] as const) {
    const read = await loadRecentPrices(pool, MARKET, afterTradeNo, lastTradeNo, breaker.windowMs);
    const expected = new PriceWindow(breaker);
    const restored = new PriceWindow(breaker);
    for (const [price, atMs] of ticks.slice(afterTradeNo, lastTradeNo)) expected.add(price, atMs);
    for (const [price, atMs] of read) restored.add(price, atMs);
    const lastAtMs = ticks[lastTradeNo - 1]![1];
    for (const later of [0, 400, 1_000, 4_999, 5_000, 7_000, 60_000])
      t.deepEqual(restored.corridor(lastAtMs + later), expected.corridor(lastAtMs + later));
    t.true(read.length <= 14, 'a first and a last one of each second of the window, and of those around it');
  }
});
