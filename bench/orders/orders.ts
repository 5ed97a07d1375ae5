import pg from 'pg';
import { alternate } from '../harness/alternate.ts';
import type { BenchOptions } from '../harness/bench.ts';
import { compared, type Figure } from '../harness/figure.ts';
import { median } from '../harness/statistics.ts';
import { type Customer, createCustomers, post } from '../load/customers.ts';
import type { HttpLoad } from '../load/http-load.ts';
import {
  type ExchangeProcess,
  runWorker,
  startExchangeProcess,
  startWorker,
  withTemporaryDirectory,
} from '../load/processes.ts';
import type { SocketLoad } from '../load/socket-load.ts';
import type { LoadResult } from '../load/tally.ts';
import { prepareSimpleUpdate } from './simple-update.ts';

/**
 * Durable orders per second of the whole exchange, over REST beside a bare Koa reply, and over WebSocket, both beside
 * small transactions on the same PostgreSQL. All take turns; what doesn't have its turn is idle.
 */

type Rate = Pick<LoadResult, 'perSecond' | 'latencyMs'>;

const ROUNDS = 3;
const TURN_SECONDS = 6;
const REST_CONNECTIONS = 100;
const SOCKETS = 20;
const IN_FLIGHT = 100;

export function run({ log }: BenchOptions): Promise<Figure[]> {
  return withTemporaryDirectory(async (dataDir) => {
    const exchange = await startExchangeProcess(dataDir);
    try {
      return await measure(exchange, log);
    } finally {
      await exchange.stop();
    }
  });
}

async function measure(exchange: ExchangeProcess, log: BenchOptions['log']): Promise<Figure[]> {
  const customers = await createCustomers(exchange, REST_CONNECTIONS);
  const { reply, placed } = await sampleReply(exchange, customers[0]!);
  const bare = startWorker<{ port: number }>(new URL('./bare-koa.ts', import.meta.url), {
    secret: exchange.jwtSecret,
    reply,
  });
  const { port: barePort } = await bare.next();
  const simpleUpdate = await prepareSimpleUpdate(exchange.databaseUrl);
  const ours: LoadResult[] = [];
  let seed = 0;

  const note = (name: string, perSecond: number, detail = '') =>
    log(`${name}: ${Math.round(perSecond).toLocaleString('en-US')}/s${detail}`);
  const rest = async (port: number): Promise<LoadResult> => {
    seed += 1;
    const load: HttpLoad = { port, customers, seconds: TURN_SECONDS, seed };
    const result = await runWorker<LoadResult>(new URL('../load/http-load.ts', import.meta.url), load);
    note(port === barePort ? 'bare Koa' : 'REST', result.perSecond, detailOf(result));
    if (port !== barePort) ours.push(result);
    return result;
  };
  const socket = async (pace: Pick<SocketLoad, 'inFlight' | 'perSecond'>): Promise<LoadResult> => {
    seed += 1;
    const load = {
      port: exchange.port,
      customers: customers.slice(0, SOCKETS),
      seconds: TURN_SECONDS,
      seed,
      ...pace,
    };
    const result = await runWorker<LoadResult>(new URL('../load/socket-load.ts', import.meta.url), load);
    note(pace.perSecond === undefined ? 'WebSocket' : 'WebSocket, paced', result.perSecond, detailOf(result));
    ours.push(result);
    return result;
  };

  const results = await alternate<'rest' | 'bare' | 'socket' | 'simpleUpdate', Rate>(
    {
      rest: () => rest(exchange.port),
      bare: () => rest(barePort),
      socket: () => socket({ inFlight: IN_FLIGHT }),
      simpleUpdate: async () => {
        const perSecond = await simpleUpdate.run(TURN_SECONDS, SOCKETS);
        note(simpleUpdate.name, perSecond);
        return { perSecond, latencyMs: {} };
      },
    },
    ROUNDS,
  );
  const socketRate = median(results.socket.map((result) => result.perSecond));
  const paced: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round += 1) paced.push(await socket({ perSecond: socketRate / 2 }));
  await bare.stop();
  await proveDurable(exchange, placed + ours.reduce((sum, result) => sum + result.placedInAll, 0), log);

  const restRate = median(results.rest.map((result) => result.perSecond));
  const bareRate = median(results.bare.map((result) => result.perSecond));
  const transactions = median(results.simpleUpdate.map((result) => result.perSecond));
  const restFigure = { value: restRate, unit: '1/s', percentiles: latency(results.rest) };
  const socketFigure = { value: socketRate, unit: '1/s', percentiles: latency(results.socket) };
  const pacedRate = median(paced.map((result) => result.perSecond));
  return [
    compared({ name: 'orders/rest', ...restFigure }, 'bare Koa + koa-jwt replies/s', bareRate),
    compared({ name: 'orders/rest', ...restFigure }, simpleUpdate.name, transactions),
    compared({ name: 'orders/websocket', ...socketFigure }, simpleUpdate.name, transactions),
    compared(
      {
        name: 'orders/websocket at half the rate',
        value: pacedRate,
        unit: '1/s',
        percentiles: latency(paced),
      },
      'rate with 100 in flight',
      socketRate,
    ),
  ];
}

/** Places an order that rests, to know what a reply looks like. */
async function sampleReply(
  exchange: ExchangeProcess,
  customer: Customer,
): Promise<{ reply: object; placed: number }> {
  const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '50000', quantity: '0.01' };
  return { reply: (await post(exchange.port, '/v1/orders', customer.token, order)) as object, placed: 1 };
}

/** Everything that was acknowledged has to be in the database, and nothing else. */
async function proveDurable(
  exchange: ExchangeProcess,
  acknowledged: number,
  log: BenchOptions['log'],
): Promise<void> {
  const client = new pg.Client(exchange.databaseUrl);
  await client.connect();
  const { rows } = await client.query(
    'select (select count(*) from orders) + (select count(*) from open_orders) as orders, (select count(*) from trades) as trades',
  );
  await client.end();
  const [{ orders, trades }] = rows;
  log(`acknowledged ${acknowledged} orders; in the database ${orders} orders, ${trades} trades`);
  if (Number(orders) !== acknowledged)
    throw new Error('what was acknowledged is not what is in the database');
}

function latency(results: readonly Rate[]): Record<string, number> {
  const of = (key: string) => median(results.map((result) => result.latencyMs[key]!));
  return { 'p50 ms': of('p50'), 'p99 ms': of('p99'), 'max ms': of('max') };
}

function detailOf(result: LoadResult): string {
  const { p50, p99 } = result.latencyMs;
  const refused = Object.entries(result.refused).map(([code, count]) => `, ${count} ${code}`);
  return `, p50 ${p50!.toFixed(1)} ms, p99 ${p99!.toFixed(1)} ms${refused.join('')}`;
}
