import type { RunningExchange } from '../../src/actors/exchange.ts';
import { policyLine, SetDigest, stateHash, withdrawalLine } from '../../src/actors/replay/digest.ts';
import { type LoggedBatch, Replay } from '../../src/actors/replay/replay.ts';
import { isDefaultPolicy } from '../../src/domain/accounts/admission.ts';
import type { Result } from '../../src/domain/rejection.ts';
import { BTC_USD } from '../support/markets.ts';
import { Client } from './client.ts';
import { type Fault, Faults } from './faults.ts';
import { Broken, must, Oracles } from './oracles.ts';
import { Processes, type SimulatedProcess } from './processes.ts';
import { Random } from './random.ts';
import { SimulatedPostgres } from './simulated-postgres.ts';
import { checkSpendable } from './spendable.ts';
import { enterWorld } from './virtual-globals.ts';
import { POLICY, Withdrawer } from './withdrawer.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Requests of clients. */
  readonly commands: number;
  readonly onTrace?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  /** The same for the same seed, also of what went wrong. */
  readonly traceHash: string;
  readonly commits: number;
  readonly messages: number;
  readonly commands: number;
  readonly virtualMs: number;
  readonly faults: ReadonlyMap<Fault, number>;
  /** How often which answer came. */
  readonly answers: ReadonlyMap<string, number>;
  readonly failure: { readonly promise: string; readonly detail: string; readonly atCommand: number } | null;
}

const ACCOUNTS = [1000, 1001, 1002, 1003, 1004, 1005];
/** Once nothing goes wrong any more all must be done within a minute. */
const DRAIN_MS = 60_000;
const BREAKER = { bandPpm: 100_000, windowSeconds: 2, auctionSeconds: 1 };

