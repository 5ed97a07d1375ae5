import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'slonik';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import { createDataDirectory } from '../support/database.ts';
import { startTestExchange } from '../support/running-exchange.ts';
import { bourse } from './run.ts';

test('withdrawals are listed, shown, paused and resumed from the command line', async (t) => {
  const { config, server, pool } = await startTestExchange(t);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json() as [
    { accountId: string },
  ];
  await bourse(config, ['credit', 'ada@example.com', 'USDT', '5000']);
  const { userId } = (await pool.one(
    sql.unsafe`select id::int as "userId" from users where email = 'ada@example.com'`,
  )) as { userId: number };
  const address = simulatedAddress('somebody else', 1);
  const { withdrawals } = server.exchange;
  const asked = await withdrawals.request({
    accountId: Number(ada.accountId),
    userId,
    asset: 'USDT',
    amount: '1500',
    fee: '2',
    network: 'simulated',
    address,
    clientWithdrawalId: null,
    unitValue: '1',
    flags: ['new_address'],
  });
  if (!asked.ok) return t.fail(asked.refusal.detail);
  const id = String(asked.value.withdrawal.withdrawalNo);
  await withdrawals.confirm(Number(id), 0);

  const listed = await bourse(config, ['withdrawals', 'list', '--status', 'awaiting_approval', '--json']);
  t.is(listed.exitCode, 0, listed.stderr);
  const [page] = listed.json() as [{ withdrawals: object[]; paused: null }];
  t.is(page.withdrawals.length, 1);
  t.like(page.withdrawals[0], { id, email: 'ada@example.com', value: '1500', flags: ['new_address'] });
  const others = await bourse(config, ['withdrawals', 'list', '--status', 'confirmed', '--json']);
  t.deepEqual((others.json()[0] as { withdrawals: object[] }).withdrawals, []);
  const wrong = await bourse(config, ['withdrawals', 'list', '--status', 'nonsense', '--json']);
  t.is(JSON.parse(wrong.stderr).error.code, 'invalid_request');

  const shown = await bourse(config, ['withdrawals', 'show', id]);
  t.is(shown.exitCode, 0, shown.stderr);
  t.true(shown.stdout.includes(address));
  t.regex(shown.stdout, /approvals: 0 of 2/);
  t.regex(shown.stdout, /requested\n.*confirmed\n.*released/);
  const missing = await bourse(config, ['withdrawals', 'show', '99', '--json']);
  t.is(JSON.parse(missing.stderr).error.code, 'withdrawal_not_found');

  t.is((await bourse(config, ['withdrawals', 'pause'])).exitCode, 2, 'a reason is needed');
  t.is((await bourse(config, ['withdrawals', 'pause', '--reason', 'a drill'])).exitCode, 0);
  t.is(withdrawals.state().paused?.reason, 'a drill');
  t.regex((await bourse(config, ['withdrawals', 'list'])).stdout, /paused since .*: a drill/);
  t.is((await bourse(config, ['withdrawals', 'resume'])).exitCode, 0);
  t.is(withdrawals.state().paused, null);
  const audited = (await bourse(config, ['audit', '--action', 'operator.pause_withdrawals'])).stdout;
  t.regex(audited, /by command_line/);
});

test('operators approve and reject with keys of their own, in files that nobody else may read', async (t) => {
  const { config, server, pool } = await startTestExchange(t);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json() as [
    { accountId: string },
  ];
  await bourse(config, ['credit', 'ada@example.com', 'USDT', '5000']);
  const userId = (await pool.oneFirst(
    sql.unsafe`select id::int from users where email = 'ada@example.com'`,
  )) as number;
  const { withdrawals } = server.exchange;
  const ask = async (index: number) => {
    const asked = await withdrawals.request({
      accountId: Number(ada.accountId),
      userId,
      asset: 'USDT',
      amount: '1500',
      fee: '2',
      network: 'simulated',
      address: simulatedAddress('somebody else', index),
      clientWithdrawalId: null,
      unitValue: '1',
      flags: [],
    });
    if (!asked.ok) throw new Error(asked.refusal.detail);
    await withdrawals.confirm(asked.value.withdrawal.withdrawalNo, 0);
    return String(asked.value.withdrawal.withdrawalNo);
  };
  const [id, other] = [await ask(1), await ask(2)];
  const directory = await createDataDirectory(t);
  const begin = async (email: string, role: string) => {
    await bourse(config, ['operator', 'add', email, '--role', role]);
    const file = join(directory, `${role}.pem`);
    t.is((await bourse(config, ['approver-key', 'new', '--out', file])).exitCode, 0);
    t.is((await stat(file)).mode & 0o777, 0o600);
    return { as: ['--as', email], key: ['--key', file], file };
  };
  const risk = await begin('risk@example.com', 'risk');
  const treasurer = await begin('treasurer@example.com', 'treasurer');
  const again = await bourse(config, ['approver-key', 'new', '--out', risk.file]);
  t.regex(again.stderr, /key_file_exists/);

  const early = await bourse(config, [...risk.as, 'approve', id, ...risk.key, '--yes']);
  t.regex(early.stderr, /approver_key_not_found/);
  for (const { as, key } of [risk, treasurer]) {
    const registered = await bourse(config, [...as, 'approver-key', 'register', ...key]);
    t.is(registered.exitCode, 0, registered.stderr);
  }
  const foreign = await bourse(config, [...risk.as, 'approve', id, ...treasurer.key, '--yes']);
  t.regex(foreign.stderr, /approver_key_not_found/);
  const unasked = await bourse(config, [...risk.as, 'approve', id, ...risk.key]);
  t.regex(unasked.stderr, /not_confirmed/, 'nobody is at a terminal');
  const first = await bourse(config, [...risk.as, 'approve', id, ...risk.key, '--yes']);
  t.is(first.exitCode, 0, first.stderr);
  t.regex(first.stderr, /"amount": "1500"/, 'what is signed is shown');
  t.regex(first.stdout, /awaiting_approval, 1 of 2/);
  await chmod(treasurer.file, 0o644);
  const open = await bourse(config, [...treasurer.as, 'approve', id, ...treasurer.key, '--yes']);
  t.regex(open.stderr, /key_file_readable/);
  await chmod(treasurer.file, 0o600);
  const second = await bourse(config, [...treasurer.as, 'approve', id, ...treasurer.key, '--yes']);
  t.regex(second.stdout, /approved, 2 of 2/);
  const reject = ['reject', other, ...risk.key, '--yes', '--reason', 'a scam'];
  const rejected = await bourse(config, [...risk.as, ...reject]);
  t.regex(rejected.stdout, /rejected/, rejected.stderr);
});
