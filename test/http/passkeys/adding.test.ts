import test from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import { listWithdrawalHolds } from '../../../src/db/withdrawal-holds.ts';
import type { Misbehaviour } from '../../support/authenticator.ts';
import { PASSWORD } from '../gateway.ts';
import {
  addPasskey,
  newAuthenticator,
  optionsToMake,
  optionsToSignIn,
  poster,
  refusals,
  signUpWithPasskey,
  start,
  statusOf,
} from './people.ts';

const email = 'ada@example.com';

test('the options ask for an owner who is verified, and tell authenticators nothing of him', async (t) => {
  const gateway = await start(t);
  const { accessToken } = await gateway.signUp(email);
  const options = await optionsToMake(gateway, accessToken);
  t.like(options, {
    rp: { id: 'trade.example.com' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
  t.is(Buffer.from(options.challenge, 'base64url').length, 32);
  t.is(Buffer.from(options.user.id, 'base64url').length, 16);
  const again = await optionsToMake(gateway, accessToken);
  t.is(again.user.id, options.user.id);
  t.not(again.challenge, options.challenge);
  // The one before is good no more: a session has one at a time.
  const attestation = newAuthenticator().make(options);
  const late = await poster(gateway)('/v1/me/passkeys', { name: 'a', attestation }, accessToken);
  t.is(late.body.code, 'invalid_challenge');
});

const wrongPasskeys: readonly (readonly [what: string, why: string, wrong: Misbehaviour])[] = [
  ['asked by another page', 'wrong_origin', { origin: 'https://evil.example' }],
  ['of another host', 'not_as_asked', { rpId: 'evil.example' }],
  ['whose owner was not verified', 'not_as_asked', { userVerified: false }],
  ['with nobody there', 'not_as_asked', { userPresent: false }],
  ['in a frame of another page', 'embedded', { crossOrigin: true }],
  ['that is an assertion', 'not_as_asked', { type: 'webauthn.get' }],
  ['with an algorithm that was not asked for', 'not_as_asked', { algorithmId: -35 }],
  ['with certificates, which nobody asked for', 'certified', { certified: true }],
  ['whose name is too short to be one', 'not_as_asked', { credentialId: 'AAAA' }],
  ['over an invented challenge', 'no_challenge', { challenge: 'C'.repeat(43) }],
];

test('what was not made as it was asked is no passkey, and changes nothing', async (t) => {
  const gateway = await start(t);
  const { accessToken: token } = await gateway.signUp(email);
  for (const [what, why, wrong] of wrongPasskeys) {
    const attestation = newAuthenticator().make(await optionsToMake(gateway, token), wrong);
    const reply = await poster(gateway)('/v1/me/passkeys', { name: 'x', attestation }, token);
    t.is(reply.body.code, why === 'no_challenge' ? 'invalid_challenge' : 'invalid_passkey', what);
  }
  t.deepEqual(
    await refusals(gateway),
    wrongPasskeys.map(([, why]) => why),
  );
  t.deepEqual((await gateway.request('GET', '/v1/me/passkeys', { token })).body.items, []);
  t.is((await poster(gateway)('/v1/auth/login', { email, password: PASSWORD })).status, 200);
});

test('a passkey is made once of a challenge, in the session that asked, and of a password', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { accessToken: token } = await gateway.signUp(email);
  t.is(
    (await post('/v1/me/passkeys/options', { password: 'wrong' }, token)).body.code,
    'invalid_credentials',
  );
  t.deepEqual(await refusals(gateway), ['wrong_password']);
  const { body: other } = await post('/v1/auth/login', { email, password: PASSWORD });
  const eve = await gateway.signUp('eve@example.com');
  const options = await optionsToMake(gateway, token);
  const attestation = newAuthenticator().make(options);
  const add = (shown: string) => post('/v1/me/passkeys', { name: 'phone', attestation }, shown);
  t.is((await add(other.accessToken)).body.code, 'invalid_challenge', 'another session of his');
  t.is((await add(eve.accessToken)).body.code, 'invalid_challenge', 'somebody else');
  const signed = newAuthenticator().make(options);
  const replies = await Promise.all([...Array(6)].map(() => add(token)));
  t.deepEqual(replies.map(({ status }) => status).filter((status) => status === 201).length, 1);
  // All sessions ended with it: the losers are refused for their challenge, for not being fresh, or for their session.
  for (const { status, body } of replies)
    t.true(
      status === 201 || ['invalid_challenge', 'step_up_required', 'unauthenticated'].includes(body.code),
    );
  t.is((await post('/v1/me/passkeys', { name: 'again', attestation: signed }, token)).status, 401);
});

test('a question to step up makes no passkey, and what was fresh when it was asked must still be', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { token, authenticator } = await signUpWithPasskey(t, gateway, email);
  const make = async (challenge?: string) => {
    const options = await optionsToMake(gateway, token);
    const attestation = newAuthenticator().make(options, challenge === undefined ? {} : { challenge });
    return { name: 'x', attestation };
  };
  const { body: question } = await post('/v1/auth/step-up/options', undefined, token);
  const withoutPassword = await make(question.challenge);
  t.is((await post('/v1/me/passkeys', withoutPassword, token)).body.code, 'invalid_challenge');
  const forAdding = { ...question, challenge: (await optionsToMake(gateway, token)).challenge };
  const passkey = authenticator.sign(forAdding);
  t.is((await post('/v1/auth/step-up', { passkey }, token)).body.code, 'invalid_challenge');
  const renamed = await make();
  const other = { id: 'D'.repeat(43), rawId: 'D'.repeat(43) };
  const body = { ...renamed, attestation: { ...renamed.attestation, ...other } };
  t.is(
    (await post('/v1/me/passkeys', body, token)).body.code,
    'invalid_passkey',
    'named otherwise than signed',
  );
  gateway.clock.nowMs += 9 * 60_000;
  const made = await make();
  gateway.clock.nowMs += 2 * 60_000;
  t.is((await post('/v1/me/passkeys', made, token)).body.code, 'step_up_required');
});

test('a credential is of one user only, and of his once', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const ada = await signUpWithPasskey(t, gateway, email);
  const stolen = ada.authenticator.credentials[0]!.id;
  const { accessToken: eve } = await gateway.signUp('eve@example.com');
  const attestation = newAuthenticator().make(await optionsToMake(gateway, eve), { credentialId: stolen });
  t.is((await post('/v1/me/passkeys', { name: 'x', attestation }, eve)).body.code, 'passkey_exists');
  t.is(await statusOf(gateway, eve), 200, 'and nothing was changed');
  t.is((await gateway.request('GET', '/v1/me', { token: eve })).body.secondFactor.recoveryCodesLeft, 0);
  // His own authenticator is told not to make a second one.
  const options = await optionsToMake(gateway, ada.token);
  t.deepEqual(
    options.excludeCredentials.map(({ id }: { id: string }) => id),
    [stolen],
  );
  t.throws(() => ada.authenticator.make(options), { message: /excluded/ });
});

