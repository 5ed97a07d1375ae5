import test from 'ava';
import { TOTP } from 'otpauth';
import type { Misbehaviour } from '../../support/authenticator.ts';
import { PASSWORD } from '../gateway.ts';
import {
  newAuthenticator,
  optionsToMake,
  optionsToSignIn,
  poster,
  signUpWithPasskey,
  start,
  statusOf,
  together,
} from './people.ts';

const email = 'ada@example.com';
const LOGIN = { email, password: PASSWORD };

test('with a passkey, a password alone opens nothing; the passkey finishes the sign-in', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { authenticator, recoveryCodes } = await signUpWithPasskey(t, gateway, email);
  const login = await post('/v1/auth/login', LOGIN);
  t.is(login.status, 202);
  t.deepEqual(login.body.factors, ['passkey', 'recovery_code']);
  const { challenge } = login.body;
  const { body: options } = await post('/v1/auth/second-factor/options', { challenge });
  t.deepEqual(
    options.allowCredentials.map(({ id, transports }: { id: string; transports: string[] }) => [
      id,
      transports,
    ]),
    [[authenticator.credentials[0]!.id, ['internal', 'hybrid']]],
  );
  // An authenticator that is not asked for its passkeys need not say whose it is.
  const passkey = authenticator.sign(options, { userHandle: null });
  const opened = await post('/v1/auth/second-factor', { challenge, passkey });
  t.is(opened.status, 200);
  t.is(await statusOf(gateway, opened.body.accessToken), 200);
  t.is((await post('/v1/auth/second-factor', { challenge, passkey })).body.code, 'invalid_challenge');
  t.is((await post('/v1/auth/second-factor/options', { challenge })).body.code, 'invalid_challenge');
  const { body: again } = await post('/v1/auth/login', LOGIN);
  const body = { challenge: again.challenge, code: recoveryCodes[0] };
  t.is((await post('/v1/auth/second-factor', body)).status, 200);
});

test('a passkey of somebody else, or what was signed for something else, finishes nothing', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const ada = await signUpWithPasskey(t, gateway, email);
  const eve = await signUpWithPasskey(t, gateway, 'eve@example.com');
  const { challenge } = (await post('/v1/auth/login', LOGIN)).body;
  const ask = async () => (await post('/v1/auth/second-factor/options', { challenge })).body;
  const finish = (passkey: unknown) => post('/v1/auth/second-factor', { challenge, passkey });
  const { allowCredentials: _, ...anyOf } = await ask();
  t.is((await finish(eve.authenticator.sign(anyOf))).body.code, 'invalid_passkey', 'somebody else’s');
  const asHers = { credentialId: ada.authenticator.credentials[0]!.id };
  const { allowCredentials: __, ...again } = await ask();
  t.is((await finish(eve.authenticator.sign(again, asHers))).body.code, 'invalid_passkey', 'under her name');
  const forSignIn = ada.authenticator.sign(await optionsToSignIn(gateway));
  t.is((await finish(forSignIn)).body.code, 'invalid_challenge', 'for another purpose');
  const { body: stepUp } = await post('/v1/auth/step-up/options', undefined, ada.token);
  t.is((await finish(ada.authenticator.sign(stepUp))).body.code, 'invalid_challenge', 'for a session');
  const { body: other } = await post('/v1/auth/login', LOGIN);
  const { body: ofOther } = await post('/v1/auth/second-factor/options', { challenge: other.challenge });
  t.is((await finish(ada.authenticator.sign(ofOther))).body.code, 'invalid_challenge', 'for another sign-in');
  const assertion = ada.authenticator.sign(await ask());
  t.is(
    (await post('/v1/auth/passkey', { assertion })).body.code,
    'invalid_challenge',
    'nor the other way round',
  );
  for (const body of [{ challenge }, { challenge, code: '123456', passkey: assertion }])
    t.is((await post('/v1/auth/second-factor', body)).body.code, 'invalid_request');
  t.is((await finish(ada.authenticator.sign(await ask()))).status, 200);
  const { body: events } = await gateway.request('GET', '/v1/me/security-events', { token: eve.token });
  t.false(JSON.stringify(events).includes('passkey.refused'), 'Eve reads nothing of Ada’s');
});

test('ten wrong passkeys or codes an hour are looked at and no more, but none of them keeps the passkey from signing in', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { authenticator, token } = await signUpWithPasskey(t, gateway, email);
  const stepUp = async (wrong: Misbehaviour = {}) => {
    const { body: options } = await post('/v1/auth/step-up/options', undefined, token);
    return post('/v1/auth/step-up', { passkey: authenticator.sign(options, wrong) }, token);
  };
  for (let count = 0; count < 3; count += 1) t.is((await stepUp()).status, 204, 'right ones don’t count');
  for (let count = 0; count < 7; count += 1)
    t.is((await stepUp({ userVerified: false })).body.code, 'invalid_passkey');
  const codes = await Promise.all(
    [...Array(5)].map(() => post('/v1/auth/step-up', { code: '000000' }, token)),
  );
  t.deepEqual(codes.map(({ status }) => status).sort(), [422, 422, 422, 429, 429]);
  t.is((await stepUp()).status, 429);
  const assertion = authenticator.sign(await optionsToSignIn(gateway));
  t.is((await post('/v1/auth/passkey', { assertion })).status, 200);
});

