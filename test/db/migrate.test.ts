import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { sql } from 'slonik';
import { z } from 'zod';
import { MigrationError, migrate } from '../../src/db/migrate.ts';
import { createTestDatabase } from '../support/database.ts';

/** An empty database on the shared server. */
async function emptyDatabase(t: ExecutionContext): Promise<string> {
  const { url, pool } = await createTestDatabase(t);
  await pool.query(sql.unsafe`drop schema public cascade`);
  await pool.query(sql.unsafe`create schema public`);
  return url;
}

async function migrationFiles(t: ExecutionContext, files: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'bourse-migrations-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const write = async (more: Record<string, string>) => {
    for (const [name, text] of Object.entries(more)) await writeFile(join(directory, name), text);
  };
  await write(files);
  return { directory, write };
}

async function tables(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(
    `select tablename from pg_tables where schemaname = 'public' order by tablename`,
  );
  await client.end();
  return rows.map(({ tablename }) => tablename);
}

test('the shipped migrations are in the template of every test database', async (t) => {
  const { url, pool } = await createTestDatabase(t);
  t.deepEqual(await migrate(url), []);
  const names = await pool.anyFirst(
    sql.type(z.object({ name: z.string() }))`select name from schema_migrations order by name`,
  );
  t.is(names[0], '0001_ledger.sql');
});

test('files are applied once, in order, each with several statements', async (t) => {
  const url = await emptyDatabase(t);
  const { directory, write } = await migrationFiles(t, {
    '0001_first.sql': 'create table a (n int); -- one; comment\ninsert into a values (1);',
    '0002_second.sql': 'alter table a add column m int;\ncreate table b ();',
    'notes.md': 'not a migration',
  });
  t.deepEqual(await migrate(url, directory), ['0001_first.sql', '0002_second.sql']);
  t.deepEqual(await migrate(url, directory), []);
  await write({ '0003_third.sql': 'create table c ();' });
  t.deepEqual(await migrate(url, directory), ['0003_third.sql']);
  t.deepEqual(await tables(url), ['a', 'b', 'c', 'schema_migrations']);
});

test('processes that migrate at once take turns', async (t) => {
  const url = await emptyDatabase(t);
  const { directory } = await migrationFiles(t, {
    '0001_first.sql': 'create table a ();',
    '0002_second.sql': 'create table b ();',
  });
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(url, directory)));
  t.deepEqual(applied.flat().sort(), ['0001_first.sql', '0002_second.sql']);
});

test('a file that fails leaves nothing of itself and names its line', async (t) => {
  const url = await emptyDatabase(t);
  const { directory, write } = await migrationFiles(t, {
    '0001_first.sql': 'create table a ();',
    '0002_second.sql': 'create table b ();\n\ncreate tabel c ();',
  });
  await t.throwsAsync(migrate(url, directory), {
    instanceOf: MigrationError,
    message: /^0002_second\.sql:3: /,
  });
  t.deepEqual(await tables(url), ['a', 'schema_migrations']);
  await write({ '0002_second.sql': 'create table b ();' });
  t.deepEqual(await migrate(url, directory), ['0002_second.sql']);
});

test('refuses a changed file, an unknown one, and numbers with gaps', async (t) => {
  const url = await emptyDatabase(t);
  const { directory, write } = await migrationFiles(t, {
    '0001_first.sql': 'create table a ();',
    '0002_second.sql': 'create table b ();',
  });
  await migrate(url, directory);
  await write({ '0001_first.sql': 'create table a (n int);' });
  await t.throwsAsync(migrate(url, directory), {
    instanceOf: MigrationError,
    message: /0001_first\.sql was changed/,
  });
  await write({ '0001_first.sql': 'create table a ();', '0004_fourth.sql': '' });
  await t.throwsAsync(migrate(url, directory), { instanceOf: MigrationError, message: /without gaps: 0004/ });

  const older = await migrationFiles(t, { '0001_first.sql': 'create table a ();' });
  await t.throwsAsync(migrate(url, older.directory), {
    instanceOf: MigrationError,
    message: /0002_second\.sql/,
  });
});
