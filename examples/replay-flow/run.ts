import type { Config } from '../../src/config.ts';
import { outboxOf } from '../client/outbox.ts';
import { showProgress } from '../client/progress.ts';
import { createRestClient, type RestClient } from '../client/rest.ts';
import { inventCredentials, register, type Session } from '../client/sign-in.ts';
import { connectSocket, type ExchangeSocket } from '../client/socket.ts';
import { asLocalOperator } from '../local-operator.ts';
import { type Explanation, explainRefusals } from './explain.ts';
import { feedFast, feedInOrder } from './feed.ts';
import { type FlowCommand, readFlow } from './flow-file.ts';
import { createFlowMarket, type FlowMarket, fundForFlow } from './flow-market.ts';
import { FlowOrders } from './flow-orders.ts';
import type { ReplayFlowOptions } from './options.ts';
import { createRouting } from './routing.ts';
import { Tally } from './tally.ts';

/** What came of a run. */
export interface FlowReport {
  readonly market: string;
  readonly tally: Tally;
  readonly elapsedMs: number;
  readonly explanations: readonly Explanation[];
}

export interface FlowRun extends ReplayFlowOptions {
  /** As the exchange has it: whose operator makes the market. */
  readonly config: Config;
  /** Asked before each command: true ends the run early. */
  readonly stopped: () => boolean;
  readonly progress: boolean;
}

/**
 * Makes a market and customers for the flow, feeds it, and explains what was refused.
 * @throws {ConnectionError} when the exchange is gone in the middle of it
 */
export async function replayFlow(run: FlowRun): Promise<FlowReport> {
  const rest = createRestClient(run.url);
  const { market, sessions } = await setUp(rest, run);
  const sockets: ExchangeSocket[] = [];
  const sessionOf = (connection: number): Session => sessions[connection % sessions.length]!;
  const tally = new Tally();
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  let elapsed = 0;
  const progress = run.progress ? showProgress(() => progressLine(tally, elapsedMs())) : undefined;
  try {
    for (let connection = 0; connection < run.connections; connection += 1) {
      sockets.push(await connectSocket(run.url, { session: sessionOf(connection) }));
    }
    const feed = run.inOrder ? feedInOrder : feedFast;
    await feed(first(run.limit, readFlow(run.file)), {
      sockets,
      orders: new FlowOrders(market, tally),
      route: createRouting(run.connections, run.inOrder),
      window: run.window,
      stopped: run.stopped,
    });
    elapsed = elapsedMs();
  } finally {
    progress?.stop();
    await Promise.all(sockets.map((socket) => socket.close()));
  }
  const explanations = await explainRefusals(tally.refusals, rest, sessionOf);
  return { market: market.symbol, tally, elapsedMs: elapsed, explanations };
}

async function setUp(
  rest: RestClient,
  run: FlowRun,
): Promise<{ market: FlowMarket; sessions: readonly Session[] }> {
  // Says so if the exchange does not run, before anything is opened.
  await rest.request('GET', '/v1/markets');
  return asLocalOperator(run.config, rest, async (operator) => {
    const market = await createFlowMarket(rest, operator, run);
    const sessions: Session[] = [];
    for (let account = 0; account < run.accounts; account += 1) {
      const session = await register(rest, inventCredentials('flow'), outboxOf(run.config));
      await fundForFlow(operator, market, session.accountId);
      sessions.push(session);
    }
    return { market, sessions };
  });
}

async function* first(limit: number, commands: AsyncIterable<FlowCommand>): AsyncGenerator<FlowCommand> {
  let count = 0;
  for await (const command of commands) {
    if (count >= limit) return;
    count += 1;
    yield command;
  }
}

/** For example `12,000/s  acknowledged 24,000  trades 300  refused 12 (cancel order_not_open 12)  p50 4 ms  p99 9 ms`. */
export function progressLine(tally: Tally, elapsedMs: number): string {
  const refused = [...tally.refusedByReason].map(([reason, count]) => `${reason} ${count}`).join(', ');
  return [
    `${count(Math.round((tally.answered * 1000) / Math.max(1, elapsedMs)))}/s`,
    `acknowledged ${count(tally.acknowledged)}`,
    `trades ${count(tally.trades)}`,
    `refused ${count(tally.refusals.length)}${refused === '' ? '' : ` (${refused})`}`,
    `p50 ${tally.latency.percentileMs(0.5).toFixed(1)} ms`,
    `p99 ${tally.latency.percentileMs(0.99).toFixed(1)} ms`,
  ].join('  ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
