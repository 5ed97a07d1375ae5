import test from 'ava';
import jwt from 'jsonwebtoken';
import { exchangeThatIs, PASSWORD, startGateway, type TestGateway, TOKEN_SECRET } from '../gateway.ts';

const email = 'ada@example.com';
const DAY_MS = 24 * 3_600_000;

test('registers, signs in, and says who one is', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const registered = await gateway.request('POST', '/v1/auth/register', {
    body: { email: 'Ada@Example.com', password: PASSWORD },
  });
  t.is(registered.status, 202);
  t.deepEqual(registered.body, { email });

  await gateway.request('POST', '/v1/auth/confirm-email', {
    body: { token: await gateway.mailedToken(email), password: PASSWORD },
  });
  const login = await gateway.request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
  t.is(login.status, 200);
  t.is(login.body.expiresIn, 900);
  t.is(login.headers.get('cache-control'), 'no-store');

  const me = await gateway.request('GET', '/v1/me', { token: login.body.accessToken });
  t.like(me.body, { email, role: 'customer', accountId: login.body.accountId });
  t.true(Number(me.body.accountId) >= 1000);
});

test('a taken address gets the same answer and keeps its password', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  await gateway.signUp(email);
  const again = await gateway.request('POST', '/v1/auth/register', {
    body: { email: 'ADA@example.com', password: 'another long password' },
  });
  t.is(again.status, 202);
  t.deepEqual(again.body, { email });
  const wrong = await gateway.request('POST', '/v1/auth/login', {
    body: { email, password: 'another long password' },
  });
  t.is(wrong.body.code, 'invalid_credentials');
});

test('a wrong password and an unknown address get the same answer', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  await gateway.signUp(email);
  const answers = await Promise.all(
    [email, 'nobody@example.com'].map((address) =>
      gateway.request('POST', '/v1/auth/login', { body: { email: address, password: 'wrong password' } }),
    ),
  );
  for (const answer of answers) {
    t.is(answer.status, 401);
    t.is(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  }
  const [known, unknown] = answers.map(({ body: { requestId: _, ...body } }) => body);
  t.deepEqual(known, unknown);
});

test('logging out ends the session at once, for remembered and other tokens, and tells listeners', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const first = await gateway.signUp(email);
  const { body: second } = await gateway.request('POST', '/v1/auth/refresh', {
    body: { refreshToken: first.refreshToken },
  });
  // Only the first token is remembered.
  t.is((await gateway.request('GET', '/v1/me', { token: first.accessToken })).status, 200);
  const ended: string[] = [];
  gateway.tokens.onSessionEnded((sessionId) => ended.push(sessionId));

  t.is((await gateway.request('POST', '/v1/auth/logout', { token: first.accessToken })).status, 204);
  t.deepEqual(ended, [first.sessionId]);
  for (const { accessToken } of [first, second]) {
    const refused = await gateway.request('GET', '/v1/me', { token: accessToken });
    t.is(refused.body.code, 'unauthenticated');
    t.is(refused.headers.get('www-authenticate'), 'Bearer');
    t.is(await gateway.tokens.verify(accessToken), undefined);
  }
  const refresh = await gateway.request('POST', '/v1/auth/refresh', {
    body: { refreshToken: second.refreshToken },
  });
  t.is(refresh.body.code, 'invalid_refresh_token');
});

test('a refresh token is good once; showing it again ends the session', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const first = await gateway.signUp(email);
  const refresh = (refreshToken: string) =>
    gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken } });
  const second = await refresh(first.refreshToken);
  t.is(second.status, 200);
  t.is(second.body.sessionId, first.sessionId);
  t.is((await gateway.request('GET', '/v1/me', { token: second.body.accessToken })).status, 200);

  t.is((await refresh(first.refreshToken)).body.code, 'invalid_refresh_token');
  t.is((await gateway.request('GET', '/v1/me', { token: second.body.accessToken })).status, 401);
  t.is((await refresh(second.body.refreshToken)).status, 401);
});

test('of two that refresh with the same token at once, at most one gets through and the session ends', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { refreshToken } = await gateway.signUp(email);
  const replies = await Promise.all(
    [1, 2].map(() => gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken } })),
  );
  t.deepEqual(replies.map(({ status }) => status).sort(), [200, 401]);
  const winner = replies.find(({ status }) => status === 200)!;
  t.is((await gateway.request('GET', '/v1/me', { token: winner.body.accessToken })).status, 401);
});

test('an access token is good for 15 minutes, also when it is remembered', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken } = await gateway.signUp(email);
  const me = () => gateway.request('GET', '/v1/me', { token: accessToken });
  t.is((await me()).status, 200);
  gateway.clock.nowMs += 14 * 60_000;
  t.is((await me()).status, 200);
  gateway.clock.nowMs += 61_000;
  t.is((await me()).status, 401);
});

test('a session ends after 30 days, however often it is refreshed', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  let { refreshToken } = await gateway.signUp(email);
  const refresh = () => gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken } });
  for (let days = 6; days < 30; days += 6) {
    gateway.clock.nowMs += 6 * DAY_MS;
    const { status, body } = await refresh();
    t.is(status, 200, `${days} days`);
    refreshToken = body.refreshToken;
  }
  gateway.clock.nowMs += 6 * DAY_MS;
  t.is((await refresh()).body.code, 'invalid_refresh_token');
});

test('a session that nobody uses for 7 days is over, and shown to nobody', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { refreshToken, sessionId } = await gateway.signUp(email);
  gateway.clock.nowMs += 7 * DAY_MS;
  const late = await gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken } });
  t.is(late.body.code, 'invalid_refresh_token');
  const again = await gateway.request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
  const { body } = await gateway.request('GET', '/v1/sessions', { token: again.body.accessToken });
  t.deepEqual(
    body.items.map(({ id }: { id: string }) => id === sessionId),
    [false],
  );
});

