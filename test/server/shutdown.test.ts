import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { ClientRecord } from '../support/client-record.ts';
import { createTestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { openRestLine, openSocketLine, signUpTraders, Trader } from '../support/traders.ts';
import { assertVerified } from '../support/verified.ts';

test('SIGTERM under load: clients are told, everything acknowledged is there, and the process ends well', async (t) => {
  const { url, pool } = await createTestDatabase(t);
  const server = await startServer(t, {
    DATABASE_URL: url,
    JWT_SECRET: 'a secret that is long enough for HS256',
  });
  const logins = await signUpTraders(server.url, pool, 4);
  const record = new ClientRecord();
  const lines = await Promise.all(
    logins.map(async (login, index) =>
      index % 2 === 0 ? openRestLine(server.url, login) : openSocketLine(server.url, login, record),
    ),
  );
  const trading = lines.map((line, index) => new Trader(record, `trader-${index}`).trade(line, 20));
  await record.more(300);

  const { code, stderr } = await server.kill('SIGTERM');
  t.is(code, 0);
  t.is(stderr, '');
  await Promise.all(trading);
  for (const index of [1, 3]) {
    t.deepEqual(
      await lines[index]!.ended,
      { code: 1012, stopping: true },
      'sockets are told before they close',
    );
  }
  t.falsy(record.refused.get('outcome_unknown'), 'whatever was taken in was answered');
  t.deepEqual(await record.contradictions(pool), []);
  await assertVerified(t, pool);
});

test('a connection on which nothing was ever asked, as browsers open them ahead, does not hold a shutdown up', async (t) => {
  const { url } = await createTestDatabase(t);
  const server = await startServer(t, {
    DATABASE_URL: url,
    JWT_SECRET: 'a secret that is long enough for HS256',
  });
  const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(silent, 'connect');
  // Once this was answered the server has taken the silent connection in, too.
  await (await fetch(`${server.url}/health/live`)).text();
  const closed = once(silent, 'close');
  const startedAtMs = performance.now();
  t.is((await server.kill('SIGTERM')).code, 0);
  await closed;
  // The grace for requests under way is 10 s.
  t.true(performance.now() - startedAtMs < 8_000);
});
