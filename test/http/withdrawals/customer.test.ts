import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { setAssetNetwork } from '../../../src/db/custody/asset-networks.ts';
import { holdWithdrawals } from '../../../src/db/withdrawal-holds.ts';
import { HOUR_MS, outside, startWithdrawing } from './customers.ts';

const usdt = (amount: string, more: object = {}) => ({ asset: 'USDT', amount, address: outside(), ...more });

test('a withdrawal holds its funds, is confirmed by a code, and arrives', async (t) => {
  const { customers, chain, exchange } = await startWithdrawing(t, { USDT: '5000' });
  const ada = customers[0]!;
  const named = usdt('100', { clientWithdrawalId: 'rent-july' });
  const asked = await ada.withdraw(named);
  t.is(asked.status, 201);
  const { withdrawal } = asked.body;
  t.like(withdrawal, { status: 'requested', amount: '100', fee: '2', total: '102', network: 'simulated' });
  t.is(await ada.locked('USDT'), '102');

  const again = await ada.withdraw(named);
  t.is(again.status, 200);
  t.is(again.body.withdrawal.id, withdrawal.id);
  t.is(await ada.locked('USDT'), '102', 'a repeat holds nothing more');
  t.is((await ada.withdraw({ ...named, amount: '101' })).body.code, 'client_withdrawal_id_conflict');

  const path = `/v1/withdrawals/${withdrawal.id}`;
  const good = ada.nextCode();
  const wrong = good === '000000' ? '111111' : '000000';
  t.is((await ada.send('POST', `${path}/confirm`, { code: wrong })).body.code, 'invalid_code');
  t.is((await ada.send('GET', path)).body.withdrawal.status, 'requested');
  const confirmed = await ada.send('POST', `${path}/confirm`, { code: good });
  t.is(confirmed.body.withdrawal.status, 'approved', 'nobody has to approve so little');
  const repeated = await ada.send('POST', `${path}/confirm`, { code: ada.nextCode() });
  t.is(repeated.body.code, 'withdrawal_not_open');
  const statusNow = async () => (await ada.send('GET', path)).body.withdrawal.status;
  while ((await statusNow()) !== 'broadcast') await delay(10);
  t.is((await ada.send('POST', `${path}/cancel`)).body.code, 'withdrawal_not_open', 'it can’t be taken back');
  for (let block = 0; block < 3; block += 1) await chain.mine();
  while ((await statusNow()) !== 'confirmed') await delay(10);

  const { body } = await ada.send('GET', path);
  const types = body.history.map(({ type }: { type: string }) => type);
  t.deepEqual(types, ['requested', 'confirmed', 'cleared', 'signed', 'sent', 'settled']);
  t.is(body.history.at(-1).note, body.withdrawal.txId);
  const { balances } = (await ada.send('GET', '/v1/balances')).body;
  const left = balances.find(({ asset }: { asset: string }) => asset === 'USDT');
  t.like(left, { balance: '4898', locked: '0' });
  const listed = async (status: string) =>
    (await ada.send('GET', `/v1/withdrawals?status=${status}`)).body.items.length;
  t.is(await listed('confirmed,failed'), 1);
  t.is(await listed('canceled'), 0);
  const limits = await ada.send('GET', '/v1/withdrawals/limits');
  t.deepEqual(limits.body.day, { limit: '250000', used: '100', remaining: '249900' });
  t.is(exchange.withdrawals.state().paused, null);
});

test('what two operators have to approve can be taken back until they have', async (t) => {
  const { customers } = await startWithdrawing(t, { USDT: '5000' });
  const ada = customers[0]!;
  const { withdrawal } = (await ada.withdraw(usdt('1500'))).body;
  const path = `/v1/withdrawals/${withdrawal.id}`;
  const confirmed = await ada.send('POST', `${path}/confirm`, { code: ada.nextCode() });
  t.is(confirmed.body.withdrawal.status, 'awaiting_approval');
  t.deepEqual(confirmed.body.withdrawal.approvals, { given: 0, required: 2 });
  t.is(await ada.locked('USDT'), '1502');
  t.is((await ada.send('POST', `${path}/cancel`)).body.withdrawal.status, 'canceled');
  t.is(await ada.locked('USDT'), '0');
  t.is((await ada.send('POST', `${path}/cancel`)).body.code, 'withdrawal_not_open');
  t.is((await ada.send('GET', '/v1/withdrawals/limits')).body.day.used, '0', 'it counts for no limit');
});

