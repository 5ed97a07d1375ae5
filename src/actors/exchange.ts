import { DAY_MS } from '../domain/accounts/traded-volumes.ts';
import { assert } from '../domain/assert.ts';
import { type Catalog, createCatalog } from '../domain/catalog.ts';
import type { InvariantReader, InvariantViolation } from '../domain/invariants.ts';
import type { Market } from '../domain/markets/market.ts';
import type { Ledger, StoredFrame } from '../domain/settlement.ts';
import { emptyMarket } from '../domain/snapshots.ts';
import type { WithdrawalStep } from '../domain/withdrawals/desk.ts';
import type { DeskState } from '../domain/withdrawals/desk-state.ts';
import { LIMIT_WINDOW_MS } from '../domain/withdrawals/recent-withdrawals.ts';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createActorSystem, tell } from './actor.ts';
import { spawnAdministration } from './administration.ts';
import { forwardOnly } from './clock.ts';
import { spawnCountdowns } from './countdowns.ts';
import type { Effect } from './effects.ts';
import { createEventSource } from './event-stream.ts';
import type { FeedOptions } from './feed/feed.ts';
import type { GateState } from './gate/asking.ts';
import { createGate } from './gate/gate.ts';
import type { MarketMessage } from './market-messages.ts';
import type { AccountFrame, Exchange, PublicEvent } from './ports.ts';
import { createReplies } from './replies.ts';
import { accountFrame } from './settlement/account-frame.ts';
import { watchFence } from './settlement/fence-watch.ts';
import { type Settlement, spawnSettlement } from './settlement/settlement.ts';
import { createTradingFloor } from './trading-floor.ts';
import { watchInvariants } from './watch-invariants.ts';
import { spawnDesk } from './withdrawals/desk-actor.ts';

export interface ExchangeOptions {
  readonly ledger: Ledger;
  readonly log: ExchangeLog;
  readonly clock?: { now(): number };
  /** How long a command's commit is waited for before its outcome counts as unknown. Default 10,000. */
  readonly replyTimeoutMs?: number;
  /** Effects that may wait for a commit before commands are refused with `exchange_overloaded`. Default 50,000. */
  readonly maxBacklog?: number;
  readonly feed?: FeedOptions;
  readonly onBatch?: (stats: { readonly effects: number; readonly commitMs: number }) => void;
  /** Looks in the background, all the time, whether ledger and memory agree; absent: nobody looks. */
  readonly monitor?: {
    readonly reader: InvariantReader;
    readonly intervalMs: number;
    onViolation(violation: InvariantViolation): void;
  };
  /** Nothing can be committed any more: the process should end. */
  readonly onStopped: (why: 'fenced' | 'failed', error?: unknown) => void;
  /** Called before a market handles a message; tests make it throw. */
  readonly beforeMarketMessage?: (market: Market, message: MarketMessage) => void;
}

/** As much of a logger as the actors need; pino's fits. */
export interface ExchangeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface RunningExchange extends Exchange {
  /**
   * Refuses new commands from now on, waits until everything under way is committed, and stops the actors. While the
   * database is away it waits no longer than the clients do: what isn't committed then was never acknowledged.
   */
  stop(reason: string): Promise<void>;
  /** Effects that are not committed yet. */
  backlog(): number;
}

const DRAIN_PAUSE_MS = 20;

