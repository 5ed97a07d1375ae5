import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { SchemaValidationError, sql } from 'slonik';
import { z } from 'zod';
import {
  classifyDatabaseError,
  isConnectionError,
  sqlState,
  violatedConstraint,
} from '../../src/db/errors.ts';
import { createPool } from '../../src/db/pool.ts';
import { SETTLEMENT_SETTINGS } from '../../src/db/settle.ts';
import { parseBigint } from '../../src/db/type-parsers.ts';
import { createTestDatabase, startTestPostgres } from '../support/database.ts';

test('int8 and numeric arrive as bigint, exactly, also in arrays and with nulls', async (t) => {
  const { pool } = await createTestDatabase(t);
  const row = await pool.one(sql.unsafe`
    select 9007199254740993::int8 as id, -12345678901234567890123456789012345678::numeric(38, 0) as amount,
      array[1::numeric, null, 99999999999999999999] as amounts, null::int8 as nothing, 7::int4 as small,
      '\\x00ff'::bytea as bytes, '{"a": [1, "2"]}'::jsonb as doc,
      '2026-01-02T03:04:05.678Z'::timestamptz as moment`);
  t.deepEqual(row, {
    id: 9007199254740993n,
    amount: -12345678901234567890123456789012345678n,
    amounts: [1n, null, 99999999999999999999n],
    nothing: null,
    small: 7,
    bytes: Buffer.from([0, 255]),
    doc: { a: [1, '2'] },
    moment: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  });
  const amount = 2n ** 100n;
  t.is(await pool.oneFirst(sql.unsafe`select ${amount}::numeric`), amount);
});

test('a fraction or NaN where an amount is expected is an error, never rounded', async (t) => {
  for (const text of ['1.5', '1.0', 'NaN', 'Infinity', '', '1e3', ' 1']) {
    t.throws(() => parseBigint(text), { instanceOf: RangeError });
  }
  t.is(parseBigint('-0'), 0n);
  const { pool } = await createTestDatabase(t);
  await t.throwsAsync(() => pool.one(sql.unsafe`select 0.5::numeric as half`), { message: /whole number/ });
  t.is(await pool.oneFirst(sql.unsafe`select 1::int4`), 1);
});

test('rows are checked with the schema of their query, and take its shape', async (t) => {
  const { pool } = await createTestDatabase(t);
  const Row = z.strictObject({ name: z.string().transform((name) => name.length) });
  t.deepEqual(await pool.one(sql.type(Row)`select 'four' as name`), { name: 4 });
  await t.throwsAsync(() => pool.one(sql.type(Row)`select 4 as name`), { instanceOf: SchemaValidationError });
  await t.throwsAsync(() => pool.one(sql.type(Row)`select 'a' as name, 1 as more`), {
    instanceOf: SchemaValidationError,
  });
});

test('a transaction that PostgreSQL rolled back is not run again behind our back', async (t) => {
  const { pool } = await createTestDatabase(t);
  let runs = 0;
  const error = await t.throwsAsync(() =>
    pool.transaction(async (transaction) => {
      runs += 1;
      await transaction.query(sql.unsafe`do $$ begin raise exception 'no' using errcode = '40001'; end $$`);
    }),
  );
  t.is(runs, 1);
  t.is(sqlState(error), '40001');
  t.is(classifyDatabaseError(error), 'serialization');
});

