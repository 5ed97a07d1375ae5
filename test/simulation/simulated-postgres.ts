import { classifyDatabaseError } from '../../src/db/errors.ts';
import type { InvariantReader } from '../../src/domain/invariants.ts';
import type { FrameMaker, Ledger, SettlementBatch, SettleOutcome } from '../../src/domain/settlement.ts';
import type { Faults } from './faults.ts';
import { storedAccount } from './stored-account.ts';
import { keyOf, Tables, Violation } from './tables.ts';
import type { Owner, World } from './world.ts';

const DROPPED = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const sqlError = (code: string, message: string) =>
  Object.assign(new Error(message), { code, severity: 'ERROR' });

/**
 * A PostgreSQL as its clients see it: requests travel, take effect at once and as a whole or not at all, and are answered or
 * not. Transactions outlive the process that began them.
 */
export class SimulatedPostgres {
  readonly tables = new Tables();
  readonly #world: World;
  readonly #faults: Faults;
  readonly #self: Owner;
  readonly #onCommit: (batch: SettlementBatch) => void;

  constructor(world: World, faults: Faults, onCommit: (batch: SettlementBatch) => void) {
    this.#world = world;
    this.#faults = faults;
    this.#self = world.owner('postgres');
    this.#onCommit = onCommit;
  }

  /** The connection of a process. */
  ledgerFor(client: Owner): Ledger {
    const read = <Value>(value: () => Value) => this.#read(client, value);
    const { tables } = this;
    return {
      takeOver: () => read(() => tables.takeOver()),
      position: () => read(() => tables.position),
      lastCommittedAtMs: () => read(() => tables.log.at(-1)?.committedAtMs ?? 0),
      settle: (batch, frame) => this.#settle(client, batch, frame),
      framesOf: (batchNo, accountIds) =>
        read(() =>
          (tables.framesByBatch.get(batchNo) ?? []).filter((frame) => accountIds.includes(frame.accountId)),
        ),
      failureOf: (error) => {
        const failure = classifyDatabaseError(error);
        const retry = failure === 'unavailable' || failure === 'serialization' || failure === 'cancelled';
        return retry ? 'unavailable' : 'violation';
      },
      loadCatalog: () => read(() => tables.loadCatalog()),
      loadAccount: (accountId, sinceDay) => read(() => tables.loadAccount(accountId, sinceDay)),
      loadMarkets: (markets) =>
        read(() => new Map(markets.map((market) => [market.id, tables.loadMarket(market)]))),
      loadCountdowns: () => read(() => tables.loadCountdowns()),
      depositExists: (accountId, reference) => read(() => tables.deposits.has(`${accountId} ${reference}`)),
      loadDesk: (sinceMs) => read(() => tables.withdrawals.load(sinceMs)),
      findWithdrawal: (accountId, name) => read(() => tables.withdrawals.find(accountId, name)),
      networkCostExists: (reference) => read(() => tables.withdrawals.networkCosts.has(reference)),
      isFrozen: (accountId) => read(() => tables.accounts.get(accountId)?.frozen ?? false),
      loadOrder: (ref) => read(() => tables.findOrder(ref)),
      loadCandles: (marketId, sinceMs) => read(() => tables.loadCandles(marketId, sinceMs)),
    };
  }

  /** Where a process reads what its monitor compares. */
  readerFor(client: Owner): InvariantReader {
    const { tables } = this;
    return {
      readAfter: (accountId, limit) =>
        this.#read(client, () =>
          [...tables.accounts.keys()]
            .filter((id) => id > accountId)
            .slice(0, limit)
            .map((id) => storedAccount(tables, id)),
        ),
      read: (accountIds) => this.#read(client, () => accountIds.map((id) => storedAccount(tables, id))),
      hasEnded: (ref) => this.#read(client, () => tables.ended.has(keyOf(ref))),
    };
  }

  #read<Value>(client: Owner, value: () => Value): Promise<Value> {
    const slow = this.#faults.happens('read slow', 0.01) ? this.#world.random.between(100, 5_000) : 0;
    const fails = this.#faults.happens('read failed', 0.02);
    return new Promise((resolve, reject) => {
      this.#later(this.#self, 1 + slow, () => {
        const found = fails ? undefined : value();
        this.#later(client, 1, () => (fails ? reject(DROPPED()) : resolve(found as Value)));
      });
    });
  }

  #settle(client: Owner, batch: SettlementBatch, frame: FrameMaker): Promise<SettleOutcome> {
    const fault = this.#faults.ofCommit();
    if (fault !== undefined) this.#world.trace('fault', fault, batch.batchNo);
    return new Promise((resolve, reject) => {
      const answer = (how: () => void, delayMs = 1) => this.#later(client, delayMs, how);
      const commit = (): SettleOutcome | Error => {
        try {
          const frames = this.tables.settle(batch, frame);
          if (frames === undefined) return { type: 'fenced' };
          this.#world.trace(
            'commit',
            batch.epoch,
            batch.batchNo,
            Buffer.from(batch.log.hash).toString('hex').slice(0, 12),
          );
          this.#onCommit(batch);
          return { type: 'committed', frames };
        } catch (error) {
          if (!(error instanceof Violation)) throw error;
          return sqlError('23514', error.message);
        }
      };
      const reply = (outcome: SettleOutcome | Error) =>
        outcome instanceof Error ? reject(outcome) : resolve(outcome);
      this.#later(this.#self, 2, () => {
        switch (fault) {
          case undefined: {
            const outcome = commit();
            return answer(() => reply(outcome));
          }
          case 'error before commit':
            return answer(() => reject(DROPPED()));
          case 'serialization failure':
            return answer(() => reject(sqlError('40001', 'could not serialize access')));
          case 'commit rolled back':
            return answer(() => reject(sqlError('40003', 'the transaction was rolled back at COMMIT')), 50);
          case 'error after commit':
            commit();
            return answer(() => reject(DROPPED()));
          case 'connection dropped, commit late':
            this.#later(this.#self, this.#world.random.between(1, 3_000), commit);
            return answer(() => reject(DROPPED()));
          case 'commit hangs': {
            const outcome = this.#world.random.oneIn(2) ? commit() : undefined;
            return answer(
              () => (outcome === undefined ? reject(DROPPED()) : reply(outcome)),
              this.#world.random.between(5_000, 30_000),
            );
          }
        }
      });
    });
  }

  #later(owner: Owner, aboutMs: number, run: () => void): void {
    this.#world.schedule(owner, aboutMs * (0.5 + this.#world.random.fraction()), () => {
      try {
        run();
      } catch (error) {
        this.#world.fail(error);
      }
    });
  }
}
