import { assert } from '../../domain/assert.ts';
import { type Catalog, createCatalog, withAsset, withMarket } from '../../domain/catalog.ts';
import { defineFeeTiers, defineMarket, type Market } from '../../domain/markets/market.ts';
import type { LedgerPosition, LogRecord } from '../../domain/settlement.ts';
import { emptyMarket } from '../../domain/snapshots.ts';
import { type ActorRef, createActorSystem, tell } from '../actor.ts';
import type { Effect } from '../effects.ts';
import type { MarketMessage } from '../market-messages.ts';
import { spawnMarket } from '../markets/market-actor.ts';
import { BatchBuilder } from '../settlement/batch.ts';
import { type LoggedMessage, parseLog } from '../settlement/message-log.ts';
import { ReplayedState } from './replayed-state.ts';
import { isOfWithdrawals, ReplayedWithdrawals } from './replayed-withdrawals.ts';

/** A batch of the message log as it was written. */
export interface LoggedBatch extends LogRecord {
  readonly batchNo: number;
  readonly epoch: number;
  readonly committedAtMs: number;
}

/** The replay came to something else than the log says. */
export class ReplayMismatch extends Error {
  override readonly name = 'ReplayMismatch';
  readonly batchNo: number;

  constructor(batchNo: number, detail: string) {
    super(`batch ${batchNo}: ${detail}`);
    this.batchNo = batchNo;
  }
}

type MarketLogged = Extract<LoggedMessage, { command: unknown }>;

interface ReplayedMarket {
  readonly ref: ActorRef<MarketMessage>;
  /** What the actor was sent and has not handled yet, and where in its batch that stands. */
  readonly sent: { readonly message: MarketLogged; readonly at: number }[];
}

/** A batch whose messages are with the markets. */
interface Running {
  readonly batchNo: number;
  /** What came of each message; those of markets come one by one. */
  readonly effects: Effect[];
  missing: number;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Replays the message log in fresh actors, batch after batch. Each market message goes to a market actor of its own, which
 * handles it at the time it was logged with; what the actors do is gathered into a batch as settlement would, in the order
 * of the log, and that must seal to the very bytes and hash that were logged.
 */
export class Replay {
  readonly state = new ReplayedState();
  messages = 0;
  readonly #only: string | undefined;
  readonly #system = createActorSystem();
  readonly #markets = new Map<number, ReplayedMarket>();
  readonly #withdrawals = new ReplayedWithdrawals();
  #catalog: Catalog = createCatalog([], []);
  #position: LedgerPosition = { epoch: 0, batchNo: 0, entryNo: 0, logHash: new Uint8Array(32) };
  #running: Running | null = null;

  /**
   * @param only symbol of a market: the others' messages are left out, so that only its book comes out, and hashes can't be
   * compared
   */
  constructor(only?: string) {
    this.#only = only;
  }

