import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { fillHistory } from './growth/history.ts';
import { alternate } from './harness/alternate.ts';
import type { BenchOptions } from './harness/bench.ts';
import { alone, compared, type Figure } from './harness/figure.ts';
import { median } from './harness/statistics.ts';
import { type Customer, createCustomers } from './load/customers.ts';
import { runWorker, startExchangeProcess, withTemporaryDirectory } from './load/processes.ts';
import type { SocketLoad } from './load/socket-load.ts';
import type { LoadResult } from './load/tally.ts';

/**
 * Orders per second and the time of a commit with more and more past orders in the tables, a database for each amount,
 * all on one PostgreSQL, in turns. `npm run bench -- growth 1000000` leaves the largest amount out.
 */

const PAST_ORDERS = Object.freeze([1_000_000, 10_000_000]);
const ROUNDS = 3;
const WARM_UP_SECONDS = 2;
const TURN_SECONDS = 6;
const SOCKETS = 20;
const IN_FLIGHT = 100;

interface Stage {
  readonly pastOrders: number;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly customers: readonly Customer[];
}

interface Turn {
  readonly perSecond: number;
  /** Milliseconds of commits for a thousand commands: batches differ in size. */
  readonly commitMsPerThousand: number;
}

export function run({ args, log }: BenchOptions): Promise<Figure[]> {
  const amounts = [0, ...(args.length > 0 ? args.map(Number) : PAST_ORDERS)];
  if (!amounts.every(Number.isSafeInteger)) throw new RangeError('numbers of past orders are whole');
  return withTemporaryDirectory(async (dataDir) => {
    const postgres = await startEmbeddedPostgres({ dataDir, log: { info() {}, warn() {}, error() {} } });
    try {
      const stages: Stage[] = [];
      for (const pastOrders of amounts) stages.push(await prepare(dataDir, postgres.url, pastOrders, log));
      const turns = Object.fromEntries(stages.map((stage) => [stage.pastOrders, () => measure(stage, log)]));
      return figuresOf(amounts, await alternate(turns, ROUNDS));
    } finally {
      await postgres.stop();
    }
  });
}

/** A database with customers, money and so many past orders. */
async function prepare(
  dataDir: string,
  url: string,
  pastOrders: number,
  log: BenchOptions['log'],
): Promise<Stage> {
  const name = `past_${pastOrders}`;
  const server = new pg.Client(url);
  await server.connect();
  await server.query(`create database ${name}`);
  await server.end();
  const databaseUrl = new URL(url);
  databaseUrl.pathname = `/${name}`;
  const stage = { pastOrders, dataDir: join(dataDir, name), databaseUrl: databaseUrl.href };
  const exchange = await startExchangeProcess(stage.dataDir, stage.databaseUrl);
  const customers = await createCustomers(exchange, SOCKETS);
  await exchange.stop();
  const client = new pg.Client(stage.databaseUrl);
  await client.connect();
  const startedAt = performance.now();
  await fillHistory(client, { accountIds: customers.map(({ accountId }) => accountId), pastOrders });
  const { rows } = await client.query('select pg_size_pretty(pg_database_size(current_database())) as size');
  await client.end();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  log(`${pastOrders.toLocaleString('en-US')} past orders written in ${seconds} s: ${rows[0].size}`);
  return { ...stage, customers };
}

let seed = 0;

async function measure(
  { pastOrders, dataDir, databaseUrl, customers }: Stage,
  log: BenchOptions['log'],
): Promise<Turn> {
  const exchange = await startExchangeProcess(dataDir, databaseUrl);
  try {
    const load = (seconds: number): Promise<LoadResult> => {
      seed += 1;
      const task: SocketLoad = { port: exchange.port, customers, seconds, seed, inFlight: IN_FLIGHT };
      return runWorker(new URL('./load/socket-load.ts', import.meta.url), task);
    };
    await load(WARM_UP_SECONDS);
    const before = await commits(exchange.port);
    const { perSecond } = await load(TURN_SECONDS);
    const after = await commits(exchange.port);
    const commitMsPerThousand = ((after.seconds - before.seconds) * 1e6) / (after.effects - before.effects);
    log(
      `${pastOrders.toLocaleString('en-US')} past orders: ${Math.round(perSecond)} commands/s, ` +
        `${commitMsPerThousand.toFixed(1)} ms of commit for 1,000`,
    );
    return { perSecond, commitMsPerThousand };
  } finally {
    await exchange.stop();
  }
}

/** What the exchange says of its own commits. */
async function commits(port: number): Promise<{ readonly seconds: number; readonly effects: number }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)![1]);
  return { seconds: value('bourse_commit_seconds_sum'), effects: value('bourse_settled_effects_total') };
}

function figuresOf(amounts: readonly number[], turns: Readonly<Record<string, readonly Turn[]>>): Figure[] {
  const of = (pastOrders: number, key: keyof Turn) => median(turns[pastOrders]!.map((turn) => turn[key]));
  const units = { perSecond: '1/s', commitMsPerThousand: 'ms' } as const;
  const names = { perSecond: 'commands', commitMsPerThousand: 'commit of 1,000 commands' } as const;
  return (['perSecond', 'commitMsPerThousand'] as const).flatMap((key) =>
    amounts.map((pastOrders) => {
      const name = `growth, ${names[key]}, ${pastOrders.toLocaleString('en-US')} past orders`;
      const figure = { name, value: of(pastOrders, key), unit: units[key] };
      return pastOrders === 0 ? alone(figure) : compared(figure, 'the same without history', of(0, key));
    }),
  );
}
