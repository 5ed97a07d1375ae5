import test from 'ava';
import { sql } from 'slonik';
import { ClientRecord } from '../support/client-record.ts';
import { createTestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { lastBatch, openRestLine, openSocketLine, signUpTraders, Trader } from '../support/traders.ts';
import { assertVerified } from '../support/verified.ts';

const JWT_SECRET = 'the secret that both exchanges of this test share';

test('a second exchange on the same database: the first commits nothing more and says why it exits', async (t) => {
  const { url, pool } = await createTestDatabase(t);
  const env = { DATABASE_URL: url, JWT_SECRET };
  const first = await startServer(t, env);
  const logins = await signUpTraders(first.url, pool, 2);
  const record = new ClientRecord();
  const traders = logins.map((_, index) => new Trader(record, `trader-${index}`));
  const open = (base: string) =>
    Promise.all([openRestLine(base, logins[0]!), openSocketLine(base, logins[1]!, record)]);
  const trade = (lines: Awaited<ReturnType<typeof open>>) =>
    Promise.all(lines.map((line, index) => traders[index]!.trade(line, 20)));

  const before = trade(await open(first.url));
  await record.more(200);
  const { epoch } = await lastBatch(pool);
  const second = await startServer(t, env);
  const { code, stderr } = await first.exited;
  t.is(code, 3);
  t.is(
    stderr,
    'bourse: another exchange has taken over this database. This one has committed nothing since and exits.\n',
  );
  await before;
  t.deepEqual(await record.contradictions(pool), [], 'what the first acknowledged is there');

  const lines = await open(second.url);
  const after = trade(lines);
  await record.more(200);
  for (const line of lines) line.close();
  await after;
  t.is((await second.kill('SIGTERM')).code, 0);
  t.deepEqual(await record.contradictions(pool), []);
  const epochs = await pool.anyFirst(sql.unsafe`
    select distinct on (batch_no) epoch from message_log order by batch_no`);
  const ours = epochs.map(Number);
  t.deepEqual(
    ours,
    [...ours].sort((a, b) => a - b),
    'no batch of the first after one of the second',
  );
  t.deepEqual([...new Set(ours)], [epoch, epoch + 1]);
  await assertVerified(t, pool);
});

test('an idle exchange notices that another has taken over', async (t) => {
  const { url } = await createTestDatabase(t);
  const first = await startServer(t, { DATABASE_URL: url, JWT_SECRET });
  const second = await startServer(t, { DATABASE_URL: url, JWT_SECRET });
  t.is((await first.exited).code, 3);
  t.is((await second.kill('SIGTERM')).code, 0);
});