  /**
   * @param look sees each message and what came of it
   * @throws ReplayMismatch
   */
  async apply(logged: LoggedBatch, look?: (message: LoggedMessage, effect: Effect) => void): Promise<void> {
    if (logged.batchNo !== this.#position.batchNo + 1) {
      throw new ReplayMismatch(logged.batchNo, `follows batch ${this.#position.batchNo}`);
    }
    this.#position = { ...this.#position, epoch: logged.epoch };
    const messages = parseLog(logged.payload).filter((message) => !this.#isLeftOut(message));
    const effects = await this.#run(messages, logged.batchNo);
    this.messages += messages.length;
    if (look !== undefined) for (const [at, message] of messages.entries()) look(message, effects[at]!);

    const builder = new BatchBuilder(this.#catalog, this.#position);
    for (const effect of effects) builder.add(effect);
    const { batch } = builder.finish(logged.committedAtMs);
    if (this.#only === undefined && Buffer.compare(batch.log.hash, logged.hash) !== 0) {
      throw new ReplayMismatch(logged.batchNo, 'the replayed messages don’t seal to the logged hash');
    }
    this.state.apply(batch);
    for (const effect of effects) this.#setUp(effect);
    this.#position = {
      epoch: logged.epoch,
      batchNo: logged.batchNo,
      entryNo: batch.lastEntryNo,
      logHash: logged.hash,
    };
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  get batchNo(): number {
    return this.#position.batchNo;
  }

  #isLeftOut(message: LoggedMessage): boolean {
    if (this.#only === undefined || !('command' in message)) return false;
    return this.#catalog.marketById(message.marketId)?.symbol !== this.#only;
  }

  stop(): void {
    this.#system.stop();
  }

  /** Sends a whole batch at once: what a market does depends on nothing but the messages it got before. */
  async #run(messages: readonly LoggedMessage[], batchNo: number): Promise<Effect[]> {
    const done = Promise.withResolvers<void>();
    const running: Running = { batchNo, effects: new Array(messages.length), missing: 0, done };
    this.#running = running;
    for (const [at, message] of messages.entries()) {
      if (!('command' in message)) {
        running.effects[at] = this.#effectOf(message);
        continue;
      }
      const market = this.#markets.get(message.marketId);
      assert(market !== undefined, 'a market was created before it got messages');
      running.missing += 1;
      market.sent.push({ message, at });
      tell(market.ref, { type: 'command', command: message.command, replyTo: 0 });
    }
    if (running.missing > 0) await done.promise;
    return running.effects;
  }

  #effectOf(message: Exclude<LoggedMessage, MarketLogged>): Effect {
    const { atMs } = message;
    if (isOfWithdrawals(message)) return this.#withdrawals.effectOf(message);
    if ('deposit' in message) {
      const { accountId, assetId, amountMinor, reference } = message.deposit;
      return {
        type: 'depositEffect',
        atMs,
        accountId,
        assetId,
        amountMinor: BigInt(amountMinor),
        reference,
        replyTo: 0,
      };
    }
    if ('policy' in message) {
      const { accountId, tradeGroup, selfTrade, frozen = false } = message.policy;
      const policy = { tradeGroup, selfTrade, frozen };
      return { type: 'policyEffect', atMs, accountId, policy, replyTo: 0 };
    }
    if ('countdown' in message) return { type: 'countdownEffect', atMs, ...message.countdown, replyTo: 0 };
    if ('asset' in message) return { type: 'assetEffect', atMs, asset: message.asset, replyTo: 0 };
    if ('market' in message) {
      const { id, spec } = message.market;
      const base = this.#catalog.asset(spec.base);
      const quote = this.#catalog.asset(spec.quote);
      assert(base !== undefined && quote !== undefined, 'a market’s assets were logged before it');
      const market = defineMarket(id, spec, base, quote);
      assert(market.ok, 'a market that was created can be created again');
      return { type: 'marketCreatedEffect', atMs, market: market.value, spec, replyTo: 0 };
    }
    const { marketId, tiers } = message.fees;
    const defined = defineFeeTiers(tiers, this.#market(marketId).quote);
    assert(defined.ok, 'fees that were set can be set again');
    return { type: 'feesEffect', atMs, marketId, feeTiers: defined.value, spec: tiers, replyTo: 0 };
  }

  #onEffect(market: ReplayedMarket, effect: Effect): void {
    const running = this.#running!;
    const { message, at } = market.sent.shift()!;
    if (effect.type !== 'marketEffect' || effect.seq !== message.seq) {
      const what = `message ${message.seq} of market ${message.marketId} came out as something else`;
      running.done.reject(new ReplayMismatch(running.batchNo, what));
      return;
    }
    running.effects[at] = effect;
    running.missing -= 1;
    if (running.missing === 0) running.done.resolve();
  }

  #setUp(effect: Effect): void {
    if (effect.type === 'assetEffect') this.#catalog = withAsset(this.#catalog, effect.asset);
    if (effect.type === 'feesEffect') {
      const market = this.#market(effect.marketId);
      this.#catalog = withMarket(this.#catalog, { ...market, feeTiers: effect.feeTiers });
    }
    if (effect.type === 'marketCreatedEffect') {
      this.#catalog = withMarket(this.#catalog, effect.market);
      this.#markets.set(effect.market.id, this.#spawn(effect.market));
    }
  }

  #spawn(market: Market): ReplayedMarket {
    const snapshot = emptyMarket(market);
    const ref = spawnMarket(this.#system.root, market, snapshot, {
      load: () => Promise.resolve(snapshot),
      clock: { now: () => replayed.sent[0]!.message.atMs },
      tellSettlement: (effect) => this.#onEffect(replayed, effect),
      settled: () => Promise.resolve(),
      onQuarantined: (_market, _message, error) => {
        const { batchNo, done } = this.#running!;
        const why = error instanceof Error ? error.message : String(error);
        done.reject(new ReplayMismatch(batchNo, `market ${market.id}: ${why}`));
      },
      onRestored: () => {},
      onRestoreFailed: () => {},
    });
    const replayed: ReplayedMarket = { ref, sent: [] };
    return replayed;
  }

  #market(marketId: number): Market {
    const market = this.#catalog.marketById(marketId);
    assert(market !== undefined, 'a market was created before it is changed');
    return market;
  }
}
