import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import { type DatabasePool, sql } from 'slonik';
import { createSealing } from '../../../src/http/auth/sealing.ts';
import { createMailQueue, RecipientError } from '../../../src/http/mail/queue.ts';
import { startMailSender } from '../../../src/http/mail/sender.ts';
import { createMailTransport, type MailTransport } from '../../../src/http/mail/transports.ts';
import { createDataDirectory, createTestDatabase } from '../../support/database.ts';
import { startMailServer } from '../../support/smtp.ts';
import { AUTHORITY } from '../../support/tls/certificates.ts';

const log = pino({ level: 'silent' });
const sealing = createSealing('a data key for tests, long enough to be one');
const ada = { email: 'ada@example.com' };

async function setUp(t: ExecutionContext) {
  const { pool } = await createTestDatabase(t);
  const clock = { nowMs: 1_800_000_000_000 };
  const now = () => clock.nowMs;
  const queue = createMailQueue({ sealing, now });
  const sender = (transport: MailTransport) => {
    const publicUrl = 'https://trade.example.com';
    const started = startMailSender({ pool, sealing, transport, publicUrl, log, now, intervalMs: undefined });
    t.teardown(() => started.stop());
    return started;
  };
  return { pool, clock, queue, sender };
}

const smtp = (port: number, scheme = 'smtps', credentials = 'exchange:p%40ss@') =>
  createMailTransport({
    type: 'smtp',
    url: `${scheme}://${credentials}127.0.0.1:${port}`,
    from: 'exchange@example.com',
    ca: AUTHORITY,
  });

const rows = (pool: DatabasePool) =>
  pool.any(sql.unsafe`select outcome, attempts, sealed_payload is null as "isForgotten", last_error as "lastError"
                      from mails order by id`);

for (const [scheme, secure] of [
  ['smtps', true],
  ['smtp', false],
] as const) {
  test(`${scheme}: a mail that was queued before a restart is delivered after it, encrypted, and forgotten`, async (t) => {
    const { pool, queue, sender } = await setUp(t);
    await queue.notice(pool, 'password_changed', ada, { ip: '192.0.2.1' });
    const server = await startMailServer(t, { secure });
    t.is(await sender(smtp(server.port, scheme)).deliverDue(), 1);
    t.is(server.received.length, 1);
    const [mail] = server.received;
    t.like(mail!, { from: 'exchange@example.com', isEncrypted: true });
    t.deepEqual(mail!.to, ['ada@example.com']);
    t.regex(mail!.text, /^Subject: Your password was changed\r$/m);
    t.regex(mail!.text, /From: 192\.0\.2\.1/);
    t.regex(mail!.text, /^Auto-Submitted: auto-generated\r$/m);
    t.deepEqual(await rows(pool), [
      { outcome: 'delivered', attempts: 1, isForgotten: true, lastError: null },
    ]);
    t.is(await sender(smtp(server.port, scheme)).deliverDue(), 0);
  });
}

test('what a certificate does not prove, or a wrong password, gets no mail', async (t) => {
  const { pool, queue, sender } = await setUp(t);
  const server = await startMailServer(t, { secure: true });
  await queue.notice(pool, 'password_changed', ada, null);
  const url = `smtps://exchange:p%40ss@127.0.0.1:${server.port}`;
  await sender(createMailTransport({ type: 'smtp', url, from: 'exchange@example.com' })).deliverDue();
  await queue.notice(pool, 'password_changed', ada, null);
  await sender(smtp(server.port, 'smtps', 'exchange:wrong@')).deliverDue();
  t.deepEqual(server.received, []);
  const [first, second] = (await rows(pool)) as { lastError: string; outcome: null }[];
  t.is(first!.outcome, null);
  t.not(first!.lastError, null);
  t.is(second!.lastError, 'EAUTH 535');
});

test('outside this machine nothing goes out in the clear', async (t) => {
  const server = await startMailServer(t, { hideTls: true });
  // Another name of this machine, which is not known to be one.
  const byNumber = createMailTransport({
    type: 'smtp',
    url: `smtp://[::ffff:127.0.0.1]:${server.port}`,
    from: 'exchange@example.com',
  });
  await t.throwsAsync(byNumber.deliver({ to: ada.email, id: 'x', subject: 's', text: 't' }), {
    code: 'ETLS',
  });
  t.deepEqual(server.received, []);
  await smtp(server.port, 'smtp', '').deliver({ to: ada.email, id: 'x', subject: 's', text: 't' });
  t.false(server.received[0]!.isEncrypted);
});

