import test from 'ava';
import { PASSWORD } from '../gateway.ts';
import { sender, withSecret } from '../keys/signing.ts';
import { HOUR_MS, outside, startWithdrawing } from './customers.ts';

const WANTED = {
  name: 'payouts',
  algorithm: 'hmac-sha256',
  scopes: ['withdraw', 'read'],
  networks: ['127.0.0.0/8'],
  password: PASSWORD,
};

test('a key withdraws to listed addresses, once they may be used, and signs each request', async (t) => {
  const gateway = await startWithdrawing(t, { USDT: '5000' });
  const { customers, clock, trader } = gateway;
  const ada = customers[0]!;
  const bare = await trader();
  t.is((await bare.post('/v1/me/api-keys', WANTED)).body.code, 'no_second_factor');
  for (const bad of [{ networks: [] }, { algorithm: 'client-secret' }])
    t.is((await ada.send('POST', '/v1/me/api-keys', { ...WANTED, ...bad })).body.code, 'invalid_request');
  await ada.send('POST', '/v1/auth/step-up', { code: ada.nextCode() });
  const { status, body: key } = await ada.send('POST', '/v1/me/api-keys', WANTED);
  t.is(status, 201);
  const signed = sender(gateway, withSecret(key.id, key.secret));

  const listed = await ada.send('POST', '/v1/withdrawal-addresses', {
    label: 'cold wallet',
    network: 'simulated',
    address: outside(1),
    code: ada.nextCode(),
  });
  const wish = { asset: 'USDT', amount: '1500', addressId: listed.body.id, clientWithdrawalId: 'payout-1' };
  const early = await signed('POST', '/v1/withdrawals', wish);
  t.is(early.body.code, 'address_not_listed', 'its owner has a day to notice');
  const elsewhere = { asset: 'USDT', amount: '1500', address: outside(2) };
  t.is((await signed('POST', '/v1/withdrawals', elsewhere)).body.code, 'address_not_listed');
  const { withdrawal: asked } = (await ada.withdraw(elsewhere)).body;
  t.is(asked.status, 'requested', 'its owner may: the list is not the only way for him');

  clock.nowMs += 25 * HOUR_MS;
  await ada.signIn();
  const paid = await signed('POST', '/v1/withdrawals', wish);
  t.is(paid.status, 201, JSON.stringify(paid.body));
  t.is(paid.body.withdrawal.status, 'awaiting_approval', 'it is confirmed at once');
  const again = await signed('POST', '/v1/withdrawals', wish);
  t.is(again.status, 200);
  t.is(again.body.withdrawal.id, paid.body.withdrawal.id);

  // A token of the key would be good from anywhere.
  const { accessToken: token } = (await signed('POST', '/v1/auth/key-token')).body;
  const bearer = await gateway.request('POST', '/v1/withdrawals', { token, body: wish });
  t.is(bearer.body.code, 'key_required');
  t.is((await gateway.request('GET', '/v1/withdrawals', { token })).status, 200);
  for (const [method, path, body] of [
    ['POST', `/v1/withdrawals/${asked.id}/confirm`, { code: ada.nextCode() }],
    ['POST', `/v1/withdrawals/${asked.id}/cancel`, undefined],
    ['DELETE', `/v1/withdrawal-addresses/${listed.body.id}`, undefined],
  ] as const)
    t.is((await signed(method, path, body)).body.code, 'session_required', path);
  t.is((await ada.send('GET', `/v1/withdrawals/${asked.id}`)).body.withdrawal.status, 'requested');
});

test('a key without the scope withdraws nothing', async (t) => {
  const gateway = await startWithdrawing(t, { USDT: '5000' });
  const ada = gateway.customers[0]!;
  await ada.send('POST', '/v1/auth/step-up', { code: ada.nextCode() });
  const wanted = { ...WANTED, scopes: ['read', 'trade'] };
  const { body: key } = await ada.send('POST', '/v1/me/api-keys', wanted);
  const signed = sender(gateway, withSecret(key.id, key.secret));
  const wish = { asset: 'USDT', amount: '100', address: outside() };
  t.is((await signed('POST', '/v1/withdrawals', wish)).body.code, 'insufficient_scope');
  t.is(await ada.locked('USDT'), '0');
});
