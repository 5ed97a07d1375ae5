import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../src/config.ts';
import { outboxOf } from '../client/outbox.ts';
import { ConnectionError } from '../client/problem.ts';
import { showProgress } from '../client/progress.ts';
import { createRestClient, type RestClient } from '../client/rest.ts';
import { type Credentials, inventCredentials, logIn, type Session } from '../client/sign-in.ts';
import { connectSocket, type ExchangeSocket } from '../client/socket.ts';
import { asLocalOperator } from '../local-operator.ts';
import { Activity, createStatusLine } from './activity.ts';
import { DemoMarket } from './demo-market.ts';
import { Maker } from './maker.ts';
import type { DemoOptions } from './options.ts';
import { PriceWalk, type Random } from './price-walk.ts';
import { enlistTrader, findMarkets, startValues } from './set-up.ts';
import { Taker } from './taker.ts';

export interface DemoRun extends DemoOptions {
  /** As the exchange has it: whose operator funds the traders. */
  readonly config: Config;
  /** Ends the demo. */
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly progress: boolean;
  /** Traders of an earlier demo, who go on. */
  readonly known?: readonly Credentials[];
  /** Told of each new trader. */
  readonly onEnlisted?: (trader: Credentials) => void;
}

/** How often commands are sent; several at a time when the rate asks for it. */
const TURN_MS = 20;
/** When the exchange is slower than the rate, no more than this is asked of it. */
const MAX_IN_FLIGHT = 500;

/**
 * Lets simulated traders trade until the signal, then takes their orders back.
 * @throws {ConnectionError} when the exchange is gone in the middle of it
 */
export async function runDemo(run: DemoRun): Promise<Activity> {
  const rest = createRestClient(run.url);
  const infos = await findMarkets(rest);
  const walk = new PriceWalk(await startValues(rest, infos), run.random);
  const markets = infos.map((info) => new DemoMarket(info, walk));
  const activity = new Activity();
  const sessions = await asLocalOperator(run.config, rest, async (operator) => {
    const enlisted: Session[] = [];
    for (const trader of run.known ?? []) enlisted.push(await logIn(rest, trader));
    while (enlisted.length < run.traders) {
      const trader = inventCredentials('demo');
      enlisted.push(await enlistTrader(rest, operator, infos, trader, outboxOf(run.config)));
      run.onEnlisted?.(trader);
    }
    return enlisted;
  });

  const sockets: ExchangeSocket[] = [];
  try {
    const watcher = await watchTrades(rest, markets, activity);
    sockets.push(watcher);
    const traders: (Maker | Taker)[] = [];
    for (const [index, session] of sessions.entries()) {
      const socket = await connectSocket(run.url, { session });
      sockets.push(socket);
      // What an earlier demo that was killed has left in the book.
      if (run.known !== undefined) await socket.cancelAllOrders();
      const isMaker = index % 2 === 0;
      if (isMaker) await socket.subscribe({ channel: 'orders' });
      traders.push(new (isMaker ? Maker : Taker)(socket, markets, activity, run.random));
    }
    const status = createStatusLine(activity, performance.now.bind(performance));
    const progress = run.progress ? showProgress(status) : undefined;
    try {
      await trade(run, walk, traders, sockets);
    } finally {
      progress?.stop();
    }
    await Promise.all(sockets.slice(1).map((socket) => socket.cancelAllOrders()));
  } finally {
    await Promise.all(sockets.map((socket) => socket.close()));
  }
  await Promise.all(sessions.map((session) => session.logOut()));
  return activity;
}

/** Sends commands at the rate until the signal, or until a connection is lost. */
async function trade(
  run: DemoRun,
  walk: PriceWalk,
  traders: readonly (Maker | Taker)[],
  sockets: readonly ExchangeSocket[],
): Promise<void> {
  let failure: unknown;
  let inFlight = 0;
  let due = 0;
  let before = performance.now();
  for (const { closed } of sockets) {
    closed.then((code) => {
      failure ??= new ConnectionError(`The exchange closed a connection with code ${code}.`);
    });
  }
  const lead = async (trader: Maker | Taker): Promise<void> => {
    inFlight += 1;
    try {
      await trader.act();
    } catch (error) {
      failure ??= error;
    } finally {
      inFlight -= 1;
    }
  };
  while (!run.signal.aborted && failure === undefined) {
    const now = performance.now();
    const seconds = (now - before) / 1000;
    before = now;
    walk.advance(seconds);
    due = Math.min(due + run.rate * seconds, MAX_IN_FLIGHT);
    for (; due >= 1 && inFlight < MAX_IN_FLIGHT; due -= 1) {
      void lead(traders[Math.floor(run.random() * traders.length)]!);
    }
    await delay(TURN_MS);
  }
  if (failure !== undefined) throw failure;
  // What is under way may still rest an order: the cancels must come after it.
  while (inFlight > 0) await delay(TURN_MS);
}

/** Counts trades and remembers last prices as anybody could: from the public channel. */
async function watchTrades(
  rest: RestClient,
  markets: readonly DemoMarket[],
  activity: Activity,
): Promise<ExchangeSocket> {
  const socket = await connectSocket(rest.baseUrl);
  socket.onEvent((event) => {
    if (event.channel !== 'trades') return;
    const isNew = event.type !== 'snapshot';
    if (isNew) activity.trades += event.data.length;
    const last = isNew ? event.data.at(-1) : undefined;
    if (last !== undefined) activity.lastPrices.set(event.market, last.price);
  });
  for (const { symbol } of markets) await socket.subscribe({ channel: 'trades', market: symbol });
  return socket;
}
