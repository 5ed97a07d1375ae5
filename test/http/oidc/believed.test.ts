import test, { type ExecutionContext } from 'ava';
import jwt from 'jsonwebtoken';
import { sql } from 'slonik';
import { createOidcProvider } from '../../../src/http/oidc/providers.ts';
import { PUBLIC_URL } from '../gateway.ts';
import { type HostileProvider, type Lies, startHostileProvider, strangeKey } from './hostile-provider.ts';
import { type Pages, startPages } from './pages.ts';
import { startRealProvider } from './real-provider.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);

async function signIn(x: Pages, hostile: HostileProvider, lies: Lies) {
  hostile.lies = lies;
  const { handle, authorizationUrl } = await x.begin('hostile');
  return x.complete(handle, `?${hostile.answerTo(authorizationUrl)}`);
}

const claims = (hostile: HostileProvider) => ({
  iss: hostile.config.issuer,
  sub: 'mallory',
  aud: 'bourse',
  iat: nowSeconds(),
  exp: nowSeconds() + 60,
});

test('of what a provider says only that is believed which it has signed for us, now and for this visit', async (t) => {
  const hostile = await startHostileProvider(t);
  const x = await startPages(t, [hostile.config]);
  const lies: Record<string, Lies> = {
    'a wrong nonce': { claims: { nonce: 'x'.repeat(43) } },
    'no nonce': { claims: { nonce: undefined } },
    'another issuer': { claims: { iss: 'https://other.example.com' } },
    'another audience': { claims: { aud: 'another client' } },
    'several audiences, and another is meant': { claims: { aud: ['bourse', 'other'], azp: 'other' } },
    expired: { claims: { iat: nowSeconds() - 120, exp: nowSeconds() - 60 } },
    'no subject': { claims: { sub: undefined } },
    'an endless subject': { claims: { sub: 'x'.repeat(256) } },
    'signed by another': { key: strangeKey },
    'not signed': {
      idToken: jwt.sign(claims(hostile), '', { algorithm: 'none' }),
    },
    'signed with the client’s secret': {
      idToken: jwt.sign(claims(hostile), hostile.config.clientSecret!, { algorithm: 'HS256' }),
    },
    'no token': { idToken: 'x.y.z' },
    'user info of another': { userinfo: { sub: 'ada' } },
  };
  for (const [what, lie] of Object.entries(lies)) {
    const { status, body } = await signIn(x, hostile, lie);
    t.deepEqual([status, body.code], [422, 'invalid_callback'], what);
  }
  t.is((await signIn(x, hostile, { tokenStatus: 500 })).body.code, 'provider_unavailable');
  for (const verified of [false, 'true', 1, null]) {
    const { body } = await signIn(x, hostile, { userinfo: { email_verified: verified } });
    t.is(body.code, 'identity_email_unverified', `email_verified: ${verified}`);
  }
  t.is(await x.pool.oneFirst(sql.unsafe`select count(*) from users`), 0n);
  t.is((await signIn(x, hostile, {})).status, 200, 'and the same is believed without the lie');
});

test('a provider that says it is another, or sends people where it must not, is not asked at all', async (t: ExecutionContext) => {
  const hostile = await startHostileProvider(t);
  const x = await startPages(t, [hostile.config]);
  for (const issuer of ['https://accounts.example.com', `${hostile.config.issuer}/`]) {
    hostile.lies = { issuer };
    t.is((await x.post('/v1/auth/oidc/hostile/begin')).body.code, 'provider_unavailable', issuer);
  }
  for (const authorizationEndpoint of [
    'javascript:alert(1)',
    'http://id.example.com/authorize',
    '/authorize',
  ]) {
    hostile.lies = { authorizationEndpoint };
    const begun = await x.post('/v1/auth/oidc/hostile/begin');
    t.is(begun.body.code, 'provider_unavailable', authorizationEndpoint);
  }
  hostile.lies = {};
  t.is((await x.post('/v1/auth/oidc/hostile/begin')).status, 201);
});

test('a provider that never answers is not waited for, and is asked once for all who come meanwhile', async (t) => {
  const hostile = await startHostileProvider(t);
  const log = { info() {}, warn() {} };
  const options = { redirectUri: `${PUBLIC_URL}/sign-in/callback`, log, now: Date.now, timeoutSeconds: 2 };
  const provider = createOidcProvider(hostile.config, options);
  const secrets = { state: 's', nonce: 'n', verifier: 'v'.repeat(43) };
  const come = () => Promise.all([1, 2, 3].map(() => provider.authorizationUrl(secrets)));
  hostile.lies = { isSilent: true };
  t.deepEqual(await come(), Array(3).fill('provider_unavailable'));
  t.is(hostile.asked, 2, 'two tries');
  hostile.lies = {};
  const urls = await come();
  t.true(urls.every((url) => url.startsWith(`${hostile.config.issuer}/authorize?`)));
  t.is(hostile.asked, 3);
  // It began while the provider was there.
  const callback = hostile.answerTo(urls[0]!);
  hostile.lies = { isSilent: true };
  const redeemed = await provider.redeem(String(callback), { ...secrets, state: callback.get('state')! });
  t.is(redeemed, 'provider_unavailable');
});

test('mix-up: the code of one provider is never shown to another', async (t) => {
  const [honest, hostile] = [await startRealProvider(t), await startHostileProvider(t)];
  const x = await startPages(t, [honest.config, hostile.config]);
  // The person believes to sign in at the hostile one, which has sent him on to the honest one with the state of his visit.
  const { handle, authorizationUrl } = await x.begin('hostile');
  const { state } = Object.fromEntries(hostile.answerTo(authorizationUrl));
  const asked = await x.begin('real');
  const callback = await honest.visit(asked.authorizationUrl, {
    sub: 'ada',
    email: 'ada@example.com',
    email_verified: true,
  });
  const mixed = new URLSearchParams(callback);
  mixed.set('state', state!);
  t.is((await x.complete(handle, `?${mixed}`)).body.code, 'invalid_callback');
  t.is(hostile.redeemed, 0);
  t.is((await x.complete(asked.handle, callback)).status, 200, 'the code is still good where it belongs');
});
