import { readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import {
  type Cluster,
  embeddedUser,
  findPostmaster,
  isAlive,
  openCluster,
  type Postmaster,
  spawnPostmaster,
} from './embedded-cluster.ts';
import { serverSettings } from './embedded-settings.ts';
import { isConnectionError, sqlState } from './errors.ts';

export interface EmbeddedPostgresOptions {
  /** The cluster is kept in `${dataDir}/postgres`. */
  readonly dataDir: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Default: a free one. A server that already runs on the directory keeps its own. */
  readonly port?: number;
  /** Over and instead of {@link serverSettings}; a server that already runs keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** With the password; for the database `bourse`. Stays the same when the server is started again. */
  readonly url: string;
  /** Process id of the postmaster; changes when the server is started again. */
  readonly pid: number;
  /** Shuts the server down in good order and waits until it is gone. Calling it again does nothing more. */
  stop(): Promise<void>;
}

/** The directory is in use by another exchange. */
export class EmbeddedPostgresInUseError extends Error {
  override readonly name = 'EmbeddedPostgresInUseError';
}

/** Any fixed number: the session that holds this advisory lock owns the server. */
const ownerLock = 7_276_410_020;

const logFileLimit = 8 * 1024 * 1024;
const startTimeoutMs = 20_000;
/** Replaying the log after a crash may take this long before the server accepts connections. */
const recoveryTimeoutMs = 600_000;
/** The server's answer to the few small statements sent here. */
const queryTimeoutMs = 10_000;
const fastShutdownTimeoutMs = 60_000;
const immediateShutdownTimeoutMs = 10_000;
const pollMs = 25;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function urlFor(cluster: Cluster, port: number, database: string): string {
  return `postgres://${embeddedUser}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/**
 * Connects as soon as the server lets us in. Undefined if the process ends first, or if whatever runs under
 * its number is no server of this directory.
 */
async function connectTo(cluster: Cluster, server: Postmaster): Promise<pg.Client | undefined> {
  const startedAt = performance.now();
  for (;;) {
    const connectionString = urlFor(cluster, server.port, 'postgres');
    const application_name = `bourse ${process.pid}`;
    const client = new pg.Client({
      connectionString,
      application_name,
      connectionTimeoutMillis: 5_000,
      query_timeout: queryTimeoutMs,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query('show data_directory');
      if (rows[0].data_directory === cluster.dataDirectory) return client;
      await client.end();
      return undefined;
    } catch (error) {
      await client.end().catch(() => {});
      const state = sqlState(error);
      if (state === '28P01' || !isAlive(server.pid)) return undefined;
      if (!isConnectionError(error)) throw error;
      const elapsedMs = performance.now() - startedAt;
      // 57P03: it is a PostgreSQL, and still recovering. Anything else may be a stranger with that number.
      if (elapsedMs > (state === '57P03' ? recoveryTimeoutMs : startTimeoutMs)) return undefined;
      await delay(pollMs);
    }
  }
}

/** Takes the lock that only one exchange at a time can hold. It ends with its session, so is never stale. */
async function takeOwnership(client: pg.Client, dataDir: string): Promise<void> {
  // A predecessor that was killed a moment ago may still be losing its connection.
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as owned', [ownerLock]);
    if (rows[0].owned) return;
    await delay(50);
  }
  const { rows } = await client.query(
    `select application_name as owner from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and ((classid::bigint << 32) | objid::bigint) = $1 and granted`,
    [ownerLock],
  );
  throw new EmbeddedPostgresInUseError(
    `the data directory ${dataDir} is in use by another process (${rows[0]?.owner ?? 'unknown'}): ` +
      'stop that one first, or set DATA_DIR to another directory',
  );
}

async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while (isAlive(pid)) {
    if (performance.now() - startedAt > timeoutMs) return false;
    await delay(pollMs);
  }
  return true;
}

async function rotateLog(cluster: Cluster): Promise<number> {
  const size = await stat(cluster.logFile).then(
    (file) => file.size,
    () => 0,
  );
  if (size < logFileLimit) return size;
  await rename(cluster.logFile, `${cluster.logFile}.1`);
  return 0;
}

interface Running {
  readonly client: pg.Client;
  readonly server: Postmaster;
}

/** Uses the server that runs on the directory, else starts one. */
async function run(cluster: Cluster, options: EmbeddedPostgresOptions, fixedPort?: number): Promise<Running> {
  const settings = { ...serverSettings, ...options.settings };
  const startedAt = performance.now();
  for (;;) {
    const found = await findPostmaster(cluster);
    const adopted = found && (await connectTo(cluster, found));
    if (found && adopted) {
      options.log.info({ pid: found.pid, port: found.port }, 'PostgreSQL is running already');
      return { client: adopted, server: found };
    }

    const port = fixedPort ?? (await freePort());
    const logStart = await rotateLog(cluster);
    const child = spawnPostmaster(cluster, port, settings);
    const failed = new Promise<undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => resolve(undefined));
    });
    const server = { pid: child.pid ?? 0, port };
    const client =
      child.pid === undefined ? await failed : await Promise.race([connectTo(cluster, server), failed]);
    if (client) {
      options.log.info({ pid: server.pid, port }, 'PostgreSQL started');
      return { client, server };
    }

    const output = (await readFile(cluster.logFile)).subarray(logStart).toString().trim();
    // All three pass: children of a killed server need a moment to end, somebody else starts a server on
    // this directory at the same time, or took the port since we looked.
    const passing = /shared memory block|lock file .* already exists|could not bind|address already in use/i;
    if (!passing.test(output) || performance.now() - startedAt > startTimeoutMs) {
      throw new Error(
        `PostgreSQL did not start. Its last words (${cluster.logFile}):\n${output.slice(-2_000)}`,
      );
    }
    await delay(200);
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(`select from pg_database where datname = 'bourse'`);
  if (rowCount === 0) await client.query('create database bourse');
}

/**
 * Runs PostgreSQL for the exchange in `${dataDir}/postgres`. If it dies, it is started again on the same
 * port, until `stop`. If the exchange dies, it goes on, and the next start finds and uses it.
 *
 * @throws {EmbeddedPostgresInUseError} if another exchange uses the directory.
 * @throws {Error} that says what is wrong if PostgreSQL does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const cluster = await openCluster(options.dataDir);
  let running = await run(cluster, options, options.port);
  const { port } = running.server;
  let stopping: Promise<void> | undefined;
  /** Cuts the wait between two attempts short when the server is to stop. */
  const waking = new AbortController();
  let ours = true;
  let resuming: Promise<void> = Promise.resolve();

  async function own(): Promise<void> {
    try {
      await takeOwnership(running.client, options.dataDir);
      await createDatabase(running.client);
    } catch (error) {
      await running.client.end().catch(() => {});
      throw error;
    }
    // This connection ends when the server does: nothing tells sooner.
    running.client.once('end', () => {
      resuming = resume();
    });
  }

  async function resume(): Promise<void> {
    for (let attempt = 0; stopping === undefined; attempt += 1) {
      log.warn({ attempt, pid: running.server.pid }, 'the connection to PostgreSQL ended; bringing it back');
      try {
        running = await run(cluster, options, port);
        await own();
        return;
      } catch (error) {
        log.error({ err: error }, 'PostgreSQL could not be brought back');
        if (error instanceof EmbeddedPostgresInUseError) {
          // Somebody else owns the data now. Fencing by epoch keeps us from writing.
          ours = false;
          return;
        }
        await delay(Math.min(5_000, 100 * 2 ** attempt), undefined, { signal: waking.signal }).catch(
          () => {},
        );
      }
    }
  }

  async function shutDown(): Promise<void> {
    waking.abort();
    await resuming;
    if (!ours) return;
    const { pid } = running.server;
    if ((await findPostmaster(cluster))?.pid === pid) {
      // A server that is recovering ignores a fast shutdown now and then; to end it at once loses nothing, the
      // next start recovers in its stead.
      const answers = await running.client.query('select 1').then(
        () => true,
        () => false,
      );
      process.kill(pid, answers ? 'SIGINT' : 'SIGQUIT');
      if (!(await waitForEnd(pid, answers ? fastShutdownTimeoutMs : immediateShutdownTimeoutMs))) {
        log.error({ pid }, 'PostgreSQL does not shut down; killing it (it recovers at the next start)');
        process.kill(pid, 'SIGKILL');
        await waitForEnd(pid, immediateShutdownTimeoutMs);
      }
    }
    await running.client.end().catch(() => {});
    log.info({ pid }, 'PostgreSQL stopped');
  }

  await own();
  return {
    url: urlFor(cluster, port, 'bourse'),
    get pid() {
      return running.server.pid;
    },
    stop: () => {
      stopping ??= shutDown();
      return stopping;
    },
  };
}