/**
 * Starts the exchange: takes over the ledger from whoever wrote before, reads what is there, and spawns settlement, the
 * accounts, and for each market its book and its feed.
 */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const { ledger, log } = options;
  const wallClock = options.clock ?? { now: () => Date.now() };
  const position = await ledger.takeOver();
  const clock = forwardOnly(wallClock, await ledger.lastCommittedAtMs());
  const replyTimeoutMs = options.replyTimeoutMs ?? 10_000;
  const reference = await ledger.loadCatalog();
  let catalog: Catalog = createCatalog(reference.assets, reference.markets);

  const system = createActorSystem();
  const replies = createReplies(replyTimeoutMs);
  const onListenerError = (error: unknown) =>
    log.error({ err: error }, 'a listener failed to handle an event');
  const publicEvents = createEventSource<PublicEvent>(onListenerError);
  const accountFrames = createEventSource<AccountFrame>(onListenerError);
  const withdrawalEvents = createEventSource<WithdrawalStep>(onListenerError);
  const deskStates = createEventSource<DeskState>(onListenerError);
  const stopping = createEventSource<{ readonly reason: string }>(onListenerError);
  const state: GateState = { phase: 'running', ledgerAvailable: true };

  const settlement: Settlement = spawnSettlement(
    system.root,
    {
      ledger,
      clock,
      reply: replies.resolve,
      tellAccount: (accountId, message) => accounts.tellIfAwake(accountId, message),
      tellFeed: (marketId, message) => {
        const feed = floor.feed(marketId);
        assert(feed !== undefined, 'a market that trades has a feed');
        tell(feed.actor.ref, message);
      },
      catalog: () => catalog,
      setCatalog: (next) => {
        catalog = next;
      },
      openMarket: (market) => floor.open(market, emptyMarket(market), []),
      publishFrames: (frames: readonly StoredFrame[]) => {
        if (accountFrames.hasListeners)
          for (const frame of frames) accountFrames.publish(accountFrame(frame));
      },
      publishWithdrawal: withdrawalEvents.publish,
      publishDesk: deskStates.publish,
      onAvailability: (available) => {
        state.ledgerAvailable = available;
        if (available) log.info({}, 'the database is back');
        else log.warn({}, 'the database can’t be reached; commands queue until it is back');
      },
      onBatch: options.onBatch ?? (() => {}),
      onStopped: (why, error) => {
        state.phase = 'failed';
        void fenceWatch.stop();
        log.error(
          { err: error },
          why === 'fenced'
            ? 'another exchange has taken over this database: this one commits nothing any more'
            : 'settlement failed: nothing of the batch was acknowledged, no more orders are taken',
        );
        options.onStopped(why, error);
      },
    },
    position,
  );
  const tellSettlement = (effect: Effect) => tell(settlement.ref, effect);

  const accounts: Accounts = createAccounts(system.root, {
    ledger,
    clock,
    catalog: () => catalog,
    tellMarket: (marketId, message) => {
      const market = floor.markets.get(marketId);
      assert(market !== undefined, 'a market in the catalog has its actor');
      tell(market, message);
    },
    tellSettlement,
    tellDesk: (message) => tell(desk.ref, message),
    reply: replies.resolve,
    onError: (accountId, error) =>
      log.error({ err: error, accountId }, 'an account failed to handle a message'),
  });

  /** Whether everything sent to settlement before was committed within the time-out of an answer. */
  async function drained(): Promise<boolean> {
    const { replyTo, reply } = replies.expect();
    tell(settlement.ref, { type: 'drain', replyTo });
    return (await reply) !== undefined;
  }

  /** Resolves once everything sent to settlement before is committed, or never will be; after the end not at all. */
  async function settled(): Promise<void> {
    while (!(await drained()) && state.phase !== 'failed') if (replies.isClosed) await new Promise(() => {});
  }

  const floor = createTradingFloor(
    system.root,
    { ledger, log, clock, wallClock, tellSettlement, settled, publish: publicEvents.publish },
    options,
  );
  const desk = spawnDesk(system.root, await ledger.loadDesk(clock.now() - LIMIT_WINDOW_MS), {
    ledger,
    clock,
    catalog: () => catalog,
    tellSettlement,
    onError: (error) => log.error({ err: error }, 'the desk of withdrawals failed to handle a message'),
  });

  const administration = spawnAdministration(system.root, {
    clock,
    catalog: () => catalog,
    reply: replies.resolve,
    settle: async (makeEffect) => {
      const { replyTo, reply } = replies.expect();
      tellSettlement(makeEffect(replyTo));
      if ((await reply) !== undefined) return true;
      // Whoever asked has been told that the outcome is unknown. The next change must see what this one did.
      await settled();
      return state.phase !== 'failed';
    },
    onError: (error) => log.error({ err: error }, 'an administrative change failed'),
  });

  const snapshots = await ledger.loadMarkets(catalog.markets);
  for (const market of catalog.markets) {
    const candles = await ledger.loadCandles(market.id, clock.now() - DAY_MS);
    floor.open(market, snapshots.get(market.id)!, candles);
  }

  const countdowns = spawnCountdowns(system.root, await ledger.loadCountdowns(), {
    clock,
    tellSettlement,
    cancelAll: (accountId) => {
      const command = { type: 'cancelAllResting', accountId, cause: 'countdown' } as const;
      for (const market of floor.markets.values()) tell(market, { type: 'command', command, replyTo: 0 });
    },
    onError: (error) => log.error({ err: error }, 'a countdown failed'),
  });

  const fenceWatch = watchFence(ledger, position.epoch, () => tell(settlement.ref, { type: 'superseded' }));

  const gate = createGate({
    state,
    backlog: settlement.backlog,
    maxBacklog: options.maxBacklog ?? 50_000,
    replies,
    accounts,
    administration,
    countdowns: countdowns.ref,
    ledger,
    catalog: () => catalog,
    market: (marketId) => floor.markets.get(marketId),
    feed: (marketId) => floor.feed(marketId)?.feed,
    desk,
    withdrawalEvents,
    deskStates,
    now: wallClock.now,
  });

  const watched = {
    log,
    replies,
    accounts,
    markets: floor.markets,
    gate,
    catalog: () => catalog,
    fence: fenceWatch,
  };
  const monitor = options.monitor === undefined ? undefined : watchInvariants(options.monitor, watched);

  let stopped: Promise<void> | undefined;
  return {
    ...gate,
    publicEvents,
    accountFrames,
    stopping,
    backlog: settlement.backlog,
    stop(reason) {
      stopped ??= stop(reason);
      return stopped;
    },
  };

  async function stop(reason: string): Promise<void> {
    if (state.phase === 'running') state.phase = 'stopping';
    stopping.publish({ reason });
    // It may wait for an answer, too: it ends at the latest when there are no more.
    const monitorStopped = monitor?.stop();
    // Commands under way are still between the mailboxes as long as somebody waits for an answer.
    const deadlineMs = performance.now() + replyTimeoutMs;
    while (replies.waiting > 0 && state.phase !== 'failed' && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_PAUSE_MS));
    }
    if (state.phase !== 'failed' && !(await drained())) {
      log.warn({ effects: settlement.backlog() }, 'stops without what the database did not take');
    }
    floor.close();
    desk.stop();
    countdowns.stop();
    replies.close();
    await monitorStopped;
    system.stop();
    await fenceWatch.stop();
  }
}
