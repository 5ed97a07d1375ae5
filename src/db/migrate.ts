import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readTransport } from './transport.ts';

/** The database and the migration files do not fit together, or a migration failed. Nothing of it remains. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  readonly statements: string;
  readonly sha256: string;
}

const shippedMigrations = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Any fixed number: makes two exchanges that start at once migrate one after the other. */
const migrationLock = 7_276_410_021;

async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
      if (Number(number) !== index + 1) {
        throw new MigrationError(`migrations must be numbered 0001_name.sql, 0002_… without gaps: ${name}`);
      }
      const statements = await readFile(join(directory, name), 'utf8');
      return { name, statements, sha256: createHash('sha256').update(statements).digest('hex') };
    }),
  );
}

/** Checks that what was applied is a prefix of the files, unchanged, and returns the files still to apply. */
async function pending(client: pg.Client, files: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migrations order by name',
  );
  for (const [index, applied] of rows.entries()) {
    const file = files[index];
    if (file?.name !== applied.name) {
      throw new MigrationError(
        `the database has migration ${applied.name}, which this version does not know; run a newer version`,
      );
    }
    if (file.sha256 !== applied.sha256) {
      throw new MigrationError(
        `${file.name} was changed after it was applied; write a new migration instead`,
      );
    }
  }
  return files.slice(rows.length);
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.statements);
    await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [
      migration.name,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => {});
    const position = Number((cause as { readonly position?: string }).position);
    const line = position > 0 ? `:${migration.statements.slice(0, position).split('\n').length}` : '';
    throw new MigrationError(`${migration.name}${line}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Brings the schema up to date: runs the files of `directory` that were not applied yet, each in a
 * transaction of its own, forward only, and keeps the SHA-256 of each so that a later change is noticed.
 *
 * @returns the names applied now, in order; empty if there was nothing to do.
 * @throws {MigrationError} if files and database disagree or a statement fails.
 */
export async function migrate(url: string, directory: string = shippedMigrations): Promise<string[]> {
  const files = await readMigrations(directory);
  const transport = readTransport(url);
  const client = new pg.Client({
    connectionString: transport.url,
    ssl: transport.ssl,
    application_name: 'bourse migrate',
  });
  // A connection lost while idle is reported by the next query; without a listener it ends the process.
  client.on('error', () => {});
  await client.connect();
  try {
    // The lock belongs to the session and ends with it.
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query(
      `create table if not exists schema_migrations (
         name text primary key, sha256 text not null, applied_at timestamptz not null default now())`,
    );
    const todo = await pending(client, files);
    for (const migration of todo) await apply(client, migration);
    return todo.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
