import test from 'ava';
import { sql } from 'slonik';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
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
