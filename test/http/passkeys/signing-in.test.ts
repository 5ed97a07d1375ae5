import test from 'ava';
import { sql } from 'slonik';
import type { Algorithm, Misbehaviour } from '../../support/authenticator.ts';
import { PASSWORD } from '../gateway.ts';
import {
  newAuthenticator,
  ORIGIN,
  optionsToSignIn,
  poster,
  refusals,
  signUpWithPasskey,
  start,
  statusOf,
  together,
} from './people.ts';

const email = 'ada@example.com';

for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const satisfies Algorithm[]) {
  test(`a passkey (${algorithm}) is added, and signs in by itself`, async (t) => {
    const gateway = await start(t);
    const authenticator = newAuthenticator(algorithm);
    const ada = await signUpWithPasskey(t, gateway, email, authenticator);
    t.is(ada.recoveryCodes.length, 10);
    t.is(await statusOf(gateway, ada.oldToken), 401, 'what was open before is closed');
    const options = await optionsToSignIn(gateway);
    t.deepEqual(Object.keys(options).sort(), ['challenge', 'rpId', 'timeout', 'userVerification']);
    const opened = await poster(gateway)('/v1/auth/passkey', { assertion: authenticator.sign(options) });
    t.is(opened.status, 200);
    const { body: me } = await gateway.request('GET', '/v1/me', { token: opened.body.accessToken });
    t.is(me.email, email);
    t.deepEqual(me.secondFactor, { totp: false, passkeys: 1, recoveryCodesLeft: 10 });
    // It counts as both factors: what takes a fresh one may be done.
    const body = { currentPassword: PASSWORD, newPassword: 'another long password' };
    t.is(
      (await gateway.request('POST', '/v1/me/password', { token: opened.body.accessToken, body })).status,
      200,
    );
  });
}

const wrongSignatures: readonly (readonly [what: string, why: string, wrong: Misbehaviour])[] = [
  ['asked by another page', 'wrong_origin', { origin: 'https://trade.example.com.evil.example' }],
  ['asked over http', 'wrong_origin', { origin: 'http://trade.example.com' }],
  ['asked at another port', 'wrong_origin', { origin: `${ORIGIN}:8443` }],
  ['of another host', 'not_as_asked', { rpId: 'evil.example' }],
  ['of the parent domain', 'not_as_asked', { rpId: 'example.com' }],
  ['whose owner was not verified', 'not_as_asked', { userVerified: false }],
  ['with nobody there', 'not_as_asked', { userPresent: false }],
  ['for making a passkey', 'not_as_asked', { type: 'webauthn.create' }],
  ['in a frame of another page', 'embedded', { crossOrigin: true }],
  ['in a frame of a named page', 'embedded', { crossOrigin: true, topOrigin: 'https://evil.example' }],
  ['with a changed signature', 'wrong_signature', { tamper: 'signature' }],
  ['with changed authenticator data', 'wrong_signature', { tamper: 'authenticatorData' }],
  ['with changed client data', 'wrong_signature', { tamper: 'clientData' }],
  [
    'with the user handle of another',
    'wrong_user',
    { userHandle: Buffer.alloc(16, 7).toString('base64url') },
  ],
  ['without a user handle', 'wrong_user', { userHandle: null }],
  ['of a passkey that is unknown', 'unknown_credential', { credentialId: 'A'.repeat(43) }],
  ['over an invented challenge', 'no_challenge', { challenge: 'B'.repeat(43) }],
  ['over a challenge that is none', 'malformed', { challenge: '' }],
];

test('what was not signed as it was asked signs nobody in', async (t) => {
  const gateway = await start(t, 100);
  const ada = await signUpWithPasskey(t, gateway, email);
  const { authenticator } = ada;
  for (const [what, why, wrong] of wrongSignatures) {
    const options = await optionsToSignIn(gateway);
    const reply = await poster(gateway)('/v1/auth/passkey', {
      assertion: authenticator.sign(options, wrong),
    });
    t.is(reply.body.code, why === 'no_challenge' ? 'invalid_challenge' : 'invalid_passkey', what);
    t.is(reply.status, why === 'no_challenge' ? 401 : 422, what);
    if (why === 'no_challenge' || why === 'malformed') continue;
    // Wrong or not, a challenge is good for one try.
    const second = await poster(gateway)('/v1/auth/passkey', { assertion: authenticator.sign(options) });
    t.is(second.body.code, 'invalid_challenge', what);
  }
  const whys = wrongSignatures.flatMap(([, why]) =>
    why === 'no_challenge' || why === 'malformed' ? [why] : [why, 'no_challenge'],
  );
  t.deepEqual(await refusals(gateway), whys);
  const good = { assertion: authenticator.sign(await optionsToSignIn(gateway)) };
  t.is((await poster(gateway)('/v1/auth/passkey', good)).status, 200);
});

