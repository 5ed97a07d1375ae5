import test from 'ava';
import { sql } from 'slonik';
import { insertUser } from '../../src/db/users.ts';
import {
  findWithdrawalObstacles,
  holdWithdrawals,
  listWithdrawalHolds,
} from '../../src/db/withdrawal-holds.ts';
import { createTestDatabase } from '../support/database.ts';

const HOUR_MS = 3_600_000;

test('the longest hold counts, each ends by itself, and a freeze stands beside them', async (t) => {
  const { pool } = await createTestDatabase(t);
  const add = async (email: string) =>
    (await insertUser(
      pool,
      { email, passwordHash: 'none', role: 'customer', createdAtMs: 0, isEmailConfirmed: true },
      async () => {},
    ))!;
  const ada = await add('ada@example.com');
  const bob = await add('bob@example.com');
  const obstacles = (nowMs: number, { id } = ada) => findWithdrawalObstacles(pool, id, nowMs);
  t.deepEqual(await obstacles(0), { frozen: false, heldUntilMs: null });

  await holdWithdrawals(pool, ada.id, 'password_changed', { nowMs: 1_000, holdMs: 24 * HOUR_MS });
  await holdWithdrawals(pool, ada.id, 'factor_removed', { nowMs: 2_000, holdMs: HOUR_MS });
  const until = 1_000 + 24 * HOUR_MS;
  t.deepEqual(await obstacles(3_000), { frozen: false, heldUntilMs: until });
  t.deepEqual(await obstacles(until - 1), { frozen: false, heldUntilMs: until });
  t.deepEqual(await obstacles(until), { frozen: false, heldUntilMs: null });
  t.deepEqual(await obstacles(3_000, bob), { frozen: false, heldUntilMs: null });
  t.deepEqual(await listWithdrawalHolds(pool, ada.id, 3_000), [
    { reason: 'password_changed', beginsAtMs: 1_000, untilMs: until },
    { reason: 'factor_removed', beginsAtMs: 2_000, untilMs: 2_000 + HOUR_MS },
  ]);
  t.is((await listWithdrawalHolds(pool, ada.id, 2_000 + HOUR_MS)).length, 1);

  await pool.query(sql.unsafe`update accounts set frozen = true where id = ${ada.accountId}`);
  t.deepEqual(await obstacles(until), { frozen: true, heldUntilMs: null });
  t.deepEqual(await obstacles(until, bob), { frozen: false, heldUntilMs: null });
});

test('a hold is undone with the change that it belongs to', async (t) => {
  const { pool } = await createTestDatabase(t);
  const user = {
    email: 'ada@example.com',
    passwordHash: 'none',
    role: 'customer',
    createdAtMs: 0,
    isEmailConfirmed: true,
  } as const;
  const { id } = (await insertUser(pool, user, async () => {}))!;
  const failing = pool.transaction(async (db) => {
    await holdWithdrawals(db, id, 'password_reset', { nowMs: 0, holdMs: HOUR_MS });
    throw new Error('it comes to nothing');
  });
  await t.throwsAsync(failing);
  t.deepEqual(await listWithdrawalHolds(pool, id, 0), []);
});
