import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { sql } from 'slonik';
import { ConnectionError } from '../../../examples/client/problem.ts';
import { runDemo } from '../../../examples/demo/run.ts';
import { DemoError } from '../../../examples/demo/set-up.ts';
import { verify } from '../../../src/db/verify/verify.ts';
import { startTestExchange } from '../../support/running-exchange.ts';

test('traders trade in all demo markets until they are stopped, and leave no order behind', async (t) => {
  const { config, baseUrl: url, pool } = await startTestExchange(t);
  const ending = new AbortController();
  const options = { url, traders: 6, rate: 2_000, seconds: undefined };
  const demo = runDemo({ ...options, config, signal: ending.signal, random: Math.random, progress: false });
  const marketsTraded = () => pool.oneFirst(sql.unsafe`select count(distinct market_id) from trades`);
  while ((await marketsTraded()) !== 3n) await delay(50);
  ending.abort();
  const activity = await demo;

  t.true(activity.orders > 0);
  t.true(activity.trades > 0);
  t.is(activity.lastPrices.size, 3);
  const expected = new Set([
    'fill_or_kill_not_fillable',
    'no_reference_price',
    'order_not_open',
    'order_amend_pending',
    'post_only_would_take',
  ]);
  t.deepEqual(
    [...activity.refusals.keys()].filter((code) => !expected.has(code)),
    [],
  );
  t.is(await pool.oneFirst(sql.unsafe`select count(*) from open_orders`), 0n);
  t.is(await pool.oneFirst(sql.unsafe`select count(*) from sessions where ended_at_ms is null`), 0n);
  t.true((await verify(pool)).every(({ ok }) => ok));
});

test('it says what is missing: an exchange, or its markets', async (t) => {
  const exchange = await startTestExchange(t);
  const signal = AbortSignal.abort();
  const run = {
    config: exchange.config,
    traders: 2,
    rate: 1,
    seconds: undefined,
    signal,
    random: Math.random,
    progress: false,
  };
  await t.throwsAsync(() => runDemo({ ...run, url: 'http://127.0.0.1:1' }), { instanceOf: ConnectionError });
  for (const { symbol } of exchange.server.exchange.catalog().markets) {
    await exchange.server.exchange.setMarketStatus(symbol, 'halted');
  }
  await t.throwsAsync(() => runDemo({ ...run, url: exchange.baseUrl }), { instanceOf: DemoError });
});
