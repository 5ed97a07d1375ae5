import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { TOTP } from 'otpauth';
import { sql } from 'slonik';
import { z } from 'zod';
import { listWithdrawalHolds } from '../../../src/db/withdrawal-holds.ts';
import { PASSWORD } from '../gateway.ts';
import { type Pages, startPages } from './pages.ts';
import { type Account, type RealProvider, startRealProvider } from './real-provider.ts';

const ADA = { sub: 'ada-1', email: 'Ada@Example.com', email_verified: true };
const BOB = { sub: 'bob-1', email: 'bob@example.com', email_verified: true };

async function start(t: ExecutionContext) {
  const provider = await startRealProvider(t);
  const pages = await startPages(t, [provider.config]);
  return { ...pages, provider, signIn: signingIn(pages, provider) };
}

function signingIn(pages: Pages, provider: RealProvider) {
  return async (account: Account | 'nobody') => {
    const { handle, authorizationUrl } = await pages.begin(provider.config.id);
    return pages.complete(handle, await provider.visit(authorizationUrl, account));
  };
}

async function waitingForLocks({ pool }: Pages): Promise<number> {
  const count = await pool.oneFirst(
    sql.type(z.strictObject({ count: z.bigint() }))`
      select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return Number(count);
}

/** Links an identity to somebody who is signed in. */
async function link(
  x: Pages & { provider: RealProvider },
  token: string,
  account: Account,
  password: string | undefined = PASSWORD,
) {
  const begun = await x.post('/v1/me/identities/begin', { provider: 'real', password }, token);
  if (begun.status !== 201) return begun;
  const callback = await x.provider.visit(begun.body.authorizationUrl, account);
  return x.post('/v1/me/identities/complete', { handle: begun.body.handle, callback }, token);
}

test('who comes through a provider becomes a customer without a password, and is the same the next time', async (t) => {
  const x = await start(t);
  t.deepEqual((await x.request('GET', '/v1/auth/oidc')).body, {
    items: [{ id: 'real', name: 'The provider real' }],
  });
  const { authorizationUrl } = await x.begin('real');
  const asked = new URL(authorizationUrl).searchParams;
  t.is(asked.get('code_challenge_method'), 'S256');
  t.is(asked.get('redirect_uri'), 'http://localhost:3000/sign-in/callback');

  const first = await x.signIn(ADA);
  t.is(first.status, 200, JSON.stringify(first.body));
  const { body: me } = await x.request('GET', '/v1/me', { token: first.body.accessToken });
  t.like(me, { email: 'ada@example.com', role: 'customer', hasPassword: false });
  const again = await x.signIn({ ...ADA, email: 'married@example.com', email_verified: false });
  t.is(again.body.accountId, first.body.accountId, 'the subject counts, not the address');
  const { body } = await x.request('GET', '/v1/me/identities', { token: again.body.accessToken });
  t.is(body.items.length, 1);
  t.like(body.items[0], {
    provider: 'real',
    issuer: x.provider.config.issuer,
    email: 'ada@example.com',
    lastUsedAt: new Date(x.clock.nowMs).toISOString(),
  });
  t.like((await x.audit('user.added'))[0], { detail: { role: 'customer', provider: 'real' } });
  t.is((await x.audit('identity.linked')).length, 1);
  for (const { detail } of await x.audit('session.begun'))
    t.deepEqual(detail, { secondFactor: false, provider: 'real' });

  const wrong = { email: ADA.email, password: PASSWORD };
  t.is((await x.post('/v1/auth/login', wrong)).body.code, 'invalid_credentials');
  t.like((await x.audit('session.refused'))[0], { detail: { why: 'no_password' } });
});

test('a public client needs no secret: PKCE proves who began', async (t) => {
  const provider = await startRealProvider(t, 'real', { isPublicClient: true });
  const pages = await startPages(t, [provider.config]);
  t.is((await signingIn(pages, provider)(ADA)).status, 200);
});

test('an address that somebody has is never linked by itself, nor one that is not verified taken', async (t) => {
  const x = await start(t);
  const { accountId } = await x.signUp('ada@example.com');
  t.truthy(accountId);
  t.is((await x.signIn(ADA)).body.code, 'identity_not_linked');
  t.like((await x.audit('identity.refused'))[0], {
    userId: 1,
    actor: { type: 'anonymous' },
    detail: { provider: 'real', why: 'identity_not_linked' },
  });
  for (const account of [
    { ...BOB, email_verified: false },
    { sub: BOB.sub, email: BOB.email },
    { sub: BOB.sub, email_verified: true },
    { ...BOB, email: 'not an address' },
  ])
    t.is((await x.signIn(account)).body.code, 'identity_email_unverified', JSON.stringify(account));
  t.is((await x.signIn('nobody')).body.code, 'provider_refused');
  t.is(await x.pool.oneFirst(sql.unsafe`select count(*) from users`), 1n);
  t.is(await x.pool.oneFirst(sql.unsafe`select count(*) from identities`), 0n);
});

test('of many who come first at once with one identity, one user is made and all are in', async (t) => {
  const x = await start(t);
  const callbacks = [];
  for (let count = 0; count < 4; count += 1) {
    const { handle, authorizationUrl } = await x.begin('real');
    callbacks.push({ handle, callback: await x.provider.visit(authorizationUrl, ADA) });
  }
  const replies = await Promise.all(callbacks.map((one) => x.complete(one.handle, one.callback)));
  t.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  t.is(new Set(replies.map(({ body }) => body.accountId)).size, 1);
  t.is(await x.pool.oneFirst(sql.unsafe`select count(*) from users`), 1n);
});

test('a callback is good once, also when it is shown many times at once, and not for long', async (t) => {
  const x = await start(t);
  const { handle, authorizationUrl } = await x.begin('real');
  const callback = await x.provider.visit(authorizationUrl, ADA);
  const replies = await Promise.all(Array.from({ length: 6 }, () => x.complete(handle, callback)));
  t.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(5).fill(422)]);
  t.is((await x.complete(handle, callback)).body.code, 'invalid_callback');

  const late = await x.begin('real');
  const lateCallback = await x.provider.visit(late.authorizationUrl, ADA);
  x.clock.nowMs += 10 * 60_000;
  t.is((await x.complete(late.handle, lateCallback)).body.code, 'invalid_callback');
  await x.begin('real');
  t.is(await x.pool.oneFirst(sql.unsafe`select count(*) from oidc_flows`), 1n, 'what is over is forgotten');
});

test('nobody is signed in with what another page began: handles, states and codes belong together', async (t) => {
  const x = await start(t);
  const visited = async (account: Account) => {
    const { handle, authorizationUrl } = await x.begin('real');
    return { handle, callback: await x.provider.visit(authorizationUrl, account) };
  };
  const param = (callback: string, name: string) => new URLSearchParams(callback).get(name)!;
  const replaced = (callback: string, change: Record<string, string>) => {
    const params = new URLSearchParams(callback);
    for (const [name, value] of Object.entries(change)) params.set(name, value);
    return `?${params}`;
  };
  const refusedWith = async (what: string, handle: string, callback: string) => {
    const { status, body } = await x.complete(handle, callback);
    t.deepEqual([status, body.code], [422, 'invalid_callback'], what);
  };
  const [victim, attacker] = [await visited(ADA), await visited(BOB)];
  // Login CSRF: the victim's page is led to the attacker's callback.
  await refusedWith('callback of another flow', victim.handle, attacker.callback);
  await refusedWith('a handle that was used up by it', victim.handle, victim.callback);
  await refusedWith('an unknown handle', 'x'.repeat(43), attacker.callback);

  const [one, other] = [await visited(ADA), await visited(BOB)];
  const code = param(other.callback, 'code');
  await refusedWith('code injection', one.handle, replaced(one.callback, { code }));
  t.is((await x.complete(other.handle, other.callback)).status, 200, 'which is good where it belongs');

  for (const [what, change] of Object.entries({
    'forged state': { state: 'x'.repeat(43) },
    'made up code': { code: 'x'.repeat(43) },
    'wrong issuer': { iss: 'https://other.example.com' },
  })) {
    const fresh = await visited(ADA);
    await refusedWith(what, fresh.handle, replaced(fresh.callback, change));
  }
  for (const left of ['state', 'iss', 'code']) {
    const fresh = await visited(ADA);
    const params = new URLSearchParams(fresh.callback);
    params.delete(left);
    await refusedWith(`without ${left}`, fresh.handle, `?${params}`);
    const twice = await visited(ADA);
    await refusedWith(`${left} twice`, twice.handle, `${twice.callback}&${left}=x`);
  }
  const emails = await x.pool.anyFirst(sql.unsafe`select email from users`);
  t.deepEqual(emails, [BOB.email]);
  t.is(await x.pool.oneFirst(sql.unsafe`select count(*) from sessions`), 1n);
  t.true((await x.audit('identity.refused')).every(({ outcome }) => outcome === 'refused'));
});

test('what is none is refused before anything is looked at', async (t) => {
  const x = await start(t);
  const { handle } = await x.begin('real');
  for (const body of [
    { handle },
    { handle: 'short', callback: '?code=1' },
    { handle, callback: '' },
    { handle, callback: '?code=1#fragment' },
    { handle, callback: `?code=${'x'.repeat(9000)}` },
    { handle, callback: '?code=1', userId: 1 },
    { handle, callback: ['?code=1'] },
  ])
    t.is((await x.post('/v1/auth/oidc/complete', body)).status, 400, JSON.stringify(body).slice(0, 100));
  t.is((await x.post('/v1/auth/oidc/unknown/begin')).body.code, 'not_found');
  t.is((await x.post('/v1/auth/oidc/__proto__/begin')).body.code, 'invalid_request');
});

test('a provider never stands in the place of our second factor', async (t) => {
  const x = await start(t);
  const first = await x.signIn(ADA);
  const { body: begun } = await x.post('/v1/me/totp', {}, first.body.accessToken);
  const totp = new TOTP({ secret: begun.secret });
  const code = () => totp.generate({ timestamp: x.clock.nowMs });
  t.is((await x.post('/v1/me/totp/confirm', { code: code() }, first.body.accessToken)).status, 200);
  x.clock.nowMs += 30_000;
  const wanted = await x.signIn(ADA);
  t.is(wanted.status, 202);
  t.deepEqual(Object.keys(wanted.body).sort(), ['challenge', 'expiresIn', 'factors']);
  const finish = (shown: string) =>
    x.post('/v1/auth/second-factor', { challenge: wanted.body.challenge, code: shown });
  t.is((await finish('000000')).body.code, 'invalid_code');
  const opened = await finish(code());
  t.is(opened.status, 200);
  t.deepEqual((await x.audit('session.begun')).at(-1)!.detail, { secondFactor: true, provider: 'real' });
});

test('an identity is linked by who shows his password, signs in from then on, and is unlinked', async (t) => {
  const x = await start(t);
  const ada = await x.signUp('ada@example.com');
  const token = ada.accessToken;
  t.is((await link(x, token, ADA, 'wrong password')).body.code, 'invalid_credentials');
  const without = await x.post('/v1/me/identities/begin', { provider: 'real' }, token);
  t.is(without.body.code, 'invalid_credentials', 'who has a password shows it');
  t.is((await x.post('/v1/me/identities/begin', { provider: 'no', password: PASSWORD }, token)).status, 404);
  // Another address than the user's: it is he who links it.
  const linked = await link(x, token, { ...ADA, email: 'ada@work.example.com', email_verified: false });
  t.is(linked.status, 200, JSON.stringify(linked.body));
  t.like(linked.body, { provider: 'real', email: 'ada@work.example.com', lastUsedAt: null });
  t.is((await link(x, token, ADA)).body.id, linked.body.id, 'linking it again changes nothing');
  const through = await x.signIn(ADA);
  t.is(through.body.accountId, ada.accountId);

  const bob = await x.signUp('bob@example.com');
  t.is((await link(x, bob.accessToken, ADA)).body.code, 'identity_taken');
  const { id } = linked.body;
  const unlink = (who: string) => x.request('DELETE', `/v1/me/identities/${id}`, { token: who });
  t.is((await unlink(bob.accessToken)).body.code, 'not_found');
  t.is((await unlink(token)).status, 204);
  t.is((await unlink(token)).body.code, 'not_found');
  t.is((await x.request('GET', '/v1/me', { token: through.body.accessToken })).status, 401);
  t.is((await x.request('GET', '/v1/me', { token })).status, 200);
  t.is((await x.signIn(ADA)).body.code, 'identity_not_linked');
  t.deepEqual(
    [(await x.audit('identity.linked')).length, (await x.audit('identity.unlinked')).length],
    [1, 1],
  );
  const { body: me } = await x.request('GET', '/v1/me', { token });
  const holds = await listWithdrawalHolds(x.pool, Number(me.userId), x.clock.nowMs);
  t.deepEqual(holds.map(({ reason }) => reason).sort(), ['identity_linked', 'identity_unlinked']);
  const told = (await x.mails()).filter(({ to }) => to === 'ada@example.com').map(({ subject }) => subject);
  t.deepEqual(told.slice(-2), ['You can sign in through a provider', 'A provider was unlinked']);
});

test('nothing is linked with an account that is frozen', async (t) => {
  const x = await start(t);
  const { accessToken: token, accountId } = await x.signUp('ada@example.com');
  await x.pool.query(sql.unsafe`update accounts set frozen = true where id = ${accountId}`);
  t.is((await link(x, token, ADA)).body.code, 'account_frozen');
  t.deepEqual((await x.request('GET', '/v1/me/identities', { token })).body.items, []);
});

test('a link ends only in the session in which it began, and is no sign-in, nor a sign-in a link', async (t) => {
  const x = await start(t);
  const [ada, bob] = [await x.signUp('ada@example.com'), await x.signUp('bob@example.com')];
  const begin = async () => {
    const body = { provider: 'real', password: PASSWORD };
    const begun = await x.post('/v1/me/identities/begin', body, ada.accessToken);
    return {
      handle: begun.body.handle as string,
      callback: await x.provider.visit(begun.body.authorizationUrl, ADA),
    };
  };
  const one = await begin();
  t.is((await x.post('/v1/me/identities/complete', one, bob.accessToken)).body.code, 'invalid_callback');
  t.is((await x.complete(one.handle, one.callback)).body.code, 'invalid_callback');
  const other = await x.post('/v1/auth/login', { email: 'ada@example.com', password: PASSWORD });
  t.is(
    (await x.post('/v1/me/identities/complete', one, other.body.accessToken)).body.code,
    'invalid_callback',
  );
  const { handle, authorizationUrl } = await x.begin('real');
  const signIn = { handle, callback: await x.provider.visit(authorizationUrl, ADA) };
  t.is((await x.post('/v1/me/identities/complete', signIn, ada.accessToken)).body.code, 'invalid_callback');
  t.is((await x.post('/v1/me/identities/complete', one)).status, 401);
  t.is((await x.post('/v1/me/identities/complete', one, ada.accessToken)).status, 200);
});

test('the last way in stays, also when two are taken away at once', async (t) => {
  const x = await start(t);
  const { body: ada } = await x.signIn(ADA);
  const token = ada.accessToken;
  const ids = async () =>
    ((await x.request('GET', '/v1/me/identities', { token })).body.items as { id: string }[]).map(
      ({ id }) => id,
    );
  const unlink = (id: string) => x.request('DELETE', `/v1/me/identities/${id}`, { token });
  t.is((await unlink((await ids())[0]!)).body.code, 'last_sign_in_method');
  const second = await x.post('/v1/me/identities/begin', { provider: 'real' }, token);
  const callback = await x.provider.visit(second.body.authorizationUrl, { sub: 'ada-2' });
  t.is(
    (await x.post('/v1/me/identities/complete', { handle: second.body.handle, callback }, token)).status,
    200,
  );
  // Both are under way before the first can end: it waits to be written down.
  const both = await ids();
  const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = x.pool.transaction(async (db) => {
    await db.query(sql.unsafe`select 1 from audit_head for update`);
    held.resolve();
    await free.promise;
  });
  await held.promise;
  const underWay = Promise.all(both.map(unlink));
  while ((await waitingForLocks(x)) < 2) await delay(10);
  free.resolve();
  await holding;
  const replies = await underWay;
  t.deepEqual(replies.map(({ status }) => status).sort(), [204, 409]);

  const set = await x.post('/v1/me/password', { newPassword: PASSWORD }, token);
  t.is(set.status, 200, 'who has just signed in sets a first password');
  const last = (await x.request('GET', '/v1/me/identities', { token: set.body.accessToken })).body.items[0];
  const gone = await x.request('DELETE', `/v1/me/identities/${last.id}`, { token: set.body.accessToken });
  t.is(gone.status, 204);
  t.is((await x.post('/v1/auth/login', { email: ADA.email, password: PASSWORD })).status, 200);
});

test('who has no password shows that he is there: he signs in again for what takes one', async (t) => {
  const x = await start(t);
  const { body: ada } = await x.signIn(ADA);
  const key = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read'] };
  const attempts = (token: string, more: object) => [
    x.post('/v1/me/api-keys', { ...key, ...more }, token),
    x.post('/v1/me/identities/begin', { provider: 'real', ...more }, token),
    x.post('/v1/me/totp', more, token),
  ];
  for (const reply of await Promise.all(attempts(ada.accessToken, { password: PASSWORD })))
    t.is(reply.body.code, 'invalid_credentials', 'no password is right');
  for (const reply of await Promise.all(attempts(ada.accessToken, {}))) t.is(reply.status, 201);
  x.clock.nowMs += 5 * 60_000 + 1;
  for (const reply of await Promise.all(attempts(ada.accessToken, {})))
    t.is(reply.body.code, 'recent_sign_in_required');
  const change = await x.post('/v1/me/password', { newPassword: PASSWORD }, ada.accessToken);
  t.is(change.body.code, 'recent_sign_in_required');
  const refreshed = await x.post('/v1/auth/refresh', { refreshToken: ada.refreshToken });
  const late = await x.post('/v1/me/totp', {}, refreshed.body.accessToken);
  t.is(late.body.code, 'recent_sign_in_required', 'a refresh is no sign-in');
  const { body: fresh } = await x.signIn(ADA);
  for (const reply of await Promise.all(attempts(fresh.accessToken, {}))) t.is(reply.status, 201);
});

test('a fresh second factor is asked for as well', async (t) => {
  const x = await start(t);
  const { body: ada } = await x.signIn(ADA);
  const { body: begun } = await x.post('/v1/me/totp', {}, ada.accessToken);
  const totp = new TOTP({ secret: begun.secret });
  const code = () => totp.generate({ timestamp: x.clock.nowMs });
  const { body: added } = await x.post('/v1/me/totp/confirm', { code: code() }, ada.accessToken);
  const token = added.session.accessToken;
  x.clock.nowMs += 10 * 60_000 + 30_000;
  const { body } = await x.request('GET', '/v1/me/identities', { token });
  const unlink = () => x.request('DELETE', `/v1/me/identities/${body.items[0].id}`, { token });
  t.is((await unlink()).body.code, 'step_up_required');
  t.is(
    (await x.post('/v1/me/identities/begin', { provider: 'real' }, token)).body.code,
    'recent_sign_in_required',
  );
  t.is((await x.post('/v1/auth/step-up', { code: code() }, token)).status, 204);
  t.is((await unlink()).body.code, 'last_sign_in_method');
  t.is((await x.post('/v1/me/identities/begin', { provider: 'real' }, token)).status, 201);
});

test('a provider that is away harms nobody else, and is found again', async (t) => {
  const [one, other] = [await startRealProvider(t), await startRealProvider(t, 'other')];
  const x = await startPages(t, [one.config, other.config]);
  const begun = await x.begin('other');
  const callback = await other.visit(begun.authorizationUrl, BOB);
  await one.goAway();
  const away = await x.post('/v1/auth/oidc/real/begin');
  t.deepEqual([away.status, away.body.code], [503, 'provider_unavailable']);
  t.truthy(away.headers.get('retry-after'));
  t.is((await signingIn(x, other)(BOB)).status, 200);
  await x.signUp('carol@example.com');
  await one.comeBack();
  t.is((await signingIn(x, one)(ADA)).status, 200);

  // It was there when the visit began and is not when it ends.
  await other.goAway();
  t.is((await x.complete(begun.handle, callback)).body.code, 'provider_unavailable');
  t.is((await x.audit('identity.refused')).at(-1)!.detail['why'], 'provider_unavailable');
});

test('neither the database nor the audit log tells what a visit is made of', async (t) => {
  const x = await start(t);
  const { handle, authorizationUrl } = await x.begin('real');
  const asked = new URL(authorizationUrl).searchParams;
  const before = await x.everythingKept();
  const callback = await x.provider.visit(authorizationUrl, ADA);
  const { body } = await x.complete(handle, callback);
  const after = await x.everythingKept();
  const code = new URLSearchParams(callback).get('code')!;
  for (const secret of [
    handle,
    asked.get('state')!,
    asked.get('nonce')!,
    code,
    body.refreshToken,
    body.accessToken,
  ])
    t.false((before + after).includes(secret));
  t.true(after.includes(ADA.sub), 'and it is these tables that were looked at');
});
