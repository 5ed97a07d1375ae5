import { sql } from 'slonik';
import { z } from 'zod';
import { type RunningExchange, startExchange } from '../src/actors/exchange.ts';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { createLedger } from '../src/db/ledger.ts';
import { migrate } from '../src/db/migrate.ts';
import { createPool } from '../src/db/pool.ts';
import type { OrderRequest } from '../src/domain/orders/order-request.ts';
import type { Result } from '../src/domain/rejection.ts';
import type { BenchOptions } from './harness/bench.ts';
import { alone, compared, type Figure } from './harness/figure.ts';
import { BENCH_MARKET } from './harness/market.ts';
import { percentiles } from './harness/statistics.ts';
import { withTemporaryDirectory } from './load/processes.ts';

/**
 * What it is like for everybody else when one order fires ten thousand stops, each of which fires the next: how long orders in
 * another market wait for their commit meanwhile, beside how long they wait otherwise.
 */

const STOPS = 10_000;
/** The most that one account may have. */
const STOPS_AN_ACCOUNT = 500;
const BIDS_AN_ACCOUNT = 5_000;
const AT_ONCE = 500;
const MIDDLE_CENTS = 6_000_000;
const QUIET_MS = 3_000;
const POLL_MS = 5;
const SILENT = { info() {}, warn() {}, error() {} };

export function run({ log }: BenchOptions): Promise<Figure[]> {
  return withTemporaryDirectory(async (dataDir) => {
    const postgres = await startEmbeddedPostgres({ dataDir, log: SILENT });
    await migrate(postgres.url);
    const pool = await createPool(postgres.url, { maximumPoolSize: 4 });
    const exchange = await startExchange({ ledger: createLedger(pool), log: SILENT, onStopped: fail });
    try {
      const people = 1 + Math.ceil((STOPS + 1) / BIDS_AN_ACCOUNT) + STOPS / STOPS_AN_ACCOUNT;
      const row = z.object({ id: z.bigint().transform(Number) });
      const rows = await pool.any(sql.type(row)`
        insert into accounts (kind) select 'customer' from generate_series(1, ${people}) returning id`);
      return await measure(
        exchange,
        rows.map(({ id }) => id),
        log,
      );
    } finally {
      await exchange.stop('measured');
      await pool.end();
      await postgres.stop();
    }
  });
}

async function measure(
  exchange: RunningExchange,
  accounts: readonly number[],
  log: BenchOptions['log'],
): Promise<Figure[]> {
  await setUp(exchange, accounts);
  const [bystander, ...traders] = accounts;
  await placeAll(exchange, traders);
  log(`cascade: ${STOPS.toLocaleString('en-US')} stops wait`);
  const quiet = await waitsDuring(exchange, bystander!, async () => {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  });
  const startedAt = performance.now();
  let tookMs = 0;
  const during = await waitsDuring(exchange, bystander!, async () => {
    const sell = order('sell', MIDDLE_CENTS);
    mustBeOk(await exchange.placeOrder({ accountId: traders.at(-1)!, request: sell }));
    while (tradesIn(exchange) <= STOPS) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    tookMs = performance.now() - startedAt;
  });
  const before = percentiles(Float64Array.from(quiet));
  const meanwhile = percentiles(Float64Array.from(during));
  return [
    alone({ name: 'cascade of 10,000 stops, to the last commit', value: tookMs, unit: 'ms' }),
    compared(
      {
        name: 'p99 of waits in another market meanwhile',
        value: meanwhile.p99!,
        unit: 'ms',
        percentiles: { ...meanwhile, max: Math.max(...during) },
      },
      'p99 of waits before',
      before.p99!,
    ),
  ];
}

function tradesIn(exchange: RunningExchange): number {
  return mustBeOk(exchange.ticker('BTC-USDT')).tradeCount;
}

async function setUp(exchange: RunningExchange, accounts: readonly number[]): Promise<void> {
  for (const [symbol, scale] of Object.entries({ BTC: 8, ETH: 8, USDT: 6 })) {
    mustBeOk(await exchange.createAsset({ symbol, name: symbol, scale }));
  }
  for (const base of ['BTC', 'ETH']) {
    mustBeOk(await exchange.createMarket({ ...BENCH_MARKET, symbol: `${base}-USDT`, base }));
  }
  for (const accountId of accounts) {
    for (const asset of ['BTC', 'USDT'])
      mustBeOk(await exchange.credit({ accountId, asset, amount: '1000000000' }));
  }
}

/** Bids a tick apart, and a stop at each of their prices but the last: each stop sells to the bid below it. */
async function placeAll(exchange: RunningExchange, traders: readonly number[]): Promise<void> {
  const placements: (() => Promise<Result<unknown>>)[] = [];
  const bidders = Math.ceil((STOPS + 1) / BIDS_AN_ACCOUNT);
  for (let index = 0; index <= STOPS; index += 1) {
    const accountId = traders[Math.floor(index / BIDS_AN_ACCOUNT)]!;
    placements.push(() => exchange.placeOrder({ accountId, request: order('buy', MIDDLE_CENTS - index) }));
  }
  for (let index = 0; index < STOPS; index += 1) {
    const accountId = traders[bidders + Math.floor(index / STOPS_AN_ACCOUNT)]!;
    const { price: stopPrice, ...rest } = order('sell', MIDDLE_CENTS - index);
    placements.push(() => exchange.placeOrder({ accountId, request: { ...rest, type: 'stop', stopPrice } }));
  }
  for (let from = 0; from < placements.length; from += AT_ONCE) {
    const results = await Promise.all(placements.slice(from, from + AT_ONCE).map((place) => place()));
    for (const result of results) mustBeOk(result);
  }
}

function order(side: 'buy' | 'sell', cents: number): OrderRequest {
  return { market: 'BTC-USDT', side, type: 'limit', price: (cents / 100).toFixed(2), quantity: '0.001' };
}

/** How long each of a bystander's orders in another market takes, one after the other, in milliseconds. */
async function waitsDuring(
  exchange: RunningExchange,
  accountId: number,
  work: () => Promise<void>,
): Promise<number[]> {
  const waits: number[] = [];
  let over = false;
  const done = work().finally(() => {
    over = true;
  });
  while (!over) {
    const startedAt = performance.now();
    const request = { ...order('buy', 100), market: 'ETH-USDT' };
    mustBeOk(await exchange.placeOrder({ accountId, request }));
    waits.push(performance.now() - startedAt);
    mustBeOk(await exchange.cancelAllOrders({ accountId, market: 'ETH-USDT' }));
  }
  await done;
  return waits;
}

function mustBeOk<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}: ${result.refusal.detail}`);
  return result.value;
}

function fail(why: string, error: unknown): void {
  throw new Error(`the exchange stopped: ${why}`, { cause: error });
}