test('refuses tokens with another algorithm, secret, name of a secret, issuer or session', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken } = await gateway.signUp(email);
  const { payload, header } = jwt.decode(accessToken, { complete: true }) as jwt.Jwt & { payload: object };
  const named = { keyid: header.kid! };
  t.is(
    (await gateway.request('GET', '/v1/me', { token: jwt.sign(payload, TOKEN_SECRET, named) })).status,
    200,
  );
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${accessToken.split('.')[1]}.`;
  const forged = [
    unsigned,
    jwt.sign(payload, TOKEN_SECRET, { ...named, algorithm: 'HS512' }),
    jwt.sign(payload, 'another secret that is long enough too', named),
    jwt.sign({ ...payload, iss: 'somebody' }, TOKEN_SECRET, named),
    jwt.sign({ ...payload, sid: 'no such session' }, TOKEN_SECRET, named),
    jwt.sign({ ...payload, role: 'king' }, TOKEN_SECRET, named),
    jwt.sign(payload, TOKEN_SECRET),
    ...['', 'x', '__proto__', '../../dev/null', "' or 1=1", `${header.kid}x`].map((keyid) =>
      jwt.sign(payload, TOKEN_SECRET, { keyid }),
    ),
    jwt.sign(payload, TOKEN_SECRET, { header: { alg: 'HS256', kid: [header.kid] as unknown as string } }),
    `${accessToken}x`,
    'x'.repeat(5000),
  ];
  for (const token of forged) {
    t.is((await gateway.request('GET', '/v1/me', { token })).status, 401, token.slice(0, 60));
    t.is(await gateway.tokens.verify(token), undefined);
  }
  t.is((await gateway.request('GET', '/v1/me')).status, 401);
  t.is((await gateway.request('GET', '/v1/me', { headers: { authorization: 'Basic YTpi' } })).status, 401);
});

test('the secret of tokens is changed without logging anybody out', async (t) => {
  const [old, fresh] = [TOKEN_SECRET, 'the next secret, which is long enough as well'];
  const before = await startGateway(t, exchangeThatIs(true), { secrets: [old] });
  const { accessToken, refreshToken } = await before.signUp(email);
  const me = async (gateway: TestGateway, token: string) =>
    (await gateway.request('GET', '/v1/me', { token })).status;
  // Another process learns of the new secret first, signs with it next, and forgets the old one in the end.
  const [hears, signs, forgets] = await Promise.all(
    ([[old, fresh], [fresh, old], [fresh]] as const).map((secrets) =>
      startGateway(t, exchangeThatIs(true), { secrets, database: before }),
    ),
  );
  const refreshed = await signs!.request('POST', '/v1/auth/refresh', { body: { refreshToken } });
  t.is(refreshed.status, 200);
  const { accessToken: newer } = refreshed.body;
  t.not(
    jwt.decode(newer, { complete: true })?.header.kid,
    jwt.decode(accessToken, { complete: true })?.header.kid,
  );
  t.is(await me(hears!, accessToken), 200);
  t.is(await me(hears!, newer), 200);
  t.is(await me(signs!, accessToken), 200);
  t.is(await me(forgets!, newer), 200);
  t.is(await me(forgets!, accessToken), 401);
  t.is(await me(before, newer), 401);
  const again = await forgets!.request('POST', '/v1/auth/refresh', {
    body: { refreshToken: refreshed.body.refreshToken },
  });
  t.is(again.status, 200, 'the session goes on');
});

test('too many sign-ins for one address are turned away with a time to wait', async (t) => {
  const attemptLimits = { windowSeconds: 60, perAddressAndPerson: 3, perAddress: 5, perPerson: 100 };
  const gateway = await startGateway(t, exchangeThatIs(true), { attemptLimits });
  const tryOnce = (address: string) =>
    gateway.request('POST', '/v1/auth/login', { body: { email: address, password: 'wrong password' } });
  for (let count = 0; count < 3; count += 1) t.is((await tryOnce(email)).status, 401);
  const refused = await tryOnce(email.toUpperCase());
  t.is(refused.status, 429);
  t.is(refused.body.code, 'too_many_requests');
  t.regex(refused.headers.get('retry-after')!, /^\d+$/);
  t.is((await tryOnce('bob@example.com')).status, 401);
  t.is((await tryOnce('bob@example.com')).status, 429, 'the limit for all e-mail addresses together');
});

test('parallel registrations of one address make one user', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const replies = await Promise.all(
    Array.from({ length: 5 }, () =>
      gateway.request('POST', '/v1/auth/register', { body: { email, password: PASSWORD } }),
    ),
  );
  t.deepEqual(new Set(replies.map(({ status }) => status)), new Set([202]));
  const { accountId } = await gateway.signUp(email);
  t.truthy(accountId);
});

test('checks what a registration must be', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const bodies = [
    [{ email: 'not an address', password: PASSWORD }, '#/email'],
    [{ email, password: 'too short' }, '#/password'],
    [{ email, password: 'x'.repeat(257) }, '#/password'],
    [{ email, password: PASSWORD, role: 'operator' }, '#/role'],
    [{ email, password: 123456789012 }, '#/password'],
  ] as const;
  for (const [body, pointer] of bodies) {
    const refused = await gateway.request('POST', '/v1/auth/register', { body });
    t.is(refused.status, 400);
    t.is(refused.body.code, 'invalid_request');
    t.is(refused.body.errors[0].pointer, pointer);
  }
});
