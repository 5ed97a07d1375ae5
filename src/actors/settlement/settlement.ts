import { type Catalog, withAsset, withMarket } from '../../domain/catalog.ts';
import type { Market } from '../../domain/markets/market.ts';
import type { Ledger, LedgerPosition, StoredFrame } from '../../domain/settlement.ts';
import type { WithdrawalStep } from '../../domain/withdrawals/desk.ts';
import type { DeskState } from '../../domain/withdrawals/desk-state.ts';
import type { AccountMessage } from '../account-messages.ts';
import { type ActorRef, type ParentRef, spawnActor, tell } from '../actor.ts';
import type { Effect, MarketCommitted, Reply } from '../effects.ts';
import { BatchBuilder, type PreparedBatch } from './batch.ts';
import { type CommitResult, commitBatch } from './commit.ts';

/** Effects that one transaction takes at most: it bounds how long a commit holds everybody up. */
const MAX_BATCH_EFFECTS = 4_000;
/** Once its effects changed so many orders and made so many trades, a transaction takes no more of them. */
const MAX_BATCH_CHANGES = 20_000;

/** What settlement tells the others once a batch is committed, and whom it warns. */
export interface SettlementPorts {
  readonly ledger: Ledger;
  readonly clock: { now(): number };
  reply(replyTo: number, reply: Reply): void;
  /** Only accounts that are awake need to know: the others read the ledger when they wake. */
  tellAccount(accountId: number, message: AccountMessage): void;
  tellFeed(marketId: number, message: MarketCommitted): void;
  catalog(): Catalog;
  setCatalog(catalog: Catalog): void;
  /** A new market is committed: from now on it may get messages. */
  openMarket(market: Market): void;
  publishFrames(frames: readonly StoredFrame[]): void;
  publishWithdrawal(step: WithdrawalStep): void;
  /** Withdrawals were paused or let go on, or their policy was set. */
  publishDesk(state: DeskState): void;
  /** The ledger can't be reached, or can be again. */
  onAvailability(available: boolean): void;
  onBatch(stats: { readonly effects: number; readonly commitMs: number }): void;
  /** Nothing can be committed any more: by a newer writer, or by a bug that a restart has to clear away. */
  onStopped(why: 'fenced' | 'failed', error?: unknown): void;
}

export type SettlementMessage =
  | Effect
  | { readonly type: 'committed'; readonly result: CommitResult }
  /** Somebody else has raised the epoch. */
  | { readonly type: 'superseded' }
  /** Answers once everything that arrived before is settled. */
  | { readonly type: 'drain'; readonly replyTo: number };

export interface Settlement {
  readonly ref: ActorRef<SettlementMessage>;
  /** Effects that are not committed yet. */
  backlog(): number;
}

interface InFlight {
  readonly prepared: PreparedBatch | null;
  readonly effects: readonly (Effect | { readonly type: 'drain'; readonly replyTo: number })[];
  readonly startedAtMs: number;
}

/**
 * Spawns the actor through which everything becomes true. It gathers what arrives while the batch before commits
 * (group commit), writes it in one transaction, and only then answers, credits and publishes. There is no timer:
 * under load batches grow by themselves.
 */