test('unknown passkeys and wrong signatures of known ones are answered alike', async (t) => {
  const gateway = await start(t);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const answer = async (wrong: Misbehaviour) => {
    const assertion = authenticator.sign(await optionsToSignIn(gateway), wrong);
    const { status, body } = await poster(gateway)('/v1/auth/passkey', { assertion });
    const { requestId: _, ...rest } = body;
    return { status, ...rest };
  };
  t.deepEqual(await answer({ credentialId: 'A'.repeat(43) }), await answer({ tamper: 'signature' }));
});

test('an assertion is good once, even when it is shown many times at once', async (t) => {
  const gateway = await start(t);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const assertion = authenticator.sign(await optionsToSignIn(gateway));
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => poster(gateway)('/v1/auth/passkey', { assertion })),
  );
  t.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(7).fill(401)]);
  t.is((await poster(gateway)('/v1/auth/passkey', { assertion })).body.code, 'invalid_challenge');
});

test('a challenge is good for five minutes, and stored as a hash', async (t) => {
  const gateway = await start(t);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const options = await optionsToSignIn(gateway);
  const rows = await gateway.pool.any(sql.unsafe`select c::text from passkey_challenges c`);
  const raw = Buffer.from(options.challenge, 'base64url').toString('hex');
  t.is(rows.length, 1);
  t.false(JSON.stringify(rows).includes(options.challenge) || JSON.stringify(rows).includes(raw));
  gateway.clock.nowMs += 5 * 60_000;
  const late = await poster(gateway)('/v1/auth/passkey', { assertion: authenticator.sign(options) });
  t.is(late.body.code, 'invalid_challenge');
  await optionsToSignIn(gateway);
  t.is(await gateway.pool.oneFirst(sql.unsafe`select count(*) from passkey_challenges`), 1n, 'and forgotten');
});

test('a counter that goes back means that there is a copy: it is refused', async (t) => {
  const gateway = await start(t);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const signIn = async (wrong?: Misbehaviour) =>
    poster(gateway)('/v1/auth/passkey', {
      assertion: authenticator.sign(await optionsToSignIn(gateway), wrong),
    });
  t.is((await signIn({ signCount: 0 })).status, 200, 'one that does not count stays at 0');
  t.is((await signIn({ signCount: 41 })).status, 200);
  for (const signCount of [41, 40, 1, 0]) t.is((await signIn({ signCount })).body.code, 'invalid_passkey');
  // Nobody without the key can make it look like a copy.
  t.is((await signIn({ signCount: 3, tamper: 'signature' })).body.code, 'invalid_passkey');
  t.deepEqual(await refusals(gateway), [...Array(4).fill('counter_went_back'), 'wrong_signature']);
  t.is((await signIn({ signCount: 42 })).status, 200);
});

test('of two signatures with the same count shown at once one gets through', async (t) => {
  const gateway = await start(t);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const [one, other] = [
    authenticator.sign(await optionsToSignIn(gateway), { signCount: 9 }),
    authenticator.sign(await optionsToSignIn(gateway), { signCount: 9 }),
  ];
  const replies = await together(
    gateway,
    () => poster(gateway)('/v1/auth/passkey', { assertion: one }),
    () => poster(gateway)('/v1/auth/passkey', { assertion: other }),
  );
  t.deepEqual(replies.map(({ status }) => status).sort(), [200, 422]);
  t.deepEqual(await refusals(gateway), ['counter_went_back']);
});

test('what browsers would not send is refused as such', async (t) => {
  const gateway = await start(t);
  const { authenticator } = await signUpWithPasskey(t, gateway, email);
  const good = authenticator.sign(await optionsToSignIn(gateway));
  const tryWith = (change: object) =>
    poster(gateway)('/v1/auth/passkey', { assertion: { ...good, ...change } });
  t.is((await tryWith({ type: 'password' })).body.code, 'invalid_request');
  t.is((await tryWith({ id: 'A'.repeat(1365), rawId: 'A'.repeat(1365) })).body.code, 'invalid_request');
  t.is((await tryWith({ response: { ...good.response, signature: '+/' } })).body.code, 'invalid_request');
  t.is((await poster(gateway)('/v1/auth/passkey', { assertion: good, role: 'operator' })).status, 400);
  t.is((await tryWith({ rawId: 'A'.repeat(43) })).body.code, 'invalid_passkey');
  const garbage = { ...good.response, clientDataJSON: Buffer.from('[1,').toString('base64url') };
  t.is((await tryWith({ response: garbage })).body.code, 'invalid_passkey');
  const short = { ...good.response, authenticatorData: 'AAAA' };
  t.is((await tryWith({ response: short })).status, 401, 'the challenge was used up');
});
