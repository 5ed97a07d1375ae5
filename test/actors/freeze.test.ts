import test from 'ava';
import { policyLine, SetDigest } from '../../src/actors/replay/digest.ts';
import { Replay } from '../../src/actors/replay/replay.ts';
import { readLog, readPolicies } from '../../src/db/replay-source.ts';
import { codeOf, mustBeOk, startTestExchange } from '../support/exchange.ts';

test('a freeze and its end outlive a restart, and the log replays to the same', async (t) => {
  const first = await startTestExchange(t);
  const alice = await first.account({ USD: '1000' });
  const bob = await first.account({ BTC: '5' });
  const resting = mustBeOk(await first.place(alice, { price: '90' })).order;
  t.true(mustBeOk(await first.exchange.setAccountPolicy(alice, { frozen: true })).frozen);
  t.is(codeOf(await first.place(alice, {})), 'account_frozen');

  const second = await first.restart();
  t.is(codeOf(await second.place(alice, {})), 'account_frozen');
  // What rests goes on as it stands.
  t.is(mustBeOk(await second.place(bob, { side: 'sell', price: '90', quantity: '0.4' })).fills.length, 1);
  mustBeOk(await second.exchange.credit({ accountId: alice, asset: 'USD', amount: '1' }));
  const canceled = await second.exchange.cancelAllOrders({ accountId: alice });
  t.deepEqual(canceled, { ok: true, value: [resting.id] });
  t.false(mustBeOk(await second.exchange.setAccountPolicy(alice, { frozen: false })).frozen);
  mustBeOk(await second.exchange.setAccountPolicy(bob, { frozen: true, tradeGroup: alice }));

  const third = await second.restart();
  mustBeOk(await third.place(alice, {}));
  t.is(codeOf(await third.place(bob, { side: 'sell' })), 'account_frozen');

  const replay = new Replay();
  t.teardown(() => replay.stop());
  for await (const batch of readLog(third.pool)) await replay.apply(batch);
  const stored = new SetDigest();
  for (const { accountId, ...policy } of await readPolicies(third.pool))
    stored.add(policyLine(accountId, policy));
  t.is(stored.count, 1);
  t.is(replay.state.policies.value, stored.value);
});

test('a stop that waits fires while the account is frozen', async (t) => {
  const { exchange, place, account, wallet } = await startTestExchange(t);
  const alice = await account({ USD: '1000' });
  const bob = await account({ BTC: '5' });
  const carol = await account({ USD: '1000' });
  mustBeOk(await place(bob, { side: 'sell', price: '100', quantity: '0.1' }));
  mustBeOk(await place(carol, { price: '100', quantity: '0.1' }));
  mustBeOk(await place(bob, { side: 'sell', price: '101', quantity: '1' }));
  const stop = { type: 'stop_limit' as const, stopPrice: '101', price: '102', quantity: '0.5' };
  mustBeOk(await place(alice, stop));
  mustBeOk(await exchange.setAccountPolicy(alice, { frozen: true }));
  t.is(await wallet(alice, 'BTC'), '0/0');
  mustBeOk(await place(carol, { price: '101', quantity: '0.1' }));
  t.regex(await wallet(alice, 'BTC'), /^49[0-9]+\/0$/, 'half a bitcoin less the fee');
});

test('of many orders that race with a freeze none that was sent after its answer gets in', async (t) => {
  const { exchange, place, account } = await startTestExchange(t);
  const alice = await account({ USD: '100000' });
  let isFrozen = false;
  const late: string[] = [];
  const trader = async (name: number) => {
    for (let index = 0; index < 25; index += 1) {
      const wasFrozen = isFrozen;
      const answer = await place(alice, { quantity: '0.1', clientOrderId: `${name}-${index}` });
      if (wasFrozen) late.push(codeOf(answer));
    }
  };
  const freeze = async () => {
    // Somewhere in the middle of them.
    await place(alice, { quantity: '0.1' });
    await place(alice, { quantity: '0.1' });
    mustBeOk(await exchange.setAccountPolicy(alice, { frozen: true }));
    isFrozen = true;
  };
  // A change of something else at the same time does not undo it.
  const other = () => exchange.setAccountPolicy(alice, { selfTrade: 'cancel_both' });
  await Promise.all([trader(1), trader(2), trader(3), freeze().then(other), other()]);
  await trader(4);
  t.true(late.length >= 25);
  t.deepEqual(new Set(late), new Set(['account_frozen']));
  t.is(codeOf(await place(alice, {})), 'account_frozen');
});
