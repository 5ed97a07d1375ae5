import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { registerSharedWorker } from 'ava/plugin';
import { nanoid } from 'nanoid';
import pg from 'pg';
import pino from 'pino';
import type { DatabasePool } from 'slonik';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { createPool } from '../../src/db/pool.ts';
import type { Answer, Request } from './postgres-shared-worker.ts';

/** What these need of a test: tests hand in their `t`. */
type Test = Pick<ExecutionContext, 'teardown'>;

const worker = registerSharedWorker<unknown>({
  filename: new URL('./postgres-shared-worker.ts', import.meta.url),
  supportedProtocols: ['ava-4'],
});

async function ask(request: Request): Promise<string> {
  await worker.available;
  for await (const reply of worker.publish(request).replies()) {
    const { directory, url, error } = reply.data as Answer;
    const value = request === 'directory' ? directory : url;
    if (value === undefined) throw new Error(`the PostgreSQL of the tests did not start: ${error}`);
    return value;
  }
  throw new Error('the PostgreSQL of the tests did not answer');
}

let adminUrl: Promise<string> | undefined;

/** The shared server's maintenance database; the first to ask starts the server. */
function sharedServer(): Promise<string> {
  adminUrl ??= ask('server');
  return adminUrl;
}

let admin: Promise<pg.Pool> | undefined;

/** One connection to the shared server's maintenance database for a test file: each costs as much as a database. */
function administrator(): Promise<pg.Pool> {
  admin ??= sharedServer().then((connectionString) => new pg.Pool({ connectionString, max: 1 }));
  return admin;
}

test.after.always(async () => {
  await (await admin)?.end();
});

export interface TestDatabase {
  readonly url: string;
  readonly pool: DatabasePool;
  /** Done at the test's end anyway. */
  drop(): Promise<void>;
}

/** Connections to the database that are still open after everybody should have closed theirs. */
async function leakedConnections(client: pg.Pool, name: string): Promise<string[]> {
  // The server notices the end of a connection a moment after the client has closed it.
  for (let attempt = 0; ; attempt += 1) {
    const { rows } = await client.query<{ what: string }>(
      `select format('%s (%s)', application_name, left(query, 200)) as what from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || attempt === 100) return rows.map(({ what }) => what);
    await delay(20);
  }
}

/**
 * A migrated database of the test's own, with the demo markets or empty, cloned from a template on the server that all
 * tests share; that server does not survive crashes. At the test's end the pool is closed and the database dropped; the test
 * fails if a connection to it was left open.
 */
export async function createTestDatabase(
  t: Test,
  template: 'bourse' | 'bourse_demo' = 'bourse',
): Promise<TestDatabase> {
  const name = `test_${nanoid(12)}`;
  const client = await administrator();
  await client.query(`create database "${name}" template ${template} strategy file_copy`);
  const url = (await sharedServer()).replace(/\/postgres$/, `/${name}`);
  const pool = await createPool(url, { maximumPoolSize: 4, applicationName: 'test' });

  async function drop(): Promise<void> {
    const { acquiredConnections } = pool.state();
    await pool.end();
    const leaked = await leakedConnections(client, name);
    await client.query(`drop database "${name}" with (force)`);
    if (acquiredConnections > 0) throw new Error(`${acquiredConnections} connections of the pool are in use`);
    if (leaked.length > 0) throw new Error(`connections were left open: ${leaked.join('; ')}`);
  }

  let dropped: Promise<void> | undefined;
  const dropOnce = () => {
    dropped ??= drop();
    return dropped;
  };
  t.teardown(dropOnce);
  return { url, pool, drop: dropOnce };
}

/**
 * A new data directory, which PostgreSQL may enter whichever user it runs as. Removed at the test's end; a
 * server that still runs in it at the end of the run is killed.
 */
export async function createDataDirectory(t: Test): Promise<string> {
  const directory = await mkdtemp(join(await ask('directory'), 'data-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  return directory;
}

export interface TestPostgres extends EmbeddedPostgres {
  readonly dataDir: string;
}

/**
 * A durable server of the test's own, to be killed and started again; its database is empty. Stopped and
 * removed at the test's end.
 */
export async function startTestPostgres(
  t: Test,
  options: { readonly port?: number } = {},
): Promise<TestPostgres> {
  const dataDir = await createDataDirectory(t);
  const server = await startEmbeddedPostgres({ ...options, dataDir, log: pino({ level: 'silent' }) });
  t.teardown(() => server.stop());
  return {
    dataDir,
    url: server.url,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
  };
}
