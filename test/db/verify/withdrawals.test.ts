import test from 'ava';
import { type QuerySqlToken, sql } from 'slonik';
import { runChecks } from '../../../src/db/verify/verify.ts';
import { mustBeOk, startTestExchange } from '../../support/exchange.ts';
import { approvalBy, USD_POLICY, withdrawalOf } from '../../support/withdrawals.ts';

const one = sql.unsafe;
class Undone extends Error {}

const corruptions: readonly (readonly [what: string, change: QuerySqlToken, noticedBy: readonly string[]])[] =
  [
    ['a larger amount', one`update withdrawals set amount_minor = amount_minor + 1`, ['withdrawals_posted']],
    ['another payee', one`update withdrawals set account_id = 1001`, ['withdrawals_posted']],
    [
      'an end that it never had',
      one`update withdrawals set status = 'failed'`,
      ['withdrawals_follow_events'],
    ],
    [
      'a rule that would have asked for more people',
      one`update withdrawals set rule = jsonb_set(rule, '{required}', '3')`,
      ['withdrawals_follow_events'],
    ],
    ['who asked among the approvers', one`update withdrawals set user_id = 1`, ['withdrawals_follow_events']],
    [
      'a cost of the network that was larger',
      one`update network_costs set amount_minor = 3`,
      ['network_costs_posted'],
    ],
  ];

test('whoever changes a withdrawal behind its events is found', async (t) => {
  const started = await startTestExchange(t);
  const { exchange, pool } = started;
  const { withdrawals } = exchange;
  mustBeOk(await withdrawals.setPolicy(USD_POLICY));
  const alice = await started.account({ USD: '1000' });
  await started.account();
  const { withdrawal } = mustBeOk(await withdrawals.request(withdrawalOf(alice, { amount: '500' })));
  const held = mustBeOk(await withdrawals.confirm(withdrawal.withdrawalNo, 0));
  for (const userId of [1, 2]) mustBeOk(await withdrawals.approve(1, approvalBy(started, held, userId)));
  mustBeOk(await withdrawals.sign(1, 1, 'p'));
  mustBeOk(await withdrawals.sent(1, 't'));
  mustBeOk(await withdrawals.settle(1, { txId: 't', networkCosts: [{ assetId: 2, amountMinor: '2' }] }));
  for (const [what, change, noticedBy] of corruptions) {
    const undone = pool.transaction(async (db) => {
      await db.query(change);
      const broken = (await runChecks(db)).filter(({ ok }) => !ok).map(({ name }) => name);
      for (const name of noticedBy) t.true(broken.includes(name), `${what}: ${broken}`);
      throw new Undone();
    });
    await t.throwsAsync(undone, { instanceOf: Undone });
  }
  await t.throwsAsync(
    pool.query(one`delete from withdrawal_events`),
    { message: /never changed/ },
    'nothing is taken back',
  );
});
