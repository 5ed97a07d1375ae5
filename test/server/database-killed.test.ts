import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createPool } from '../../src/db/pool.ts';
import { ClientRecord } from '../support/client-record.ts';
import { createDataDirectory } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { openRestLine, openSocketLine, signUpTraders, Trader } from '../support/traders.ts';
import { assertVerified } from '../support/verified.ts';

test('PostgreSQL killed under load: service resumes by itself, nothing lost, nothing twice', async (t) => {
  const dataDir = await createDataDirectory(t);
  const server = await startServer(t, { DATA_DIR: dataDir });
  const url = (await readFile(join(dataDir, 'database.url'), 'utf8')).trim();
  const pool = await createPool(url, { maximumPoolSize: 2, applicationName: 'test' });
  t.teardown(() => pool.end());
  const logins = await signUpTraders(server.url, pool, 4);
  const record = new ClientRecord();
  const lines = await Promise.all(
    logins.map(async (login, index) =>
      index % 2 === 0 ? openRestLine(server.url, login) : openSocketLine(server.url, login, record),
    ),
  );
  const trading = lines.map((line, index) =>
    new Trader(record, `trader-${index}`).trade(line, index % 2 === 0 ? 5 : 25),
  );

  for (let kill = 1; kill <= 3; kill += 1) {
    await record.more(200);
    const gone = server.logged('the database can’t be reached; commands queue until it is back');
    const back = server.logged('the database is back');
    const pid = Number(
      (await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n', 1)[0],
    );
    process.kill(pid, 'SIGKILL');
    await gone;
    t.is((await fetch(`${server.url}/health/ready`)).status, 503, 'not ready while commits wait');
    await back;
    await record.more(200);
    t.is((await fetch(`${server.url}/health/ready`)).status, 200);
  }

  for (const line of lines) line.close();
  await Promise.all(trading);
  t.deepEqual(await record.contradictions(pool), []);
  await assertVerified(t, pool);
  t.log({ acknowledged: record.acknowledged, trades: record.tradeCount, refused: record.refused });
  t.is((await server.kill('SIGTERM')).code, 0);
});
