import pg from 'pg';
import type { Effect } from '../src/actors/effects.ts';
import { BatchBuilder, type PreparedBatch } from '../src/actors/settlement/batch.ts';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { createLedger } from '../src/db/ledger.ts';
import { migrate } from '../src/db/migrate.ts';
import { createPool } from '../src/db/pool.ts';
import { type Catalog, createCatalog } from '../src/domain/catalog.ts';
import { defineMarket, type MarketSpec } from '../src/domain/markets/market.ts';
import type { Ledger, LedgerPosition } from '../src/domain/settlement.ts';
import { EffectSource } from './commit/effects.ts';
import { createPlainTables, insertPlainly, rowsOf, type TableRows } from './commit/plain-inserts.ts';
import { alternate } from './harness/alternate.ts';
import type { BenchOptions } from './harness/bench.ts';
import { compared, type Figure } from './harness/figure.ts';
import { median, percentiles } from './harness/statistics.ts';
import { withTemporaryDirectory } from './load/processes.ts';

/**
 * Rows per second that settlement writes, beside the same rows written by plain multi-row inserts from `pg`, a
 * transaction per batch too. Batches are prepared beforehand; what is timed is from the batch to its commit.
 */

const ROUNDS = 5;
const BATCHES_A_TURN = 20;
const EFFECTS_A_BATCH = 1_000;
const ACCOUNTS = 100;
const FUNDS_MINOR = 10n ** 24n;

const BTC = { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 };
const USDT = { id: 2, symbol: 'USDT', name: 'Tether USD', scale: 8 };
const SPEC: MarketSpec = {
  symbol: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '1000',
  minNotional: '5',
  bandPpm: 50_000,
  feeTiers: [{ minVolume: '0', makerFeePpm: 1_000, takerFeePpm: 1_500 }],
};

export function run({ log }: BenchOptions): Promise<Figure[]> {
  return withTemporaryDirectory(async (dataDir) => {
    const postgres = await startEmbeddedPostgres({ dataDir, log: SILENT });
    try {
      await migrate(postgres.url);
      const pool = await createPool(postgres.url, { maximumPoolSize: 2 });
      const client = new pg.Client(postgres.url);
      await client.connect();
      try {
        await client.query(
          `insert into accounts (kind) select 'customer' from generate_series(1, ${ACCOUNTS})`,
        );
        await createPlainTables(client);
        return await measure(createLedger(pool), client, log);
      } finally {
        await client.end();
        await pool.end();
      }
    } finally {
      await postgres.stop();
    }
  });
}

async function measure(ledger: Ledger, client: pg.Client, log: BenchOptions['log']): Promise<Figure[]> {
  const settled = await openLedger(ledger);
  let { position } = settled;
  const source = new EffectSource(settled.market, settled.accountIds, FUNDS_MINOR);
  /** Rows of what was settled in the turn before, for the yardstick to write. */
  let written: TableRows[][] = [];
  const commitMs: number[] = [];

  const { ours, plain } = await alternate(
    {
      ours: async () => {
        const prepared: PreparedBatch[] = [];
        for (let index = 0; index < BATCHES_A_TURN; index += 1) {
          const batch = prepare(settled.catalog, position, () => source.next(Date.now()), EFFECTS_A_BATCH);
          prepared.push(batch);
          position = positionAfter(batch);
        }
        written = [];
        let elapsedMs = 0;
        for (const { batch, shares } of prepared) {
          const startedAt = performance.now();
          const outcome = await ledger.settle(batch, shares.frameMaker(settled.catalog));
          const tookMs = performance.now() - startedAt;
          if (outcome.type !== 'committed') throw new Error('the batch was not committed');
          elapsedMs += tookMs;
          commitMs.push(tookMs);
          written.push(rowsOf(batch, outcome.frames));
        }
        return rate('settlement', written, elapsedMs, log);
      },
      plain: async () => {
        const startedAt = performance.now();
        for (const tables of written) await insertPlainly(client, tables);
        return rate('plain inserts', written, performance.now() - startedAt, log);
      },
    },
    ROUNDS,
  );
  const parts = percentiles(commitMs.slice(BATCHES_A_TURN));
  return [
    compared(
      {
        name: 'commit',
        value: median(ours),
        unit: 'rows/s',
        percentiles: { 'batch p50 ms': parts.p50!, 'batch p99 ms': parts.p99! },
      },
      'plain multi-row inserts of pg',
      median(plain),
    ),
  ];
}

/** Assets, a market and money for everybody. */
async function openLedger(ledger: Ledger) {
  let position = await ledger.takeOver();
  const market = defineMarket(1, SPEC, BTC, USDT);
  if (!market.ok) throw new Error(market.refusal.detail);
  const catalog = createCatalog([BTC, USDT], [market.value]);
  const accountIds = Array.from({ length: ACCOUNTS }, (_, index) => 1000 + index);
  const atMs = Date.now();
  const setUp: Effect[] = [
    { type: 'assetEffect', atMs, asset: BTC, replyTo: 0 },
    { type: 'assetEffect', atMs, asset: USDT, replyTo: 0 },
    { type: 'marketCreatedEffect', atMs, market: market.value, spec: SPEC, replyTo: 0 },
    ...accountIds.flatMap((accountId) =>
      [BTC.id, USDT.id].map((assetId): Effect => {
        const reference = `funds-${assetId}`;
        return {
          type: 'depositEffect',
          atMs,
          accountId,
          assetId,
          amountMinor: FUNDS_MINOR,
          reference,
          replyTo: 0,
        };
      }),
    ),
  ];
  const prepared = prepare(catalog, position, () => setUp.shift()!, setUp.length);
  await ledger.settle(prepared.batch, prepared.shares.frameMaker(catalog));
  position = positionAfter(prepared);
  return { position, catalog, market: market.value, accountIds };
}

function prepare(
  catalog: Catalog,
  position: LedgerPosition,
  next: () => Effect,
  effects: number,
): PreparedBatch {
  const builder = new BatchBuilder(catalog, position);
  for (let index = 0; index < effects; index += 1) builder.add(next());
  return builder.finish(Date.now());
}

function positionAfter({ batch }: PreparedBatch): LedgerPosition {
  return { epoch: batch.epoch, batchNo: batch.batchNo, entryNo: batch.lastEntryNo, logHash: batch.log.hash };
}

function rate(
  name: string,
  batches: readonly TableRows[][],
  elapsedMs: number,
  log: BenchOptions['log'],
): number {
  const rows = batches.flat().reduce((sum, table) => sum + table.rows.length, 0);
  const perSecond = (rows * 1000) / elapsedMs;
  log(`${name}: ${rows} rows in ${batches.length} batches, ${Math.round(perSecond)} rows/s`);
  return perSecond;
}

const SILENT = { info() {}, warn() {}, error() {} };
