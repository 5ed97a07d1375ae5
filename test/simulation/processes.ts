import { type RunningExchange, startExchange } from '../../src/actors/exchange.ts';
import type { RunningProcess } from './client.ts';
import type { Faults } from './faults.ts';
import { Broken } from './oracles.ts';
import { PublishedOracle } from './published.ts';
import type { SimulatedPostgres } from './simulated-postgres.ts';
import type { Owner, World } from './world.ts';

export interface SimulatedProcess extends RunningProcess {
  readonly exchange: RunningExchange;
  readonly published: PublishedOracle;
}

/** How often the process looks at its own invariants: all accounts, in memory and in the ledger. */
const LOOK_EVERY_MS = 100;
const PLANNED = 'a market that fails because the simulation makes it';

/** The processes of the exchange in a world: they start, crash, are overtaken, and have clocks that jump. */
export class Processes {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #postgres: SimulatedPostgres;
  readonly #onCrash: (owner: Owner) => void;
  #current: SimulatedProcess | undefined;
  #started = 0;
  #isStarting = false;

  constructor(world: World, faults: Faults, postgres: SimulatedPostgres, onCrash: (owner: Owner) => void) {
    this.#world = world;
    this.#faults = faults;
    this.#postgres = postgres;
    this.#onCrash = onCrash;
  }

  /** The one that clients reach; undefined while none runs. */
  get current(): SimulatedProcess | undefined {
    return this.#current;
  }

  startFirst(): Promise<void> {
    this.#started = 1;
    return this.#start(this.#world.owner('process-1'));
  }

  /** Starts a process, as a supervisor would: again when it fails. */
  async #start(owner: Owner): Promise<void> {
    const world = this.#world;
    const { tables } = this.#postgres;
    this.#isStarting = true;
    const exchange = await new Promise<RunningExchange>((resolve, reject) => {
      world.schedule(owner, 1, () => {
        startExchange({
          ledger: this.#postgres.ledgerFor(owner),
          log: { info() {}, warn() {}, error: (fields) => this.#onLoggedError(fields) },
          clock: { now: () => world.wallClock(owner) },
          monitor: {
            reader: this.#postgres.readerFor(owner),
            intervalMs: LOOK_EVERY_MS,
            onViolation: (violation) =>
              world.fail(new Broken('memory agrees with the ledger', JSON.stringify(violation))),
          },
          onStopped: (why, error) => this.#onStopped(owner, why, error),
          beforeMarketMessage: () => {
            if (this.#faults.happens('market failed', 0.0005)) throw new Error(PLANNED);
          },
        }).then(resolve, reject);
      });
    });
    const snapshots = [...tables.markets.values()].flatMap(({ symbol }) => {
      const depth = exchange.depth(symbol, Number.POSITIVE_INFINITY);
      return depth.ok ? [depth.value] : [];
    });
    const published = new PublishedOracle(tables, snapshots);
    exchange.publicEvents.subscribe((event) => this.#guarded(() => published.onPublic(event)));
    exchange.accountFrames.subscribe((frame) => this.#guarded(() => published.onFrame(frame)));
    world.trace('started', owner.name);
    this.#current = { owner, exchange, published };
    this.#isStarting = false;
  }

  /** What an actor could not handle, though nothing was wrong with what it got. */
  #onLoggedError(fields: object): void {
    const { err } = fields as { readonly err?: unknown };
    if (!(err instanceof Error) || err.message === PLANNED || 'code' in err) return;
    this.#world.fail(new Broken('nothing throws', String(err.stack)));
  }

  #guarded(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#world.fail(error);
    }
  }

  #onStopped(owner: Owner, why: 'fenced' | 'failed', error: unknown): void {
    const isNewest = owner.name === `process-${this.#started}`;
    this.#world.trace('stopped', owner.name, why);
    if (why === 'failed' || isNewest)
      this.#world.fail(
        new Broken(
          'only a newer writer stops the exchange',
          `${owner.name} ${why} ${String((error as Error)?.stack ?? error)}`,
        ),
      );
    this.#crash(owner);
  }

  #crash(owner: Owner): void {
    this.#world.crash(owner);
    if (this.#current?.owner === owner) this.#current = undefined;
    this.#onCrash(owner);
  }

  #restart(): void {
    this.#started += 1;
    const owner = this.#world.owner(`process-${this.#started}`);
    this.#isStarting = true;
    this.#start(owner).catch((error: unknown) => {
      this.#world.trace('start failed', owner.name, String((error as Error).message));
      this.#world.crash(owner);
      this.#world.schedule(this.#world.owner('supervisor'), 300, () => this.#restart());
    });
  }

  /** What happens to the whole: crashes, second processes, clocks and operators. */
  trouble(): void {
    const world = this.#world;
    const { random } = world;
    const owner = world.owner('trouble');
    const again = (): void => {
      if (this.#faults.isQuiet) return;
      const current = this.#current;
      if (current !== undefined && !this.#isStarting) {
        if (this.#faults.happens('process crashed', 0.006)) {
          this.#crash(current.owner);
          world.schedule(owner, random.between(10, 2_000), () => this.#restart());
        } else if (this.#faults.happens('another process took over', 0.003)) this.#restart();
        else if (this.#faults.happens('clock jumped forward', 0.004))
          current.owner.clockSkewMs += random.between(100, 90_000);
        else if (this.#faults.happens('clock jumped back', 0.004))
          current.owner.clockSkewMs -= random.between(100, 90_000);
        else if (random.oneIn(60)) this.#operate(current);
      }
      world.schedule(owner, random.between(1, 20), again);
    };
    world.schedule(owner, 1, again);
  }

  #operate({ owner, exchange }: SimulatedProcess): void {
    const { random } = this.#world;
    const market = random.pick(['BTC-USD', 'ETH-USD']);
    const status = random.pick([
      'open',
      'open',
      'open',
      'auction',
      'post_only',
      'cancel_only',
      'halted',
    ] as const);
    const auctionMs = status === 'auction' ? random.between(20, 2_000) : undefined;
    this.#world.trace('operator', market, status);
    this.#world.schedule(owner, 0, () => {
      exchange.setMarketStatus(market, status, auctionMs).catch((error: unknown) => this.#world.fail(error));
    });
  }
}