test('guesses at one passkey are limited for each address', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const wrong = authenticator.sign(await optionsToSignIn(gateway), { tamper: 'signature' });
  for (let count = 0; count < 20; count += 1)
    t.not((await post('/v1/auth/passkey', { assertion: wrong })).status, 429);
  t.is((await post('/v1/auth/passkey', { assertion: wrong })).status, 429);
});

test('a step-up by passkey opens what takes a fresh factor, in its own session only', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { authenticator, token } = await signUpWithPasskey(t, gateway, email);
  const opened = await post('/v1/auth/passkey', {
    assertion: authenticator.sign(await optionsToSignIn(gateway)),
  });
  const other: string = opened.body.accessToken;
  gateway.clock.nowMs += 11 * 60_000;
  const key = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read'], password: PASSWORD };
  t.is((await post('/v1/me/api-keys', key, token)).body.code, 'step_up_required');
  const { body: options } = await post('/v1/auth/step-up/options', undefined, other);
  const passkey = authenticator.sign(options);
  t.is((await post('/v1/auth/step-up', { passkey }, token)).body.code, 'invalid_challenge');
  t.is((await post('/v1/auth/step-up', { passkey }, other)).status, 204);
  t.is((await post('/v1/auth/step-up', { passkey }, other)).body.code, 'invalid_challenge', 'once');
  t.is((await post('/v1/me/api-keys', key, token)).body.code, 'step_up_required');
  t.is((await post('/v1/me/api-keys', key, other)).status, 201);
  const { body: events } = await gateway.request('GET', '/v1/me/security-events', { token: other });
  const stepUps = events.items.filter(({ action }: { action: string }) => action === 'session.stepped_up');
  t.is(stepUps.length, 1);
});

test('an authenticator beside a passkey: each is removed by the other, and recovery codes stay with the last', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const {
    authenticator,
    passkeyId,
    recoveryCodes,
    token: first,
  } = await signUpWithPasskey(t, gateway, email);
  gateway.clock.nowMs += 11 * 60_000;
  t.is((await post('/v1/me/totp', { password: PASSWORD }, first)).body.code, 'step_up_required');
  const show = async (token: string) => {
    const { body: options } = await post('/v1/auth/step-up/options', undefined, token);
    return { passkey: authenticator.sign(options) };
  };
  t.is((await post('/v1/auth/step-up', await show(first), first)).status, 204);
  const { body: begun } = await post('/v1/me/totp', { password: PASSWORD }, first);
  const code = () => new TOTP({ secret: begun.secret }).generate({ timestamp: gateway.clock.nowMs });
  const confirmed = await post('/v1/me/totp/confirm', { code: code() }, first);
  t.is(confirmed.status, 200);
  t.is(confirmed.body.recoveryCodes, null);
  let token: string = confirmed.body.session.accessToken;
  t.deepEqual((await post('/v1/auth/login', LOGIN)).body.factors, ['totp', 'passkey', 'recovery_code']);
  const me = async () => (await gateway.request('GET', '/v1/me', { token })).body.secondFactor;
  t.deepEqual(await me(), { totp: true, passkeys: 1, recoveryCodesLeft: 10 });

  const removed = await post('/v1/me/totp/remove', { password: PASSWORD, ...(await show(token)) }, token);
  t.is(removed.status, 200);
  token = removed.body.accessToken;
  t.deepEqual(await me(), { totp: false, passkeys: 1, recoveryCodesLeft: 10 });
  const none = await post('/v1/me/totp/remove', { password: PASSWORD, ...(await show(token)) }, token);
  t.is(none.body.code, 'no_second_factor');
  t.is((await post('/v1/auth/step-up', { code: recoveryCodes[0] }, token)).status, 204);
  const renewed = await post('/v1/me/recovery-codes', await show(token), token);
  t.is(renewed.body.recoveryCodes.length, 10);
  const last = await gateway.request('DELETE', `/v1/me/passkeys/${passkeyId}`, { token });
  token = last.body.accessToken;
  t.deepEqual(await me(), { totp: false, passkeys: 0, recoveryCodesLeft: 0 });
  t.is((await post('/v1/auth/step-up/options', undefined, token)).body.code, 'no_passkey');
});

test('of an authenticator and a passkey that would be the first at once one is', async (t) => {
  const gateway = await start(t);
  const post = poster(gateway);
  const { accessToken: token } = await gateway.signUp(email);
  const { body: begun } = await post('/v1/me/totp', { password: PASSWORD }, token);
  const code = new TOTP({ secret: begun.secret }).generate({ timestamp: gateway.clock.nowMs });
  const attestation = newAuthenticator().make(await optionsToMake(gateway, token));
  const replies = await together(
    gateway,
    () => post('/v1/me/totp/confirm', { code }, token),
    () => post('/v1/me/passkeys', { name: 'phone', attestation }, token),
  );
  const [won, ...more] = replies.filter(({ status }) => status < 300);
  t.deepEqual(more, []);
  t.is(won!.body.recoveryCodes.length, 10);
  t.is(await statusOf(gateway, won!.body.session.accessToken), 200);
  const lost = replies.find(({ status }) => status >= 300)!;
  t.true(
    ['step_up_required', 'invalid_challenge', 'unauthenticated'].includes(lost.body.code),
    lost.body.code,
  );
});
