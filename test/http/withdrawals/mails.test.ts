import test from 'ava';
import pino from 'pino';
import { createSealing } from '../../../src/http/auth/sealing.ts';
import { createMailQueue, type MailQueue } from '../../../src/http/mail/queue.ts';
import { startWithdrawalMailer } from '../../../src/http/mail/withdrawal-mailer.ts';
import { outside, startWithdrawing } from './customers.ts';

test('the owner is told once of each thing that happens to his withdrawal, whatever crashes', async (t) => {
  const { customers, exchange, pool, mails, chain } = await startWithdrawing(t, { USDT: '9000' }, {});
  const ada = customers[0]!;
  const now = Date.now;
  const queue = createMailQueue({
    sealing: createSealing('a data key for tests, long enough to be one'),
    now,
  });
  const mailer = (withdrawal: MailQueue['withdrawal'] = queue.withdrawal) =>
    startWithdrawalMailer({
      pool,
      mails: { withdrawal },
      catalog: exchange.catalog,
      log: pino({ level: 'silent' }),
      now,
      intervalMs: undefined,
    });
  const [one, other] = [mailer(), mailer()];
  const told = async () =>
    (await mails())
      .filter(({ subject }) => /^A withdrawal (?!address)/.test(subject))
      .map(({ to, subject }) => `${to}: ${subject}`);
  const ask = async (amount: string) =>
    (await ada.withdraw({ asset: 'USDT', amount, address: outside() })).body.withdrawal.id as string;

  const large = await ask('1500');
  t.deepEqual(await told(), []);
  const dying = mailer(async () => {
    throw new Error('it died before the mail was queued');
  });
  await t.throwsAsync(dying.queueDue());
  const queued = await Promise.all([one.queueDue(), other.queueDue()]);
  t.is(queued[0]! + queued[1]!, 1, 'two processes queue one mail');
  t.deepEqual(await told(), [`${ada.email}: A withdrawal was asked for`]);
  const { text } = (await mails()).at(-1)!;
  t.true(text.includes(`Amount: 1500 USDT\nTo: ${outside()}\nNetwork: simulated`), text);

  await ada.send('POST', `/v1/withdrawals/${large}/confirm`, { code: ada.nextCode() });
  await exchange.withdrawals.reject(Number(large), 'a scam', null);
  await one.queueDue();
  t.is(await other.queueDue(), 0);
  const small = await ask('100');
  await ada.send('POST', `/v1/withdrawals/${small}/confirm`, { code: ada.nextCode() });
  const status = async () => (await ada.send('GET', `/v1/withdrawals/${small}`)).body.withdrawal.status;
  while ((await status()) !== 'broadcast') await new Promise((resolve) => setTimeout(resolve, 10));
  for (let block = 0; block < 3; block += 1) await chain.mine();
  await one.queueDue();
  t.deepEqual(
    (await told()).map((line) => line.split(': ')[1]),
    [
      'A withdrawal was asked for',
      'A withdrawal was confirmed',
      'A withdrawal was rejected',
      'A withdrawal was asked for',
      'A withdrawal was confirmed',
      'A withdrawal was sent',
    ],
  );
  t.true(
    (await told()).every((line) => line.startsWith(ada.email)),
    'and nobody else is',
  );
});