test('what may not be withdrawn is refused by its own code, and nothing is held or kept', async (t) => {
  const { customers, exchange, pool, clock, trader } = await startWithdrawing(t, {
    USDT: '300000',
    BTC: '1',
  });
  const ada = customers[0]!;
  const refused = async (body: object, code: string) => {
    const reply = await ada.withdraw(body);
    t.is(reply.body.code, code, JSON.stringify(body));
    t.is(await ada.locked('USDT'), '0');
    t.is((await ada.send('GET', '/v1/withdrawals')).body.items.length, 0);
  };
  await refused({ ...usdt('100'), asset: 'NONE' }, 'asset_not_found');
  await refused(usdt('100', { network: 'nowhere' }), 'network_not_found');
  await refused(usdt('100', { address: outside().replace(/.$/, 'x') }), 'invalid_address');
  await refused(usdt('9.999999'), 'withdrawal_too_small');
  await refused(usdt('100.0000001'), 'too_many_decimals');
  await refused(usdt('0'), 'withdrawal_too_small');
  await refused(usdt('260000'), 'withdrawal_limit');
  await refused({ asset: 'BTC', amount: '1', address: outside() }, 'insufficient_funds');
  await refused(usdt('100', { address: undefined, addressId: `wa_${'x'.repeat(20)}` }), 'address_not_listed');
  await refused({ asset: 'USDT', amount: '100' }, 'invalid_request');
  await refused(usdt('100', { addressId: `wa_${'x'.repeat(20)}` }), 'invalid_request');

  const bare = await trader({ USDT: '1000' });
  t.is((await bare.post('/v1/withdrawals', usdt('100'))).body.code, 'no_second_factor');

  const way = {
    assetId: exchange.catalog().asset('USDT')!.id,
    network: 'simulated',
    withdrawalFeeMinor: 2_000_000n,
    minWithdrawalMinor: 10_000_000n,
    minDepositMinor: 1_000_000n,
    deposits: true,
  };
  const closed = async () =>
    (await ada.send('GET', '/v1/networks')).body.networks[0].assets.some(
      (one: { asset: string; withdrawals: boolean }) => one.asset === 'USDT' && !one.withdrawals,
    );
  await setAssetNetwork(pool, { ...way, withdrawals: false });
  while (!(await closed())) await delay(10);
  await refused(usdt('100'), 'withdrawals_disabled');
  await setAssetNetwork(pool, { ...way, withdrawals: true });
  while (await closed()) await delay(10);

  await exchange.withdrawals.pause('a drill');
  await refused(usdt('100'), 'withdrawals_paused');
  t.true((await ada.send('GET', '/v1/withdrawals/limits')).body.paused);
  await exchange.withdrawals.resume();
  await exchange.setAccountPolicy(Number(ada.accountId), { frozen: true });
  await refused(usdt('100'), 'account_frozen');
  await exchange.setAccountPolicy(Number(ada.accountId), { frozen: false });
  await holdWithdrawals(pool, ada.userId, 'password_changed', { nowMs: clock.nowMs, holdMs: HOUR_MS });
  await refused(usdt('100'), 'withdrawals_held');
  t.is(
    (await ada.send('GET', '/v1/withdrawals/limits')).body.heldUntil,
    new Date(clock.nowMs + HOUR_MS).toISOString(),
  );
  clock.nowMs += HOUR_MS;
  await ada.signIn();
  t.is((await ada.withdraw(usdt('100'))).status, 201, 'when the hold is over it is taken');
});

