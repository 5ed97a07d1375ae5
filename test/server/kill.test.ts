import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createPool } from '../../src/db/pool.ts';
import { ClientRecord } from '../support/client-record.ts';
import { createDataDirectory } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { openRestLine, openSocketLine, signUpTraders, Trader } from '../support/traders.ts';
import { assertVerified } from '../support/verified.ts';

const ROUNDS = 10;

test('killed ten times under load: everything acknowledged is there, nothing twice', async (t) => {
  const dataDir = await createDataDirectory(t);
  const env = { DATA_DIR: dataDir, LOG_LEVEL: 'info' };
  let server = await startServer(t, env);
  const pool = await createPool((await readFile(join(dataDir, 'database.url'), 'utf8')).trim(), {
    maximumPoolSize: 2,
    applicationName: 'test',
  });
  t.teardown(() => pool.end());
  const logins = await signUpTraders(server.url, pool, 4);
  const record = new ClientRecord();
  const traders = logins.map((_, index) => new Trader(record, `trader-${index}`));

  for (let round = 1; round <= ROUNDS; round += 1) {
    const acknowledged = record.more(50 + Math.floor(Math.random() * 100));
    const trading = logins.map(async (login, index) => {
      const line =
        index % 2 === 0 ? openRestLine(server.url, login) : await openSocketLine(server.url, login, record);
      await traders[index]!.trade(line, index % 2 === 0 ? 5 : 25);
    });
    await acknowledged;
    t.is((await server.kill('SIGKILL')).signal, 'SIGKILL');
    await Promise.all(trading);
    t.deepEqual(await record.contradictions(pool), [], `after kill ${round}`);
    server = await startServer(t, env);
  }

  // From the first batch on, over all epochs.
  await assertVerified(t, pool);
  t.true(record.tradeCount > 0 && record.frameCount > 0, 'there were trades, and their owners were told');
  t.log({ acknowledged: record.acknowledged, trades: record.tradeCount, refused: record.refused });
  t.is((await server.kill('SIGTERM')).code, 0);
});