/** One world from one seed: exchange, database, clients and all that goes wrong between them. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #postgres: SimulatedPostgres;
  readonly #oracles: Oracles;
  readonly #clients: Client[];
  readonly #answers = new Map<string, number>();
  readonly #credited = new Set<string>();
  readonly #processes: Processes;
  readonly #withdrawer: Withdrawer;
  #sent = 0;
  #livedBatches: number | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const random = new Random(options.seed);
    this.#world = new World(random, options.onTrace);
    this.#faults = new Faults(random);
    this.#postgres = new SimulatedPostgres(this.#world, this.#faults, (batch) =>
      this.#oracles.onCommit(batch),
    );
    this.#oracles = new Oracles(this.#postgres.tables);
    const log = {
      acknowledged: this.#oracles.acknowledged.bind(this.#oracles),
      credited: (accountId: number, reference: string) => {
        this.#credited.add(`${accountId} ${reference}`);
      },
      answered: (kind: string, code: string) => {
        const key = `${kind} ${code}`;
        this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
      },
    };
    this.#processes = new Processes(this.#world, this.#faults, this.#postgres, (owner) => {
      for (const client of this.#clients) client.disconnected(owner);
    });
    const current = () => this.#processes.current;
    this.#withdrawer = new Withdrawer(this.#world, this.#postgres.tables, ACCOUNTS, current, log);
    this.#clients = ACCOUNTS.map(
      (accountId) => new Client(accountId, this.#world, this.#faults, current, log),
    );
  }

  /** What was committed. */
  get log(): readonly LoggedBatch[] {
    return this.#postgres.tables.log;
  }

  /** The same but for what the world does in the end to find out what may be spent. */
  get livedLog(): readonly LoggedBatch[] {
    return this.log.slice(0, this.#livedBatches);
  }

  get #running(): SimulatedProcess {
    const { current } = this.#processes;
    must(current !== undefined, 'once faults stop all drains', () => 'no process runs');
    return current;
  }

  async run(): Promise<SimulationResult> {
    const leave = enterWorld(this.#world);
    const onRejection = (error: unknown) => this.#world.fail(error);
    process.on('unhandledRejection', onRejection);
    let failure: SimulationResult['failure'] = null;
    try {
      await this.#live();
    } catch (error) {
      const promise = error instanceof Broken ? error.promise : 'nothing throws';
      const detail = error instanceof Broken ? error.message : String((error as Error)?.stack ?? error);
      this.#world.trace(
        'broken',
        promise,
        error instanceof Broken ? detail : String((error as Error).message),
      );
      failure = { promise, detail, atCommand: this.#sent };
    } finally {
      process.off('unhandledRejection', onRejection);
      leave();
    }
    return {
      seed: this.#options.seed,
      traceHash: this.#world.traceHash(),
      commits: this.#oracles.commits,
      messages: this.#postgres.tables.log.reduce((sum, { messageCount }) => sum + messageCount, 0),
      commands: this.#sent,
      virtualMs: Math.round(this.#world.nowMs),
      faults: this.#faults.counts,
      answers: this.#answers,
      failure,
    };
  }

  async #live(): Promise<void> {
    const world = this.#world;
    const { tables } = this.#postgres;
    await this.#waitFor(this.#processes.startFirst());
    await this.#waitFor(this.#setUp(this.#running.exchange));
    this.#faults.isQuiet = false;
    for (const client of this.#clients) this.#keepSending(client);
    this.#withdrawer.begin(() => this.#sent >= this.#options.commands);
    this.#processes.trouble();
    await world.run(() => this.#sent >= this.#options.commands);

    this.#faults.isQuiet = true;
    world.trace('quiet');
    const deadline = world.nowMs + DRAIN_MS;
    const isDrained = () =>
      this.#processes.current?.exchange.backlog() === 0 &&
      this.#clients.every(({ waiting }) => waiting === 0);
    await world.run(() => isDrained() || world.nowMs > deadline);
    must(
      isDrained(),
      'once faults stop all drains',
      () => `after ${DRAIN_MS} ms ${this.#clients.map(({ waiting }) => waiting)} requests wait`,
    );
    for (const key of this.#credited)
      must(tables.deposits.has(key), 'acknowledged means durable', () => `deposit ${key}`);
    this.#checkNames();
    this.#livedBatches = tables.log.length;
    await this.#waitFor(checkSpendable(this.#running.exchange, tables, ACCOUNTS));
    const settled = world.nowMs + 1_000;
    await world.run(() => world.nowMs > settled);
    this.#oracles.checkAll();
    this.#running.published.mustBeComplete();
    await this.#waitFor(this.#replay());
  }

  /** Runs the world until this is done. */
  async #waitFor<Value>(promise: Promise<Value>): Promise<Value> {
    let done: { readonly value: Value } | undefined;
    promise.then(
      (value) => {
        done = { value };
      },
      (error: unknown) => this.#world.fail(error),
    );
    await this.#world.run(() => done !== undefined);
    return done!.value;
  }

  async #setUp(exchange: RunningExchange): Promise<void> {
    for (const accountId of ACCOUNTS) this.#postgres.tables.addAccount(accountId);
    for (const [symbol, scale] of Object.entries({ BTC: 8, USD: 6, ETH: 18 }))
      mustBeOk(await exchange.createAsset({ symbol, name: symbol, scale }));
    mustBeOk(await exchange.createMarket({ ...BTC_USD, breaker: BREAKER }));
    mustBeOk(await exchange.createMarket({ ...BTC_USD, symbol: 'ETH-USD', base: 'ETH' }));
    mustBeOk(await exchange.withdrawals.setPolicy(POLICY));
    for (const accountId of ACCOUNTS) {
      for (const [asset, amount] of Object.entries({ BTC: '20', ETH: '20', USD: '2000' }))
        mustBeOk(await exchange.credit({ accountId, asset, amount, reference: `begin-${asset}` }));
    }
  }

  #keepSending(client: Client): void {
    const { random } = this.#world;
    const owner = this.#world.owner('trader');
    const again = (): void => {
      if (this.#sent >= this.#options.commands) return;
      // Where nobody listens little is sent.
      const isDown = this.#processes.current === undefined && !random.oneIn(20);
      if (isDown) {
        this.#world.schedule(owner, random.fraction() * 50, again);
        return;
      }
      this.#sent += 1;
      client.next();
      // In bursts, so that commands overtake each other and batches differ in size.
      this.#world.schedule(
        owner,
        random.oneIn(3) ? 0 : random.fraction() * (random.oneIn(10) ? 200 : 8),
        again,
      );
    };
    this.#world.schedule(owner, random.fraction() * 10, again);
  }

  /** What was sent more than once under one name is there once at most. */
  #checkNames(): void {
    const { open, ended } = this.#postgres.tables;
    const names = new Set<string>();
    for (const { accountId, clientOrderId } of [...open.values(), ...ended.values()]) {
      if (clientOrderId === null) continue;
      const key = `${accountId} ${clientOrderId}`;
      must(!names.has(key), 'unknown means zero or once', () => `${key} names two orders`);
      names.add(key);
    }
  }

  async #replay(): Promise<void> {
    const { tables } = this.#postgres;
    const replay = new Replay();
    try {
      for (const batch of tables.log) await replay.apply(batch);
    } catch (error) {
      throw new Broken('replay gives the same', String((error as Error)?.stack ?? error));
    } finally {
      replay.stop();
    }
    const stored = {
      markets: [...tables.marketStates.values()],
      books: [...tables.open.values()],
      wallets: [...tables.wallets.values()],
    };
    must(
      stateHash(replay.state.present()) === stateHash(stored),
      'replay gives the same',
      () => 'another state',
    );
    const policies = new SetDigest();
    for (const [accountId, policy] of tables.accounts)
      if (!isDefaultPolicy(accountId, policy)) policies.add(policyLine(accountId, policy));
    must(
      replay.state.policies.value === policies.value,
      'replay gives the same',
      () => 'other policies of accounts',
    );
    const withdrawals = new SetDigest();
    for (const withdrawal of tables.withdrawals.byNo.values()) withdrawals.add(withdrawalLine(withdrawal));
    must(
      replay.state.withdrawals.value === withdrawals.value,
      'replay gives the same',
      () => 'other withdrawals',
    );
    this.#world.trace('replayed', stateHash(stored));
  }
}

function mustBeOk(result: Result<unknown>): void {
  if (!result.ok) throw new Error(`the world could not be set up: ${result.refusal.code}`);
}
