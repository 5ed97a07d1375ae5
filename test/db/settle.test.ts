import test from 'ava';
import { type DatabasePool, sql } from 'slonik';
import { findFrames } from '../../src/db/account-events.ts';
import { createLedger } from '../../src/db/ledger.ts';
import { createSettle } from '../../src/db/settle.ts';
import type { LedgerPosition } from '../../src/domain/settlement.ts';
import { viewBalance } from '../../src/domain/views.ts';
import { createTestDatabase } from '../support/database.ts';
import { BTC, marketOf, USD } from '../support/markets.ts';
import { batch, framesFor, NO_FRAMES } from './batch.ts';

async function counts(pool: DatabasePool): Promise<unknown> {
  return pool.one(sql.unsafe`
    select (select batch_no from exchange_state) as batches, (select count(*) from message_log) as messages,
           (select count(*) from wallets) as wallets, (select count(*) from account_events) as frames`);
}

const deposit = (position: LedgerPosition, accountId: number, amountMinor: bigint) => {
  const entryNo = position.entryNo + 1;
  const entered = { entryNo, kind: 'deposit' as const, postedAtMs: 0, assetId: USD.id };
  return batch(position, {
    lastEntryNo: entryNo,
    postings: [
      { ...entered, accountId: 1, amountMinor: -amountMinor },
      { ...entered, accountId, amountMinor },
    ],
    deposits: [
      { reference: `d${entryNo}`, entryNo, accountId, assetId: USD.id, amountMinor, creditedAtMs: 0 },
    ],
    wallets: [
      { accountId: 1, assetId: USD.id, balanceMinor: -amountMinor, lockedMinor: 0n },
      { accountId, assetId: USD.id, balanceMinor: amountMinor, lockedMinor: 0n },
    ],
  });
};

/** A ledger that was taken over, with the two assets and an account. */
async function startLedger(t: Parameters<typeof createTestDatabase>[0]) {
  const { pool } = await createTestDatabase(t);
  const ledger = createLedger(pool);
  const settle = createSettle(pool);
  const setUp = batch(await ledger.takeOver(), { assets: [BTC, USD], markets: [marketOf()] });
  await settle(setUp, NO_FRAMES);
  await pool.query(sql.unsafe`insert into accounts (id) values (1000), (1001)`);
  return { pool, ledger, settle };
}

test('a batch is written once: sent again it is fenced, and changes nothing', async (t) => {
  const { pool, ledger, settle } = await startLedger(t);
  const made = deposit(await ledger.position(), 1000, 5n);
  const first = await settle(made, framesFor(1000));
  t.like(first, { type: 'committed', frames: [{ accountId: 1000, sequence: 1 }] });
  const before = await counts(pool);
  t.deepEqual(await settle(made, framesFor(1000)), { type: 'fenced' });
  t.deepEqual(await counts(pool), before);
});

test('of two writers with one batch number only one commits, however close together', async (t) => {
  const { pool, ledger, settle } = await startLedger(t);
  const position = await ledger.position();
  const outcomes = await Promise.all(
    [1n, 2n, 3n].map((amount) => settle(deposit(position, 1000, amount), NO_FRAMES)),
  );
  t.deepEqual(outcomes.map(({ type }) => type).sort(), ['committed', 'fenced', 'fenced']);
  t.like(await counts(pool), { batches: 2n, messages: 2n });
});

test('a writer whose epoch is old commits nothing', async (t) => {
  const { pool, ledger, settle } = await startLedger(t);
  const old = await ledger.position();
  const next = await ledger.takeOver();
  const before = await counts(pool);
  t.deepEqual(await settle(deposit(old, 1000, 5n), NO_FRAMES), { type: 'fenced' });
  t.deepEqual(await counts(pool), before);
  t.is((await settle(deposit(next, 1000, 5n), NO_FRAMES)).type, 'committed');
});

test('a batch that leaves out a number is fenced', async (t) => {
  const { ledger, settle } = await startLedger(t);
  const position = await ledger.position();
  t.is((await settle(batch({ ...position, batchNo: position.batchNo + 1 }), NO_FRAMES)).type, 'fenced');
});

test('a wallet below zero, or with more locked than there is, undoes the whole batch', async (t) => {
  const { pool, ledger, settle } = await startLedger(t);
  const position = await ledger.position();
  const before = await counts(pool);
  for (const [balanceMinor, lockedMinor] of [
    [-1n, 0n],
    [5n, 6n],
    [5n, -1n],
  ] as const) {
    const wallets = [{ accountId: 1000, assetId: USD.id, balanceMinor, lockedMinor }];
    const error = await t.throwsAsync(settle(batch(position, { wallets }), framesFor(1000)));
    t.is(ledger.failureOf(error), 'violation');
    t.deepEqual(await counts(pool), before);
  }
  // A batch that was undone leaves no memory of the wallets that it would have made.
  t.is((await settle(deposit(position, 1000, 5n), NO_FRAMES)).type, 'committed');
});

