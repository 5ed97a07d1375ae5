import { sql } from 'slonik';
import { z } from 'zod';
import { type RunningExchange, startExchange } from '../src/actors/exchange.ts';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { createInvariantReader } from '../src/db/invariants.ts';
import { createLedger } from '../src/db/ledger.ts';
import { migrate } from '../src/db/migrate.ts';
import { createPool } from '../src/db/pool.ts';
import type { Result } from '../src/domain/rejection.ts';
import { alternate } from './harness/alternate.ts';
import type { BenchOptions } from './harness/bench.ts';
import { compared, type Figure } from './harness/figure.ts';
import { BENCH_MARKET } from './harness/market.ts';
import { mulberry32 } from './harness/mulberry32.ts';
import { median } from './harness/statistics.ts';
import { withTemporaryDirectory } from './load/processes.ts';

/** What it costs to compare ledger and memory all the time: orders a second with and without the monitor. */

const ACCOUNTS = 200;
const IN_FLIGHT = 400;
const MEASURED_MS = 5_000;
const ROUNDS = 8;
/** As the server has it. */
const INTERVAL_MS = 1_000;
const SILENT = { info() {}, warn() {}, error() {} };

export function run({ log }: BenchOptions): Promise<Figure[]> {
  return withTemporaryDirectory(async (dataDir) => {
    const postgres = await startEmbeddedPostgres({ dataDir, log: SILENT });
    await migrate(postgres.url);
    const pool = await createPool(postgres.url, { maximumPoolSize: 6 });
    let violations = 0;
    const monitor = {
      reader: createInvariantReader(pool),
      intervalMs: INTERVAL_MS,
      onViolation: () => {
        violations += 1;
      },
    };
    const start = (watched: boolean) =>
      startExchange({
        ledger: createLedger(pool),
        log: SILENT,
        onStopped: fail,
        ...(watched ? { monitor } : {}),
      });
    try {
      const row = z.object({ id: z.bigint().transform(Number) });
      const rows = await pool.any(sql.type(row)`
        insert into accounts (kind) select 'customer' from generate_series(1, ${ACCOUNTS}) returning id`);
      const accounts = rows.map(({ id }) => id);
      await setUp(await start(false), accounts);
      let seed = 0;
      const rate = async (watched: boolean) => {
        const exchange = await start(watched);
        seed += 1;
        const measured = await ordersASecond(exchange, accounts, seed);
        await exchange.stop('measured');
        log(`monitor ${watched ? 'on' : 'off'}: ${Math.round(measured)} orders/s`);
        return measured;
      };
      const rates = await alternate({ on: () => rate(true), off: () => rate(false) }, ROUNDS);
      if (violations > 0) throw new Error(`the monitor found ${violations} violations`);
      return [
        compared(
          { name: 'orders/s with the monitor', value: median(rates.on), unit: '1/s' },
          'without',
          median(rates.off),
        ),
      ];
    } finally {
      await pool.end();
      await postgres.stop();
    }
  });
}

async function setUp(exchange: RunningExchange, accounts: readonly number[]): Promise<void> {
  for (const [symbol, scale] of Object.entries({ BTC: 8, USDT: 6 }))
    mustBeOk(await exchange.createAsset({ symbol, name: symbol, scale }));
  mustBeOk(await exchange.createMarket(BENCH_MARKET));
  for (const accountId of accounts) {
    for (const [asset, amount] of Object.entries({ BTC: '100000', USDT: '1000000000' }))
      mustBeOk(await exchange.credit({ accountId, asset, amount }));
  }
  await exchange.stop('set up');
}

/** Orders near the middle, some of which trade, and cancels that keep about fifty of each account open. */
async function ordersASecond(
  exchange: RunningExchange,
  accounts: readonly number[],
  seed: number,
): Promise<number> {
  const random = mulberry32(seed);
  const untilMs = performance.now() + MEASURED_MS;
  let placed = 0;
  const trade = async () => {
    while (performance.now() < untilMs) {
      const accountId = accounts[Math.floor(random() * accounts.length)]!;
      if (random() < 0.005) await exchange.cancelAllOrders({ accountId });
      const side = random() < 0.5 ? 'buy' : 'sell';
      const price = (100 + (side === 'buy' ? -1 : 1) * (random() * 4 - 0.2)).toFixed(2);
      const request = { market: 'BTC-USDT', side, type: 'limit', price, quantity: '0.01' } as const;
      mustBeOk(await exchange.placeOrder({ accountId, request }));
      placed += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, trade));
  return (placed * 1_000) / MEASURED_MS;
}

function mustBeOk(result: Result<unknown>): void {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}: ${result.refusal.detail}`);
}

function fail(why: string, error?: unknown): never {
  throw new Error(`the exchange stopped: ${why}`, { cause: error });
}
