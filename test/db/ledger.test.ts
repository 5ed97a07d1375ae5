import test from 'ava';
import { sql } from 'slonik';
import { createLedger } from '../../src/db/ledger.ts';
import { createTestDatabase } from '../support/database.ts';
import { mustBeOk, startTestExchange } from '../support/exchange.ts';
import { batch, NO_FRAMES } from './batch.ts';

test('each take-over raises the epoch; the position is where the last batch left it', async (t) => {
  const { pool } = await createTestDatabase(t);
  const ledger = createLedger(pool);
  t.like(await ledger.position(), { epoch: 0, batchNo: 0, entryNo: 0 });
  t.is((await ledger.takeOver()).epoch, 1);
  const position = await ledger.takeOver();
  t.is(position.epoch, 2);
  const first = batch(position);
  t.deepEqual(await ledger.settle(first, NO_FRAMES), { type: 'committed', frames: [] });
  t.like(await ledger.position(), { epoch: 2, batchNo: 1 });
  t.deepEqual(Buffer.from((await ledger.position()).logHash), Buffer.from(first.log.hash));
});

test('failures are told apart: what may be tried again, and what never goes through', async (t) => {
  const { pool } = await createTestDatabase(t);
  const ledger = createLedger(pool);
  const failureOf = async (statement: Promise<unknown>) => {
    const error = await t.throwsAsync(statement);
    return ledger.failureOf(error);
  };
  t.is(await failureOf(pool.query(sql.unsafe`select 1 / 0`)), 'violation');
  t.is(await failureOf(pool.query(sql.unsafe`insert into wallets values (1000, 1, 5, 6)`)), 'violation');
  t.is(await failureOf(pool.query(sql.unsafe`select pg_terminate_backend(pg_backend_pid())`)), 'unavailable');
  const cancelled = pool.transaction(async (db) => {
    await db.query(sql.unsafe`set local statement_timeout = 1`);
    await db.query(sql.unsafe`select pg_sleep(10)`);
  });
  t.is(await failureOf(cancelled), 'unavailable');
});

test('an order is found while it rests and after it has ended, the same in every field but its end', async (t) => {
  const { pool, place, account, exchange } = await startTestExchange(t);
  const ledger = createLedger(pool);
  const alice = await account({ USD: '1000' });
  mustBeOk(await place(alice, { clientOrderId: 'a', postOnly: true }));
  const resting = (await ledger.loadOrder({ accountId: alice, orderNo: 1 }))!;
  t.like(resting, {
    status: 'open',
    clientOrderId: 'a',
    postOnly: true,
    holdMinor: 100_000_000n,
    priceTicks: 10_000,
  });
  mustBeOk(await exchange.cancelOrder({ accountId: alice, name: { orderNo: 1 } }));
  const ended = await ledger.loadOrder({ accountId: alice, orderNo: 1 });
  t.deepEqual(ended, {
    ...resting,
    status: 'canceled',
    reason: 'canceled_by_client',
    holdMinor: 0n,
    priority: 0,
    updatedAtMs: ended!.updatedAtMs,
  });
  t.is(await ledger.loadOrder({ accountId: alice, orderNo: 2 }), undefined);
});