test('frames are numbered for each account, made from the wallets after the batch, and can be read again', async (t) => {
  const { pool, ledger, settle } = await startLedger(t);
  for (const [round, accountIds] of [[1000], [1000, 1001], [1001], [1000]].entries()) {
    const made = deposit(await ledger.position(), 1000, 5n);
    const outcome = await settle(made, framesFor(...accountIds));
    if (outcome.type !== 'committed') return t.fail();
    const stored = await findFrames(pool, made.batchNo, [1000, 1001]);
    const told = [...outcome.frames].sort((a, b) => a.accountId - b.accountId);
    t.deepEqual(
      stored.map((frame) => [frame.accountId, frame.sequence, Buffer.from(frame.payload).toString()]),
      told.map((frame) => [frame.accountId, frame.sequence, Buffer.from(frame.payload).toString()]),
    );
    const own = told.find(({ accountId }) => accountId === 1000);
    if (own !== undefined) {
      t.deepEqual(JSON.parse(Buffer.from(own.payload).toString()), {
        accountId: 1000,
        balances: [viewBalance(USD, BigInt(round + 1) * 5n, 0n)],
      });
    }
  }
  const sequences = await pool.any(sql.unsafe`
    select account_id, array_agg(seq order by seq) as all from account_events group by account_id order by account_id`);
  t.deepEqual([...sequences], [
    { account_id: 1000n, all: [1n, 2n, 3n] },
    { account_id: 1001n, all: [1n, 2n] },
  ] as never);
});

test('balances in frames are exact, whatever their size and scale', async (t) => {
  const { ledger, settle } = await startLedger(t);
  const ether = { id: 18, symbol: 'ETH', name: 'Ether', scale: 18 };
  const whole = { id: 7, symbol: 'PTS', name: 'Points', scale: 0 };
  await settle(batch(await ledger.position(), { assets: [ether, whole] }), NO_FRAMES);
  for (const [accountId, asset, balanceMinor, lockedMinor] of [
    [1000, ether, 1n, 0n],
    [1001, ether, 12_345_678_901_234_567_890_123_456_789n, 1n],
    [1000, whole, 10n ** 30n, 10n],
    [1001, whole, 0n, 0n],
  ] as const) {
    const wallets = [{ accountId, assetId: asset.id, balanceMinor, lockedMinor }];
    const outcome = await settle(batch(await ledger.position(), { wallets }), framesFor(accountId));
    if (outcome.type !== 'committed') return t.fail();
    const { balances } = JSON.parse(Buffer.from(outcome.frames[0]!.payload).toString());
    t.deepEqual(balances, [viewBalance(asset, balanceMinor, lockedMinor)]);
  }
});

test('a batch that changes what is not there is undone', async (t) => {
  const { pool, ledger, settle } = await startLedger(t);
  const position = await ledger.position();
  const before = await counts(pool);
  const nowhere = { accountId: 1000, orderNo: 1 };
  const state = {
    marketId: 99,
    status: 'open',
    seq: 1,
    places: 0,
    auctionEndsAtMs: null,
    auctionOpensAs: 'open',
    breakerFromTradeNo: 0,
    tradeNo: 0,
    lastPriceTicks: null,
  } as const;
  for (const wrong of [{ closed: [nowhere] }, { marketStates: [state] }]) {
    const error = await t.throwsAsync(settle(batch(position, wrong), NO_FRAMES), { message: /is not there/ });
    t.is(ledger.failureOf(error), 'violation');
    t.deepEqual(await counts(pool), before);
  }
});

test('a COMMIT that rolled back without an error is no commit, and the same batch goes through the next time', async (t) => {
  const { pool, ledger } = await startLedger(t);
  let rollsBack = true;
  const forgetful = new Proxy(pool, {
    get(target, name) {
      if (name !== 'transaction' || !rollsBack) return Reflect.get(target, name);
      // As a COMMIT answered by ROLLBACK looks to whoever asked for it.
      return async (handler: (db: unknown) => Promise<unknown>) => {
        let result: unknown;
        const aborted = new Error('rolled back');
        const rolledBack = pool.transaction(async (db) => {
          result = await handler(db);
          throw aborted;
        });
        await t.throwsAsync(rolledBack);
        return result;
      };
    },
  });
  const settle = createSettle(forgetful);
  const made = deposit(await ledger.position(), 1000, 5n);
  const before = await counts(pool);
  const error = await t.throwsAsync(settle(made, framesFor(1000)), {
    message: /rolled the transaction back/,
  });
  t.is(ledger.failureOf(error), 'unavailable', 'it is tried again');
  t.deepEqual(await counts(pool), before);
  rollsBack = false;
  t.is((await settle(made, framesFor(1000))).type, 'committed');
});
