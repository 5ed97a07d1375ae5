import type { BenchOptions } from '../harness/bench.ts';
import { alone, type Figure } from '../harness/figure.ts';
import { median } from '../harness/statistics.ts';
import { type Customer, createCustomers, post } from '../load/customers.ts';
import {
  type ExchangeProcess,
  startExchangeProcess,
  startWorker,
  withTemporaryDirectory,
} from '../load/processes.ts';
import type { SubscribersReport, SubscribersTask } from './subscribers.ts';
import type { TakersReport, TakersTask } from './takers.ts';

/**
 * How long a trade takes to a thousand clients that watch the market, while 2,000 trades are made a second. Every client
 * has a socket of its own with the trades and the depth channel, and every one of them has to get every trade.
 */

const ROUNDS = 3;
const SECONDS = 10;
const SUBSCRIBERS = 1_000;
const TRADES_PER_SECOND = 2_000;
const TAKERS = 8;
const PRICE = '60000';

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
  const [maker, ...takers] = await createCustomers(exchange, TAKERS + 1);
  const reports: SubscribersReport[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const report = await oneRound(exchange, maker!, takers);
    const { fromAcknowledgement: ack, fromMatch: match } = report;
    log(
      `${Math.round(report.tradesPerSecond)} trades/s in ${Math.round(report.framesPerSecond)} frames/s to each of ` +
        `${report.subscribers}: after the acknowledgement p50 ${ack.p50} p99 ${ack.p99} max ${ack.max} ms, ` +
        `after the match p50 ${match.p50} p99 ${match.p99} max ${match.max} ms`,
    );
    if (round > 0) reports.push(report);
  }
  const rate = median(reports.map((report) => report.tradesPerSecond));
  const figure = (name: string, key: 'fromAcknowledgement' | 'fromMatch'): Figure => {
    const of = (part: 'p50' | 'p99' | 'max') => median(reports.map((report) => report[key][part]));
    return alone({
      name,
      value: of('p99'),
      unit: 'ms',
      percentiles: { 'p50 ms': of('p50'), 'p99 ms': of('p99'), 'max ms': of('max'), 'trades/s': rate },
    });
  };
  return [
    figure('feed/from commit to client', 'fromAcknowledgement'),
    figure('feed/from match to client, commit included', 'fromMatch'),
  ];
}

async function oneRound(
  exchange: ExchangeProcess,
  maker: Customer,
  takers: readonly Customer[],
): Promise<SubscribersReport> {
  // Enough for all takers of the round.
  const order = { market: 'BTC-USDT', side: 'sell', type: 'limit', price: PRICE, quantity: '100' };
  await post(exchange.port, '/v1/orders', maker.token, order);
  const watch: SubscribersTask = { port: exchange.port, subscribers: SUBSCRIBERS };
  const subscribers = startWorker<'ready' | SubscribersReport>(
    new URL('./subscribers.ts', import.meta.url),
    watch,
  );
  try {
    await subscribers.next();
    const task: TakersTask = {
      port: exchange.port,
      customers: takers,
      seconds: SECONDS,
      perSecond: TRADES_PER_SECOND,
      price: PRICE,
    };
    const trading = startWorker<TakersReport>(new URL('./takers.ts', import.meta.url), task);
    const report = await trading.next();
    await trading.stop();
    subscribers.send(report);
    return (await subscribers.next()) as SubscribersReport;
  } finally {
    await subscribers.stop();
  }
}