test('what came to hold withdrawals after the request holds it when it is confirmed', async (t) => {
  const { customers, pool, clock } = await startWithdrawing(t, { USDT: '1000' });
  const ada = customers[0]!;
  const { withdrawal } = (await ada.withdraw(usdt('100'))).body;
  const until = clock.nowMs + 5 * HOUR_MS;
  await holdWithdrawals(pool, ada.userId, 'password_changed', { nowMs: clock.nowMs, holdMs: 5 * HOUR_MS });
  const path = `/v1/withdrawals/${withdrawal.id}/confirm`;
  const confirmed = (await ada.send('POST', path, { code: ada.nextCode() })).body.withdrawal;
  t.is(confirmed.status, 'held');
  t.is(confirmed.heldUntil, new Date(until).toISOString());
});

test('nobody sees, confirms, cancels or borrows what is somebody else’s', async (t) => {
  const { customers } = await startWithdrawing(t, { USDT: '1000' }, { USDT: '1000' });
  const [ada, eve] = [customers[0]!, customers[1]!];
  const { withdrawal } = (await ada.withdraw(usdt('100'))).body;
  const listed = await ada.send('POST', '/v1/withdrawal-addresses', {
    label: 'cold',
    network: 'simulated',
    address: outside(7),
    code: ada.nextCode(),
  });
  t.is(listed.status, 201);
  const path = `/v1/withdrawals/${withdrawal.id}`;
  t.is((await eve.send('GET', path)).body.code, 'withdrawal_not_found');
  t.is((await eve.send('POST', `${path}/cancel`)).body.code, 'withdrawal_not_found');
  t.is(
    (await eve.send('POST', `${path}/confirm`, { code: eve.nextCode() })).body.code,
    'withdrawal_not_found',
  );
  t.is((await eve.send('GET', '/v1/withdrawals')).body.items.length, 0);
  const stolen = { asset: 'USDT', amount: '100', addressId: listed.body.id };
  t.is((await eve.withdraw(stolen)).body.code, 'address_not_listed');
  t.is((await eve.send('DELETE', `/v1/withdrawal-addresses/${listed.body.id}`)).body.code, 'not_found');
  t.is((await ada.send('GET', path)).body.withdrawal.status, 'requested');
  t.is((await ada.send('GET', '/v1/withdrawal-addresses')).body.addresses.length, 1);
});

test('requests at once never hold more than there is, and one outcome wins', async (t) => {
  const { customers } = await startWithdrawing(t, { USDT: '5000' });
  const ada = customers[0]!;
  // So much that operators have to approve: no payment takes it meanwhile.
  const asked = await Promise.all(Array.from({ length: 6 }, () => ada.withdraw(usdt('1500'))));
  t.deepEqual(asked.map(({ status }) => status).sort(), [201, 201, 201, 422, 422, 422]);
  t.is(await ada.locked('USDT'), '4506');

  const ids = asked.filter(({ status }) => status === 201).map(({ body }) => body.withdrawal.id as string);
  const code = ada.nextCode();
  const shown = await Promise.all(
    ids.slice(0, 2).map((id) => ada.send('POST', `/v1/withdrawals/${id}/confirm`, { code })),
  );
  t.deepEqual(shown.map(({ status }) => status).sort(), [200, 422], 'a code confirms one withdrawal');

  const last = `/v1/withdrawals/${ids[2]}`;
  const [confirmed, canceled] = await Promise.all([
    ada.send('POST', `${last}/confirm`, { code: ada.nextCode() }),
    ada.send('POST', `${last}/cancel`),
  ]);
  const { withdrawal } = (await ada.send('GET', last)).body;
  if (canceled.status === 200) {
    t.is(withdrawal.status, 'canceled');
    t.is(await ada.locked('USDT'), '3004');
  } else {
    t.is(confirmed.status, 200);
    t.is(canceled.body.code, 'withdrawal_not_open');
    t.is(withdrawal.status, 'awaiting_approval');
    t.is(await ada.locked('USDT'), '4506');
  }
});
