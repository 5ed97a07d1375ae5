import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { sql } from 'slonik';
import { isConnectionError } from '../../src/db/errors.ts';
import { createPool } from '../../src/db/pool.ts';
import { SilentConnectionError } from '../../src/db/silence.ts';
import { createTestDatabase } from '../support/database.ts';
import { DatabaseWire } from '../support/database-wire.ts';
import type { Test } from '../support/server.ts';

const SILENCE_MS = 200;

async function openPool(t: Test, url: string, maximumPoolSize: number) {
  const database = new URL(url);
  const wire = await DatabaseWire.start(Number(database.port));
  database.hostname = '127.0.0.1';
  database.port = String(wire.port);
  const pool = await createPool(database.href, { maximumPoolSize, silenceMs: SILENCE_MS });
  t.teardown(async () => {
    await pool.end();
    await wire.close();
  });
  return { wire, pool };
}

test('a statement that takes long is waited for while PostgreSQL is at work on it', async (t) => {
  const { url } = await createTestDatabase(t);
  const { pool } = await openPool(t, url, 1);
  const pid = await pool.oneFirst(sql.unsafe`select pg_backend_pid()`);
  t.is(await pool.oneFirst(sql.unsafe`select 7 from pg_sleep(1.5)`), 7);
  t.is(await pool.oneFirst(sql.unsafe`select pg_backend_pid()`), pid);
});

test('a connection that was forgotten on the way is given up, and the next statement has another', async (t) => {
  const { url } = await createTestDatabase(t);
  const { wire, pool } = await openPool(t, url, 2);
  const pid = await pool.oneFirst(sql.unsafe`select pg_backend_pid()`);
  wire.forget();
  const error = await t.throwsAsync(() => pool.query(sql.unsafe`select 1`), {
    instanceOf: SilentConnectionError,
  });
  t.true(isConnectionError(error));
  t.not(await pool.oneFirst(sql.unsafe`select pg_backend_pid()`), pid);
});

test('an answer that got lost is not waited for, though the statement took effect', async (t) => {
  const { url, pool: direct } = await createTestDatabase(t);
  const { wire, pool } = await openPool(t, url, 1);
  await direct.query(sql.unsafe`create table done (what text)`);
  await pool.query(sql.unsafe`select 1`);
  wire.set({ kind: 'half-closed' });
  const lost = pool.query(sql.unsafe`insert into done values ('it')`);
  // What is sent before its connection is forgotten arrives.
  while (!(await direct.exists(sql.unsafe`select from done`))) await delay(10);
  wire.forget();
  wire.set({ kind: 'open' });
  await t.throwsAsync(lost, { instanceOf: SilentConnectionError });
});

test('when the whole host vanishes, idle connections are not tried one after the other', async (t) => {
  const { url } = await createTestDatabase(t);
  const { wire, pool } = await openPool(t, url, 4);
  // Four at once, so that there are four connections.
  const pids = await Promise.all(
    [1, 2, 3, 4].map(() => pool.oneFirst(sql.unsafe`select pg_backend_pid() from pg_sleep(0.2)`)),
  );
  t.is(new Set(pids).size, 4);
  wire.set({ kind: 'silent' });
  await t.throwsAsync(() => pool.query(sql.unsafe`select 1`), { instanceOf: SilentConnectionError });
  wire.set({ kind: 'open' });
  t.false(pids.includes(await pool.oneFirst(sql.unsafe`select pg_backend_pid()`)));
});

test('a PostgreSQL without a connection to spare is not taken for one that vanished', async (t) => {
  const { url, pool: direct } = await createTestDatabase(t);
  const role = `limited_${Math.random().toString(36).slice(2)}`;
  await direct.query(
    sql.unsafe`create role ${sql.identifier([role])} login password 'secret' connection limit 2`,
  );
  t.teardown(() => direct.query(sql.unsafe`drop role ${sql.identifier([role])}`));
  const limited = new URL(url);
  limited.username = role;
  limited.password = 'secret';
  const { pool } = await openPool(t, limited.href, 1);
  const pid = await pool.oneFirst(sql.unsafe`select pg_backend_pid()`);
  await direct.query(sql.unsafe`alter role ${sql.identifier([role])} connection limit 1`);
  t.is(await pool.oneFirst(sql.unsafe`select 7 from pg_sleep(1)`), 7);
  t.is(await pool.oneFirst(sql.unsafe`select pg_backend_pid()`), pid);
});
