import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/** The yardstick of durable orders: small transactions of somebody else on the same PostgreSQL. */
export interface SimpleUpdate {
  readonly name: string;
  /** @returns transactions per second */
  run(seconds: number, clients: number): Promise<number>;
}

const DATABASE = 'pgbench';
const SCALE = 10;
const BINARIES = '/usr/lib/postgresql';
const exec = promisify(execFile);

/** pgbench's simple update where there is a pgbench, else transactions of one row through `pg`. */
export async function prepareSimpleUpdate(databaseUrl: string): Promise<SimpleUpdate> {
  await query(databaseUrl, `create database ${DATABASE}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${DATABASE}`;
  const pgbench = findPgbench();
  if (pgbench === undefined) return oneRowTransactions(url.href);
  const env = {
    ...process.env,
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: DATABASE,
  };
  await exec(pgbench, ['--initialize', '--quiet', `--scale=${SCALE}`], { env });
  return {
    name: 'pgbench simple-update transactions/s',
    async run(seconds, clients) {
      const flags = ['--builtin=simple-update', '--protocol=prepared', '--no-vacuum'];
      const { stdout } = await exec(
        pgbench,
        [...flags, `--client=${clients}`, '--jobs=2', `--time=${seconds}`],
        { env },
      );
      return Number(/tps = ([\d.]+)/.exec(stdout)![1]);
    },
  };
}

/** On the PATH or where Debian and its like keep them; there the one on the PATH is a wrapper that needs a cluster. */
function findPgbench(): string | undefined {
  const versions = existsSync(BINARIES)
    ? readdirSync(BINARIES).map((name) => join(BINARIES, name, 'bin'))
    : [];
  return [...versions, ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, 'pgbench'))
    .find((file) => existsSync(file));
}

async function oneRowTransactions(url: string): Promise<SimpleUpdate> {
  await query(
    url,
    'create table one_row (id bigint generated always as identity primary key, at_ms bigint not null)',
  );
  return {
    name: 'one-row transactions/s of pg',
    async run(seconds, clients) {
      const pool = new pg.Pool({ connectionString: url, max: clients });
      const endsAt = performance.now() + seconds * 1000;
      let transactions = 0;
      const client = async () => {
        while (performance.now() < endsAt) {
          await pool.query({
            name: 'insert',
            text: 'insert into one_row (at_ms) values ($1)',
            values: [Date.now()],
          });
          transactions += 1;
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      await pool.end();
      return transactions / seconds;
    },
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(text);
  await client.end();
}
