import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import pg from 'pg';
import pino from 'pino';
import { EmbeddedPostgresInUseError, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { isAlive } from '../../src/db/embedded-cluster.ts';
import { sqlState } from '../../src/db/errors.ts';
import { createDataDirectory } from '../support/database.ts';

const log = pino({ level: 'silent' });

/** Runs statements on a connection of their own and returns the rows of the last one. */
async function query(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** Starts an exchange process, in a process group of its own, as a terminal would. */
async function startProcess(dataDir: string) {
  const script = fileURLToPath(new URL('../support/embedded-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, postgresPid: Number(line) };
}

async function killGroup(child: ReturnType<typeof spawn>): Promise<void> {
  const exited = once(child, 'exit');
  process.kill(-(child.pid as number), 'SIGKILL');
  await exited;
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(5);
}

test('starts, keeps its data over a restart, and is durable, local and closed by a password', async (t) => {
  const dataDir = await createDataDirectory(t);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'beforeExit'] as const;
  const listeners = signals.map((signal) => process.listenerCount(signal));
  const first = await startEmbeddedPostgres({ dataDir, log });
  t.teardown(() => first.stop());

  t.deepEqual(
    signals.map((signal) => process.listenerCount(signal)),
    listeners,
    'shutting down in order is for the exchange to do',
  );
  t.deepEqual(
    await query(
      first.url,
      'create table kept as select 42 as answer',
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('listen_addresses') as listen, current_setting('data_checksums') as checksums,
         current_setting('server_version_num')::int / 10000 as version, current_database() as database,
         pg_encoding_to_char(encoding) as encoding, upper('ß→é') as upper
       from pg_database where datname = current_database()`,
    ),
    [
      {
        fsync: 'on',
        commit: 'on',
        listen: '127.0.0.1',
        checksums: 'on',
        version: 18,
        database: 'bourse',
        encoding: 'UTF8',
        upper: 'ß→É',
      },
    ],
  );
  const stranger = new URL(first.url);
  stranger.password = 'guess';
  t.is(sqlState(await t.throwsAsync(query(stranger.href, 'select 1'))), '28P01');
  t.is((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o777, 0o600);
  t.deepEqual(await readdir(dataDir), ['postgres']);

  await Promise.all([first.stop(), first.stop()]);
  t.false(isAlive(first.pid));

  const second = await startEmbeddedPostgres({ dataDir, log, port: Number(new URL(first.url).port) });
  t.teardown(() => second.stop());
  t.is(second.url, first.url);
  t.deepEqual(await query(second.url, 'select answer from kept'), [{ answer: 42 }]);

  // The directory is taken: a clear refusal, and the first goes on.
  const refused = await t.throwsAsync(startEmbeddedPostgres({ dataDir, log }), {
    instanceOf: EmbeddedPostgresInUseError,
  });
  t.regex(refused.message, new RegExp(`in use by another process \\(bourse ${process.pid}\\)`));
  t.deepEqual(await query(second.url, 'select answer from kept'), [{ answer: 42 }]);
});

test('two starts at once on a new directory: one gets it, the other a clear error', async (t) => {
  const dataDir = await createDataDirectory(t);
  const starts = await Promise.allSettled([1, 2].map(() => startEmbeddedPostgres({ dataDir, log })));
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  for (const server of servers) t.teardown(() => server.stop());
  const errors = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason] : []));
  t.is(servers.length, 1, String(errors));
  t.true(errors[0] instanceof EmbeddedPostgresInUseError, String(errors[0]));
  t.deepEqual(await readdir(dataDir), ['postgres']);
  const [server] = servers;
  t.deepEqual(await query(server?.url ?? '', 'select 1 as one'), [{ one: 1 }]);

  // The server dies: it comes back by itself, on the same port, with what was committed.
  const url = server?.url ?? '';
  const killed = server?.pid ?? 0;
  await query(url, 'create table kept as select 7 as n');
  process.kill(killed, 'SIGKILL');
  while (server?.pid === killed) await delay(5);
  t.deepEqual(await query(url, 'select n from kept'), [{ n: 7 }]);

  // A backend that crashes takes all sessions with it, and the postmaster lives.
  const again = server?.pid;
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  const ended = new Promise((resolve) => client.once('end', resolve));
  process.kill((await client.query('select pg_backend_pid() as pid')).rows[0].pid, 'SIGKILL');
  await ended;
  const deadline = 400;
  for (let attempt = 0; ; attempt += 1) {
    const owner = await query(url, `select from pg_locks where locktype = 'advisory'`).catch(() => []);
    if (owner.length === 1) break;
    if (attempt === deadline) return t.fail('the owner did not come back');
    await delay(25);
  }
  t.is(server?.pid, again);

  await server?.stop();
  t.false(isAlive(again ?? 0), 'and nothing brings it back after stop');
});

test('kill -9 of the exchange: PostgreSQL survives, and the next start finds and uses it', async (t) => {
  const dataDir = await createDataDirectory(t);
  const { child, postgresPid } = await startProcess(dataDir);
  t.teardown(() => {
    if (isAlive(postgresPid)) process.kill(postgresPid, 'SIGKILL');
  });
  await killGroup(child);
  t.true(isAlive(postgresPid));

  const next = await startEmbeddedPostgres({ dataDir, log });
  t.is(next.pid, postgresPid);
  await query(next.url, 'create table kept as select 1 as n');
  await next.stop();
  t.false(isAlive(postgresPid), 'it is stopped though another process started it');

  // And when both are killed, the stale postmaster.pid is in nobody's way.
  const both = await startProcess(dataDir);
  process.kill(both.postgresPid, 'SIGSTOP');
  await killGroup(both.child);
  process.kill(both.postgresPid, 'SIGKILL');
  await gone(both.postgresPid);
  t.regex(
    await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'),
    new RegExp(`^${both.postgresPid}\n`),
  );
  const last = await startEmbeddedPostgres({ dataDir, log });
  t.teardown(() => last.stop());
  t.not(last.pid, both.postgresPid);
  t.deepEqual(await query(last.url, 'select n from kept'), [{ n: 1 }]);
});

test('a server that cannot start says why', async (t) => {
  const dataDir = await createDataDirectory(t);
  const data = join(dataDir, 'postgres', 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, 'postgres', 'password'), 'secret');
  await writeFile(join(data, 'PG_VERSION'), '9.6\n');
  await t.throwsAsync(startEmbeddedPostgres({ dataDir, log }), { message: /did not start.*/s });
});

if (process.getuid?.() === 0) {
  test('as root: a directory that the database user may not enter is no obstacle, also the second time', async (t) => {
    const dataDir = join(await createDataDirectory(t), 'closed', 'data');
    await mkdir(join(dataDir, '..'), { mode: 0o700 });
    for (const _ of [1, 2]) {
      const postgres = await startEmbeddedPostgres({ dataDir, log });
      t.notThrows(() => process.kill(postgres.pid, 0));
      await postgres.stop();
    }
  });
}
