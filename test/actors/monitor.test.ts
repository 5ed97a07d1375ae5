import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { sql } from 'slonik';
import { createInvariantReader } from '../../src/db/invariants.ts';
import type { InvariantViolation } from '../../src/domain/invariants.ts';
import { createTestDatabase } from '../support/database.ts';
import { codeOf, eventually, mustBeOk, startTestExchange, type TestExchange } from '../support/exchange.ts';

const INTERVAL_MS = 10;

async function watched(t: Parameters<typeof startTestExchange>[0]) {
  const { pool } = await createTestDatabase(t);
  const violations: InvariantViolation[] = [];
  let looks = 0;
  const reader = createInvariantReader(pool);
  const monitor = {
    reader: {
      ...reader,
      async read(accountIds: readonly number[]) {
        const found = await reader.read(accountIds);
        looks += 1;
        return found;
      },
    },
    intervalMs: INTERVAL_MS,
    onViolation: (violation: InvariantViolation) => void violations.push(violation),
  };
  const x = await startTestExchange(t, { pool, monitor });
  const alice = await x.account({ USD: '1000', BTC: '5' });
  const bob = await x.account({ USD: '1000', BTC: '5' });
  const moreLooks = async (count: number) => {
    const until = looks + count;
    await eventually(() => looks >= until);
  };
  return { x, alice, bob, violations, moreLooks };
}

async function tradeFor(x: TestExchange, accounts: readonly number[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const price = String(98 + (round % 5));
    await Promise.all(
      accounts.flatMap((accountId, index) => [
        x.place(accountId, { side: index === 0 ? 'buy' : 'sell', price, quantity: '0.01' }),
        x.place(accountId, {
          side: index === 0 ? 'sell' : 'buy',
          price: String(105 - (round % 9)),
          quantity: '0.02',
        }),
        round % 7 === 0 ? x.exchange.cancelAllOrders({ accountId }) : undefined,
      ]),
    );
  }
}

test('whatever is traded meanwhile, nothing is found where nothing is wrong', async (t) => {
  const { x, alice, bob, violations, moreLooks } = await watched(t);
  await Promise.all([tradeFor(x, [alice, bob], 150), moreLooks(20)]);
  await moreLooks(3);
  t.deepEqual(violations, []);
});

test('a row that was changed in the database halts its market, or stops its account', async (t) => {
  const { x, alice, bob, violations, moreLooks } = await watched(t);
  mustBeOk(await x.place(alice, { price: '90' }));
  mustBeOk(await x.place(bob, { side: 'sell', price: '110' }));
  await moreLooks(3);
  await x.pool.query(
    sql.unsafe`update open_orders set fee_minor = fee_minor + 1 where account_id = ${alice}`,
  );
  await eventually(() => violations.length > 0);
  t.like(violations[0], { check: 'books_equal_ledger', accountId: alice });
  t.regex(violations[0]!.detail, /feeMinor is 1 in the ledger and 0 in memory/);
  await eventually(() => mustBeOk(x.exchange.ticker('BTC-USD')).status === 'halted');
  t.is(codeOf(await x.place(bob, { price: '80' })), 'market_halted');
  await x.pool.query(
    sql.unsafe`update open_orders set fee_minor = fee_minor - 1 where account_id = ${alice}`,
  );

  // What an account may spend is less than its actor believes.
  mustBeOk(await x.exchange.setMarketStatus('BTC-USD', 'open'));
  const took = sql.fragment`balance_minor = balance_minor - 1000`;
  await x.pool.query(sql.unsafe`update wallets set ${took} where account_id = ${bob} and asset_id = 2`);
  await eventually(() => violations.length > 1);
  t.like(violations[1], { check: 'memory_never_overstates', accountId: bob, marketId: null });
  t.is(codeOf(await x.place(bob, { price: '80' })), 'account_unavailable');
  t.is(codeOf(await x.place(alice, { price: '80' })), 'ok', 'others go on');
  await x.pool.query(sql.unsafe`
    update wallets set balance_minor = balance_minor + 1000 where account_id = ${bob} and asset_id = 2`);
});

test('money that is locked for nothing, and an order that is gone, are found', async (t) => {
  const { x, alice, violations } = await watched(t);
  const { order } = mustBeOk(await x.place(alice, { price: '90' }));
  await x.pool.query(sql.unsafe`
    update wallets set locked_minor = locked_minor + 7 where account_id = ${alice} and asset_id = 2`);
  await eventually(() => violations.some(({ check }) => check === 'wallet_covers_holds'));
  await x.pool.query(sql.unsafe`
    update wallets set locked_minor = locked_minor - 7 where account_id = ${alice} and asset_id = 2`);
  await x.pool.query(sql.unsafe`create table kept as table open_orders`);
  await x.pool.query(sql.unsafe`delete from open_orders where account_id = ${alice}`);
  await eventually(() => violations.some(({ check }) => check === 'books_equal_ledger'));
  const found = violations.find(({ check }) => check === 'books_equal_ledger')!;
  t.is(found.detail, `order ${order.id} is not in the ledger`);
  await x.pool.query(sql.unsafe`insert into open_orders table kept`);
  await x.pool.query(sql.unsafe`drop table kept`);
});

test('an exchange that stops while the monitor reads does not wait for answers that nobody gives any more', async (t) => {
  const { pool } = await createTestDatabase(t);
  const reader = createInvariantReader(pool);
  const isReading = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const x = await startTestExchange(t, {
    pool,
    monitor: {
      reader: {
        ...reader,
        async readAfter(accountId, limit) {
          const found = await reader.readAfter(accountId, limit);
          if (found.length > 0) {
            isReading.resolve();
            await goOn.promise;
          }
          return found;
        },
      },
      intervalMs: INTERVAL_MS,
      onViolation: () => t.fail('nothing is wrong'),
    },
  });
  await x.account({ USD: '1000' });
  await isReading.promise;
  const stopped = x.exchange.stop('the test wants it');
  // All that stopping does before it waits for the monitor.
  await delay(200);
  goOn.resolve();
  t.is(
    await Promise.race([stopped.then(() => 'stopped'), delay(10_000, 'hangs', { ref: false })]),
    'stopped',
  );
});