test('a second passkey takes the first to be shown, leaves the recovery codes, and there are twenty at most', async (t) => {
  const gateway = await start(t);
  const ada = await signUpWithPasskey(t, gateway, email);
  let { token } = ada;
  gateway.clock.nowMs += 11 * 60_000;
  const post = poster(gateway);
  t.is((await post('/v1/me/passkeys/options', { password: PASSWORD }, token)).body.code, 'step_up_required');
  const { body: question } = await post('/v1/auth/step-up/options', undefined, token);
  const stepUp = { passkey: ada.authenticator.sign(question) };
  t.is((await post('/v1/auth/step-up', stepUp, token)).status, 204);
  const second = await addPasskey(gateway, token, newAuthenticator(), 'key ring');
  t.is(second.status, 201);
  t.is(second.body.recoveryCodes, null);
  token = second.body.session.accessToken;
  await gateway.pool.query(sql.unsafe`
    insert into passkeys (id, user_id, name, credential_id, public_key, sign_count, transports, is_synced, created_at_ms)
    select 'pk_' || lpad(n::text, 20, '0'), user_id, name, sha256(n::text::bytea), public_key, 0, '{}', false, 0
    from passkeys, generate_series(1, 17) n where id = ${ada.passkeyId}`);
  const options = await optionsToMake(gateway, token);
  const attestation = newAuthenticator().make(options);
  const twentieth = await post('/v1/me/passkeys', { name: '20', attestation }, token);
  t.is(twentieth.status, 201);
  token = twentieth.body.session.accessToken;
  const full = await post('/v1/me/passkeys/options', { password: PASSWORD }, token);
  t.is(full.body.code, 'too_many_passkeys');
});

test('a passkey is renamed and removed by its owner only; the last takes the recovery codes along', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const ada = await signUpWithPasskey(t, gateway, email);
  const eve = await signUpWithPasskey(t, gateway, 'eve@example.com');
  const path = `/v1/me/passkeys/${ada.passkeyId}`;
  const rename = (token: string, body: unknown) => gateway.request('PATCH', path, { token, body });
  t.is((await rename(eve.token, { name: 'mine' })).body.code, 'not_found');
  t.is((await rename(ada.token, { name: 'mine', signCount: 0 })).body.code, 'invalid_request');
  t.is((await rename(ada.token, { name: ' new phone ' })).body.name, 'new phone');
  t.is((await gateway.request('DELETE', path, { token: eve.token })).body.code, 'not_found');
  gateway.clock.nowMs += 11 * 60_000;
  t.is((await gateway.request('DELETE', path, { token: ada.token })).body.code, 'step_up_required');
  t.is((await post('/v1/auth/step-up', { code: ada.recoveryCodes[0] }, ada.token)).status, 204);
  const removed = await gateway.request('DELETE', path, { token: ada.token });
  t.is(removed.status, 200);
  t.is(await statusOf(gateway, ada.token), 401);
  const { body: me } = await gateway.request('GET', '/v1/me', { token: removed.body.accessToken });
  const holds = await listWithdrawalHolds(gateway.pool, Number(me.userId), gateway.clock.nowMs);
  t.deepEqual(holds.map(({ reason }) => reason).sort(), [
    'factor_added',
    'factor_removed',
    'recovery_code_used',
  ]);
  const mails = await gateway.pool.anyFirst(sql.type(z.object({ kind: z.string() }))`
    select kind from mails where recipient = ${email} order by kind`);
  for (const kind of ['factor_added', 'factor_removed', 'recovery_code_used'])
    t.true(mails.includes(kind), kind);
  t.deepEqual(me.secondFactor, { totp: false, passkeys: 0, recoveryCodesLeft: 0 });
  t.is((await post('/v1/auth/login', { email, password: PASSWORD })).status, 200);
  const assertion = ada.authenticator.sign(await optionsToSignIn(gateway));
  t.is((await post('/v1/auth/passkey', { assertion })).body.code, 'invalid_passkey');
  const { body: events } = await gateway.request('GET', '/v1/me/security-events', {
    token: removed.body.accessToken,
  });
  const actions = events.items.map(({ action }: { action: string }) => action);
  for (const action of ['passkey.added', 'passkey.renamed', 'passkey.removed', 'recovery_code.used'])
    t.true(actions.includes(action), action);
});