test('errors are told apart', async (t) => {
  const { pool, url } = await createTestDatabase(t);
  await pool.query(
    sql.unsafe`create table things (id int primary key, size int constraint positive check (size > 0))`,
  );
  await pool.query(sql.unsafe`insert into things values (1, 1)`);

  const duplicate = await t.throwsAsync(() => pool.query(sql.unsafe`insert into things values (1, 1)`));
  t.is(sqlState(duplicate), '23505');
  t.is(violatedConstraint(duplicate), 'things_pkey');
  t.is(classifyDatabaseError(duplicate), 'constraint');

  const negative = await t.throwsAsync(() => pool.query(sql.unsafe`insert into things values (2, -1)`));
  t.is(violatedConstraint(negative), 'positive');
  t.is(classifyDatabaseError(negative), 'constraint');

  const syntax = await t.throwsAsync(() => pool.query(sql.unsafe`selekt`));
  t.is(sqlState(syntax), '42601');
  t.is(classifyDatabaseError(syntax), 'other');

  const text = await t.throwsAsync(() => pool.query(sql.unsafe`select 'a'::int4`));
  t.is(sqlState(text), '22P02');

  // Long enough for what a pool asks when it is made, also on a loaded machine.
  const impatient = await createPool(url, { maximumPoolSize: 1, statementTimeoutMs: 2_000 });
  const late = await t.throwsAsync(() => impatient.query(sql.unsafe`select pg_sleep(30)`));
  t.is(classifyDatabaseError(late), 'cancelled');
  await impatient.end();
  t.is(classifyDatabaseError(await t.throwsAsync(() => impatient.query(sql.unsafe`select 1`))), 'closed');

  const wrong = new URL(url);
  wrong.password = 'wrong';
  const refused = await t.throwsAsync(() => createPool(wrong.href, { maximumPoolSize: 1 }));
  t.is(sqlState(refused), '28P01');
  t.is(classifyDatabaseError(refused), 'other');

  t.false(isConnectionError(new Error('no')));
  t.false(isConnectionError(undefined));
  t.true(isConnectionError(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })));
});

test('a terminated session is a connection error, and the pool goes on', async (t) => {
  const { pool } = await createTestDatabase(t);
  const error = await t.throwsAsync(() =>
    pool.transaction((transaction) =>
      transaction.query(sql.unsafe`select pg_terminate_backend(pg_backend_pid())`),
    ),
  );
  t.is(classifyDatabaseError(error), 'unavailable');
  t.is(await pool.oneFirst(sql.unsafe`select 1`), 1);
});

test('PostgreSQL killed under load: every query fails as unavailable, and the pool resumes by itself', async (t) => {
  const server = await startTestPostgres(t);
  const pool = await createPool(server.url, { maximumPoolSize: 4, applicationName: 'load' });
  await pool.query(sql.unsafe`create table hits (n int)`);
  const failures: unknown[] = [];
  let resumed = false;
  let committed = 0;

  async function load(): Promise<void> {
    while (!resumed) {
      try {
        await pool.transaction(async (transaction) => {
          await transaction.query(sql.unsafe`insert into hits values (1)`);
          await transaction.query(sql.unsafe`select pg_sleep(0.002)`);
        });
        committed += 1;
        if (failures.length > 0) resumed = true;
      } catch (error) {
        failures.push(error);
        await delay(10);
      }
    }
  }
  const loads = [1, 2, 3, 4, 5, 6].map(load);
  while (committed < 20) await delay(1);
  const killed = server.pid;
  process.kill(killed, 'SIGKILL');
  await Promise.all(loads);

  // The pool may get through a moment before the watching connection does.
  while (server.pid === killed) await delay(5);
  t.deepEqual([...new Set(failures.map(classifyDatabaseError))], ['unavailable']);
  const rows = await pool.oneFirst(sql.type(z.object({ count: z.bigint() }))`select count(*) from hits`);
  t.true(rows >= BigInt(committed), `${rows} rows of ${committed} acknowledged commits`);

  // Killed while the pool is idle: nobody is there to take the error, and nothing must come of it.
  const second = server.pid;
  process.kill(second, 'SIGKILL');
  while (server.pid === second) await delay(5);
  t.is(await pool.oneFirst(sql.unsafe`select 1`), 1);
  await pool.end();
});

test('sessions have the settings of their pool, besides those that the address asks for', async (t) => {
  const { url } = await createTestDatabase(t);
  const address = `${url}?options=${encodeURIComponent('-c work_mem=7MB')}`;
  const pool = await createPool(address, { maximumPoolSize: 1, settings: SETTLEMENT_SETTINGS });
  t.teardown(() => pool.end());
  t.is(await pool.oneFirst(sql.unsafe`select current_setting('plan_cache_mode')`), 'force_generic_plan');
  t.is(await pool.oneFirst(sql.unsafe`select current_setting('enable_seqscan')`), 'off');
  t.is(await pool.oneFirst(sql.unsafe`select current_setting('work_mem')`), '7MB');
});