export function spawnSettlement(
  parent: ParentRef,
  ports: SettlementPorts,
  start: LedgerPosition,
): Settlement {
  let position = start;
  let pending: InFlight['effects'][number][] = [];
  let inFlight: InFlight | null = null;
  let stopped = false;

  function stop(why: 'fenced' | 'failed', error?: unknown): void {
    stopped = true;
    ports.onStopped(why, error);
  }

  /** As much of what waits as goes into one transaction. */
  function takePending(): InFlight['effects'] {
    let count = 0;
    let changes = 0;
    while (count < pending.length && count < MAX_BATCH_EFFECTS && changes < MAX_BATCH_CHANGES) {
      const effect = pending[count]!;
      if (effect.type === 'marketEffect') changes += effect.orders.length + effect.trades.length;
      count += 1;
    }
    if (count < pending.length) return pending.splice(0, count);
    const all = pending;
    pending = [];
    return all;
  }

  function commitNext(): void {
    while (inFlight === null && pending.length > 0 && !stopped) {
      const effects = takePending();
      const builder = new BatchBuilder(ports.catalog(), position);
      for (const effect of effects) if (effect.type !== 'drain') builder.add(effect);
      const startedAtMs = ports.clock.now();
      inFlight = { prepared: builder.isEmpty ? null : builder.finish(startedAtMs), effects, startedAtMs };
      if (inFlight.prepared === null) {
        // Nothing to write: everything before is committed, so the answers may go.
        release(inFlight, []);
        inFlight = null;
      } else {
        const { batch, shares } = inFlight.prepared;
        const frame = shares.frameMaker(ports.catalog());
        commitBatch(ports.ledger, batch, frame, ports.onAvailability).then((result) =>
          tell(ref, { type: 'committed', result }),
        );
      }
    }
  }

  function onCommitted(result: CommitResult): void {
    if (inFlight?.prepared == null) throw new Error('a commit ended that had not begun');
    if (result.type !== 'committed') {
      return stop(result.type, result.type === 'failed' ? result.error : undefined);
    }
    const done = inFlight;
    const { batch } = inFlight.prepared;
    position = {
      epoch: batch.epoch,
      batchNo: batch.batchNo,
      entryNo: batch.lastEntryNo,
      logHash: batch.log.hash,
    };
    inFlight = null;
    ports.onBatch({ effects: done.effects.length, commitMs: ports.clock.now() - done.startedAtMs });
    release(done, result.frames);
    commitNext();
  }

  function release({ prepared, effects }: InFlight, frames: readonly StoredFrame[]): void {
    if (prepared !== null) {
      for (const [accountId, message] of prepared.settled) ports.tellAccount(accountId, message);
    }
    for (const effect of effects) {
      switch (effect.type) {
        case 'marketEffect':
          ports.reply(effect.replyTo, effect.reply);
          break;
        case 'answerEffect':
          if (effect.returned !== null) ports.tellAccount(effect.returned.accountId, effect.returned.hold);
          ports.reply(effect.replyTo, effect.reply);
          break;
        case 'assetEffect':
          ports.setCatalog(withAsset(ports.catalog(), effect.asset));
          ports.reply(effect.replyTo, { type: 'done' });
          break;
        case 'marketCreatedEffect':
          ports.openMarket(effect.market);
          ports.setCatalog(withMarket(ports.catalog(), effect.market));
          ports.reply(effect.replyTo, { type: 'done' });
          break;
        case 'feesEffect': {
          const market = ports.catalog().marketById(effect.marketId)!;
          ports.setCatalog(withMarket(ports.catalog(), { ...market, feeTiers: effect.feeTiers }));
          ports.reply(effect.replyTo, { type: 'done' });
          break;
        }
        case 'policyEffect':
          ports.reply(effect.replyTo, { type: 'policy', policy: effect.policy });
          break;
        case 'countdownEffect':
          ports.reply(effect.replyTo, { type: 'countdown', expiresAtMs: effect.expiresAtMs });
          break;
        case 'withdrawalEffect':
          ports.reply(effect.replyTo, { type: 'withdrawal', withdrawal: effect.withdrawal, repeated: false });
          ports.publishWithdrawal(effect);
          break;
        case 'deskEffect':
          ports.reply(effect.replyTo, { type: 'desk', state: effect.state });
          ports.publishDesk(effect.state);
          break;
        case 'networkCostEffect':
        case 'depositEffect':
        case 'drain':
          ports.reply(effect.replyTo, { type: 'done' });
          break;
      }
    }
    if (prepared === null) return;
    for (const [marketId, message] of prepared.feeds) {
      const market = ports.catalog().marketById(marketId)!;
      if (market.status !== message.status) {
        ports.setCatalog(withMarket(ports.catalog(), { ...market, status: message.status }));
      }
      ports.tellFeed(marketId, message);
    }
    ports.publishFrames(frames);
  }

  const ref = spawnActor<SettlementMessage>(
    parent,
    'settlement',
    (message) => {
      if (stopped) return;
      if (message.type === 'committed') return onCommitted(message.result);
      if (message.type === 'superseded') return stop('fenced');
      pending.push(message);
      commitNext();
    },
    (_message, error) => {
      // A bug here must not let a half-told batch go on: restart rebuilds everything from the last commit.
      stop('failed', error);
    },
  );
  return { ref, backlog: () => pending.length + (inFlight?.effects.length ?? 0) };
}
