import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { createRestClient } from '../../../examples/client/rest.ts';
import type { ReplayFlowOptions } from '../../../examples/replay-flow/options.ts';
import { replayFlow } from '../../../examples/replay-flow/run.ts';
import { isExplained, summarize } from '../../../examples/replay-flow/summary.ts';
import { verify } from '../../../src/db/verify/verify.ts';
import { createDataDirectory } from '../../support/database.ts';
import { startTestExchange } from '../../support/running-exchange.ts';
import { generateFlow } from './generated-flow.ts';

const OPTIONS: Omit<ReplayFlowOptions, 'file' | 'url'> = {
  inOrder: true,
  accounts: 4,
  connections: 6,
  window: 20,
  limit: Number.MAX_SAFE_INTEGER,
  priceScale: 2,
  quantityScale: 8,
  verify: false,
};

interface TradePage {
  readonly items: readonly { readonly price: string; readonly quantity: string }[];
}

test('in order, a flow gives exactly the trades of strict price-time priority, however often it is run', async (t) => {
  const { config, baseUrl: url, pool } = await startTestExchange(t);
  const flow = generateFlow(7, 500);
  t.true(flow.trades.length > 60);
  const file = join(await createDataDirectory(t), 'flow.txt.gz');
  await writeFile(file, gzipSync(flow.lines.join('\n')));
  const run = { ...OPTIONS, config, file, url, stopped: () => false, progress: false };

  const first = await replayFlow(run);
  t.is(first.market, 'BTC-USDF1');
  t.is(first.tally.answered, flow.lines.length);
  t.true(isExplained(first), summarize(first, 8));
  t.true(first.tally.refusals.length > 0);
  t.is(first.tally.trades, flow.trades.length);
  t.is(
    first.tally.tradedQuantity,
    flow.trades.reduce((sum, { quantity }) => sum + BigInt(quantity), 0n),
  );
  const page = await createRestClient(url).request<TradePage>(
    'GET',
    '/v1/markets/BTC-USDF1/trades?limit=1000',
  );
  t.deepEqual(
    page.items
      .map(({ price, quantity }) => ({
        price: Math.round(Number(price) * 100),
        quantity: Math.round(Number(quantity) * 1e8),
      }))
      .reverse(),
    [...flow.trades],
  );

  const second = await replayFlow({ ...run, accounts: 1, connections: 1 });
  t.is(second.market, 'BTC-USDF2');
  t.is(second.tally.trades, flow.trades.length);
  t.is(second.tally.tradedQuantity, first.tally.tradedQuantity);
  t.true((await verify(pool)).every(({ ok }) => ok));
});

test('as fast as possible, everything is answered and every refusal explained', async (t) => {
  const { config, baseUrl: url, pool } = await startTestExchange(t);
  const flow = generateFlow(11, 400);
  const file = join(await createDataDirectory(t), 'flow.txt');
  await writeFile(file, `${flow.lines.join('\n')}\n`);
  const run = { ...OPTIONS, config, file, url, stopped: () => false, progress: false, inOrder: false };
  const report = await replayFlow(run);
  t.is(report.tally.answered, flow.lines.length);
  t.true(isExplained(report), summarize(report, 8));
  t.true(report.tally.trades > 0);
  t.true((await verify(pool)).every(({ ok }) => ok));

  const limited = await replayFlow({ ...run, limit: 10 });
  t.is(limited.tally.answered, 10);
  const stopped = await replayFlow({ ...run, stopped: () => true });
  t.is(stopped.tally.answered, 0);
});

test('a refusal that the flow does not explain is said to be so', async (t) => {
  const { config, baseUrl: url } = await startTestExchange(t);
  const file = join(await createDataDirectory(t), 'flow.txt');
  await writeFile(file, 'N 1 B 100 5\nN 1 B 100 6\nN 2 B 9007199254740991 2\n');
  const report = await replayFlow({ ...OPTIONS, config, file, url, stopped: () => false, progress: false });
  t.false(isExplained(report));
  t.deepEqual(report.explanations.map(({ reason, because }) => [reason, because]).sort(), [
    ['place client_order_id_conflict', undefined],
    ['place notional_too_large', undefined],
  ]);
  t.regex(summarize(report, 8), /place notional_too_large 1: UNEXPLAINED/);
});
