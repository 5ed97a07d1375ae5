import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { DatabaseWire } from '../support/database-wire.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { Disk } from './disk.ts';

/** A PostgreSQL, a wire to it, and the exchange on it: all that is tortured. */
export class Machine {
  readonly wire: DatabaseWire;
  readonly postgres: EmbeddedPostgres;
  /** What the data is on, where it could be given a disk of its own. */
  readonly disk: Disk | undefined;
  /** Straight to the database, past the wire. */
  readonly databaseUrl: string;
  readonly #directory: string;
  readonly #teardowns: (() => unknown)[] = [];
  readonly #env: Readonly<Record<string, string>>;
  #server: ServerProcess | undefined;

  private constructor(
    directory: string,
    disk: Disk | undefined,
    postgres: EmbeddedPostgres,
    proxy: DatabaseWire,
  ) {
    this.#directory = directory;
    this.disk = disk;
    this.postgres = postgres;
    this.wire = proxy;
    this.databaseUrl = postgres.url;
    const throughProxy = new URL(postgres.url);
    throughProxy.port = String(proxy.port);
    this.#env = { DATABASE_URL: throughProxy.href, JWT_SECRET: randomBytes(32).toString('hex') };
  }

  static async start(): Promise<Machine> {
    const directory = await mkdtemp(join(tmpdir(), 'bourse-torture-'));
    await chmod(directory, 0o711);
    const disk = await Disk.mount(directory);
    // Durable, as it is for the exchange itself.
    const postgres = await startEmbeddedPostgres({ dataDir: directory, log: pino({ level: 'silent' }) });
    const proxy = await DatabaseWire.start(Number(new URL(postgres.url).port));
    const machine = new Machine(directory, disk, postgres, proxy);
    await machine.startServer();
    return machine;
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error('no exchange runs');
    return this.#server;
  }

  /** Starts an exchange on the database, whether or not one runs there; tried again while the database is away. */
  async startServer(): Promise<ServerProcess> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#server = await startServer(
          { teardown: (end) => void this.#teardowns.push(end as () => unknown) },
          this.#env,
        );
        return this.#server;
      } catch (error) {
        if (attempt === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }

  /** The postmaster and all of its children. */
  async postgresPids(): Promise<number[]> {
    const postmaster = this.postgres.pid;
    const pids = [postmaster];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      // After the name in brackets: state, then the parent.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent === postmaster) pids.push(Number(name));
    }
    return pids;
  }

  async stop(): Promise<void> {
    for (const end of this.#teardowns) await end();
    await this.wire.close();
    await this.postgres.stop();
    await this.disk?.unmount();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
