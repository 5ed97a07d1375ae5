import test from 'ava';
import { sql } from 'slonik';
import { createAuthenticator } from '../../support/authenticator.ts';
import { PASSWORD, PUBLIC_URL } from '../gateway.ts';
import { outside, startWithdrawing } from './customers.ts';

test('a passkey confirms the withdrawal that it was asked for, once, and no other', async (t) => {
  const { customers, pool, request } = await startWithdrawing(t, { USDT: '9000' });
  const ada = customers[0]!;
  await ada.send('POST', '/v1/auth/step-up', { code: ada.nextCode() });
  const authenticator = createAuthenticator({ origin: PUBLIC_URL });
  const { body: toMake } = await ada.send('POST', '/v1/me/passkeys/options', { password: PASSWORD });
  const made = { name: 'phone', attestation: authenticator.make(toMake) };
  const { status, body } = await ada.send('POST', '/v1/me/passkeys', made);
  t.is(status, 201);
  const token = body.session.accessToken;
  await pool.query(sql.unsafe`update withdrawal_holds set until_ms = begins_at_ms`);
  const post = (path: string, given?: unknown) => request('POST', path, { token, body: given });
  const wish = { asset: 'USDT', amount: '1500', address: outside() };
  const one = (await post('/v1/withdrawals', wish)).body.withdrawal.id;
  const other = (await post('/v1/withdrawals', wish)).body.withdrawal.id;
  const signedFor = async (path: string) => ({ passkey: authenticator.sign((await post(path)).body) });
  const confirm = (id: string, shown: object) => post(`/v1/withdrawals/${id}/confirm`, shown);

  const general = await signedFor('/v1/auth/step-up/options');
  t.is((await confirm(one, general)).body.code, 'invalid_challenge', 'a step-up confirms no withdrawal');
  const forOther = await signedFor(`/v1/withdrawals/${other}/confirm/options`);
  t.is((await confirm(one, forOther)).body.code, 'invalid_challenge');
  const stepUp = await signedFor(`/v1/withdrawals/${one}/confirm/options`);
  t.is((await post('/v1/auth/step-up', stepUp)).body.code, 'invalid_challenge', 'nor the other way round');
  const good = await signedFor(`/v1/withdrawals/${one}/confirm/options`);
  t.is((await confirm(one, good)).body.withdrawal.status, 'awaiting_approval');
  t.is((await confirm(other, good)).body.code, 'invalid_challenge', 'what was used is used');
  t.is((await request('GET', `/v1/withdrawals/${other}`, { token })).body.withdrawal.status, 'requested');
});
