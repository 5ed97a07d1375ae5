/**
 * A process beside the test runner that owns everything of PostgreSQL in one run: a temporary directory for
 * the data directories of tests, and the server that tests share. When its standard input closes, that is
 * when the runner ends, however that happens, it ends every server there and removes everything.
 *
 * Prints {"directory"}; starts the shared server when it reads a line, and then prints {"url"} or {"error"}.
 */
import { chmod, mkdtemp, readdir, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import pino from 'pino';
import { startExchange } from '../../src/actors/exchange.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { createLedger } from '../../src/db/ledger.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { createDemoMarkets } from '../../src/demo-markets.ts';

/** Nothing of it outlives the run. Tests of crashes have servers of their own, which are durable. */
const settings = Object.freeze({
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
  min_wal_size: '80MB',
  max_wal_size: '256MB',
  autovacuum_naptime: '60s',
});

async function makeDirectory(parent: string): Promise<string> {
  const directory = await mkdtemp(join(parent, 'bourse-test-run-'));
  await chmod(directory, 0o711);
  return directory;
}

/**
 * A clone of the template is hundreds of small files: 15 ms in memory, 250 ms on a virtual disk. So the shared
 * server goes to memory where there is enough of it; servers that are to prove durability do not.
 */
async function chooseParent(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  return memory !== undefined && memory.bavail * memory.bsize > 2 ** 30 ? '/dev/shm' : tmpdir();
}

async function startSharedServer(directory: string): Promise<string> {
  const dataDir = join(directory, 'shared');
  const server = await startEmbeddedPostgres({ dataDir, settings, log: pino({ level: 'silent' }) });
  await migrate(server.url);
  const at = (database: string) => server.url.replace(/bourse$/, database);
  const admin = new pg.Client(at('postgres'));
  await admin.connect();
  await admin.query('create database bourse_demo template bourse');
  await makeDemoMarkets(at('bourse_demo'));
  // A template that nobody can connect to is always free to be copied.
  for (const template of ['bourse', 'bourse_demo'])
    await admin.query(`alter database ${template} with is_template true allow_connections false`);
  await admin.end();
  return at('postgres');
}

async function makeDemoMarkets(url: string): Promise<void> {
  const pool = await createPool(url, { maximumPoolSize: 2 });
  const log = pino({ level: 'silent' });
  const exchange = await startExchange({ ledger: createLedger(pool), log, onStopped: () => {} });
  await createDemoMarkets(exchange);
  await exchange.stop('the template is made');
  await pool.end();
}

/** Ends what runs in the directory, in the hard way: nobody needs the data any more. */
async function removeAll(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = join(directory, name, 'postgres', 'data', 'postmaster.pid');
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n', 1)[0]);
    try {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
}

// Ctrl-C in the terminal reaches this process as well; the runner's end is what counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// The runner may be gone when an answer is written.
process.stdout.on('error', () => {});
const print = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const directory = await makeDirectory(tmpdir());
const sharedDirectory = await makeDirectory(await chooseParent());
const runner = createInterface(process.stdin);
runner.once('line', () => {
  startSharedServer(sharedDirectory).then(
    (url) => print({ url }),
    (error: Error) => print({ error: error.message }),
  );
});
runner.once('close', async () => {
  await Promise.all([removeAll(directory), removeAll(sharedDirectory)]);
  process.exit();
});
print({ directory });