test('a server that is away is tried again, later and later, until the mail is not worth it', async (t) => {
  const { pool, clock, queue, sender } = await setUp(t);
  const server = await startMailServer(t, { secure: true });
  await server.close();
  const { deliverDue } = sender(smtp(server.port));
  await queue.notice(pool, 'factor_added', ada, null);
  t.is(await deliverDue(), 1);
  t.is(await deliverDue(), 0, 'not at once');
  clock.nowMs += 15_000;
  t.is(await deliverDue(), 1);
  clock.nowMs += 15_000;
  t.is(await deliverDue(), 0, 'the second time it waits longer');
  const back = await startMailServer(t, { secure: true, port: server.port });
  clock.nowMs += 15_000;
  t.is(await deliverDue(), 1);
  t.is(back.received.length, 1);
  await back.close();

  await queue.notice(pool, 'factor_added', ada, null);
  await deliverDue();
  clock.nowMs += 4 * 24 * 3_600_000;
  await deliverDue();
  t.deepEqual((await rows(pool)).at(-1), {
    outcome: 'given_up',
    attempts: 2,
    isForgotten: true,
    lastError: 'it was not worth delivering any more',
  });
});

test('several senders deliver each mail once, and one that dies leaves its mail to the others', async (t) => {
  const { pool, clock, queue, sender } = await setUp(t);
  const got: string[] = [];
  const transport: MailTransport = { deliver: async ({ id }) => void got.push(id), close() {} };
  for (let index = 0; index < 20; index += 1) await queue.notice(pool, 'api_key_added', ada, null);
  await Promise.all([1, 2, 3, 4].map(() => sender(transport).deliverDue()));
  t.is(got.length, 20);
  t.is(new Set(got).size, 20);

  await queue.notice(pool, 'api_key_added', ada, null);
  let begun: () => void = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const dying: MailTransport = {
    deliver: () => {
      begun();
      return new Promise(() => {});
    },
    close() {},
  };
  void sender(dying).deliverDue();
  await hasBegun;
  t.is(await sender(transport).deliverDue(), 0, 'it is taken');
  clock.nowMs += 5 * 60_000;
  t.is(await sender(transport).deliverDue(), 1);
  t.is(got.length, 21);
});

test('an address that is more than one, or headers, is neither queued nor sent to', async (t) => {
  const { pool, queue } = await setUp(t);
  const addresses = [
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\nSubject: x',
    'a@example.com,b@example.com',
    'a@example.com b@example.com',
    'A <a@example.com>',
    'a@b@example.com',
    'a@example.com\u0000',
    'a',
    '',
  ];
  for (const email of addresses) {
    const error = await t.throwsAsync(
      queue.notice(pool, 'password_changed', { email }, null),
      undefined,
      email,
    );
    t.true(error instanceof RecipientError);
  }
  await t.throwsAsync(
    pool.query(sql.unsafe`
      insert into mails (recipient, kind, sealed_payload, created_at_ms, expires_at_ms, next_attempt_at_ms)
      values (${addresses[0]!}, 'x', '', 0, 0, 0)`),
  );
  t.deepEqual(await rows(pool), []);
});

test('what is queued tells nothing of the token, and can’t be put into the place of another', async (t) => {
  const { pool, queue, sender } = await setUp(t);
  await queue.notice(pool, 'password_changed', ada, { ip: '192.0.2.77' });
  const [row] = (await pool.any(sql.unsafe`select * from mails`)) as { sealed_payload: Buffer }[];
  t.false(row!.sealed_payload.toString('latin1').includes('192.0.2.77'));
  await pool.query(sql.unsafe`update mails set recipient = 'mallory@example.com'`);
  const got: string[] = [];
  await sender({ deliver: async ({ to }) => void got.push(to), close() {} }).deliverDue();
  t.deepEqual(got, []);
});

test('in development a mail is a file for its owner only', async (t) => {
  const { pool, queue, sender } = await setUp(t);
  const directory = join(await createDataDirectory(t), 'outbox');
  await queue.notice(pool, 'password_changed', ada, null);
  await sender(createMailTransport({ type: 'folder', directory })).deliverDue();
  const [name, ...more] = await readdir(directory);
  t.deepEqual(more, []);
  t.is((await stat(join(directory, name!))).mode & 0o777, 0o600);
  t.is((await stat(directory)).mode & 0o777, 0o700);
  t.regex(
    await readFile(join(directory, name!), 'utf8'),
    /^To: ada@example\.com\nSubject: Your password was changed\n\n/,
  );
});
