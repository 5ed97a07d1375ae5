import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import { migrate } from '../../src/db/migrate.ts';
import { createTestDatabase } from '../support/database.ts';

const SHIPPED = join(import.meta.dirname, '../../migrations');

test('who was an operator before there were roles is an admin, and there are no operators any more', async (t) => {
  const { url, pool } = await createTestDatabase(t);
  await pool.query(sql.unsafe`drop schema public cascade`);
  await pool.query(sql.unsafe`create schema public`);
  const before = await mkdtemp(join(tmpdir(), 'bourse-migrations-'));
  t.teardown(() => rm(before, { recursive: true, force: true }));
  for (const name of await readdir(SHIPPED))
    if (name < '0011') await cp(join(SHIPPED, name), join(before, name));
  await migrate(url, before);
  const add = (email: string, role: string) =>
    pool.query(sql.unsafe`
      with account as (insert into accounts default values returning id)
      insert into users (email, password_hash, account_id, role, created_at_ms)
      select ${email}, 'none', id, ${role}, 0 from account`);
  await add('olga@example.com', 'operator');
  await add('ada@example.com', 'customer');
  await migrate(url);
  const roles = await pool.any(
    sql.type(z.object({ email: z.string(), role: z.string() }))`select email, role from users order by id`,
  );
  t.deepEqual(
    roles.map(({ email, role }) => [email, role]),
    [
      ['olga@example.com', 'admin'],
      ['ada@example.com', 'customer'],
    ],
  );
  await t.throwsAsync(add('late@example.com', 'operator'));
});
