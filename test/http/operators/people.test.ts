import test from 'ava';
import { sql } from 'slonik';
import { PASSWORD } from '../gateway.ts';
import { startTrading } from '../trading.ts';

const because = { reason: 'asked for by phone' };

test('people are found by how their address begins, page by page, and nothing else is matched', async (t) => {
  const { trader, operator, signUp } = await startTrading(t);
  for (let index = 0; index < 3; index += 1) await trader();
  await signUp('a_b@example.com');
  await signUp('axb@example.com');
  const find = async (email: string, more = '') =>
    (await operator.get(`/v1/admin/users?email=${encodeURIComponent(email)}${more}`)).body;
  const emails = (page: { items: { email: string }[] }) => page.items.map(({ email }) => email);
  t.deepEqual(emails(await find('Trader-')), [
    'trader-3@example.com',
    'trader-2@example.com',
    'trader-1@example.com',
  ]);
  t.deepEqual(emails(await find('rader-')), []);
  t.deepEqual(emails(await find('a_b')), ['a_b@example.com'], 'an underscore is an underscore');
  t.deepEqual(emails(await find('%')), []);
  t.deepEqual(emails(await find('\\')), []);
  const first = await find('trader-', '&limit=2');
  t.is(first.items.length, 2);
  t.deepEqual(emails(await find('trader-', `&limit=2&cursor=${first.nextCursor}`)), ['trader-1@example.com']);
  t.true((await operator.get('/v1/admin/users')).body.items.length >= 6);
});

test('a user is shown with sessions, keys and holds, and without a secret', async (t) => {
  const { trader, operatorWith, pool } = await startTrading(t);
  const alice = await trader();
  const key = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read'], password: PASSWORD };
  const { body: added } = await alice.post('/v1/me/api-keys', key);
  const viewer = await operatorWith('viewer');
  const shown = await viewer.get(`/v1/admin/users/${alice.userId}`);
  t.is(shown.status, 200);
  t.like(shown.body, {
    email: 'trader-1@example.com',
    role: 'customer',
    accountId: alice.accountId,
    frozen: false,
    hasSecondFactor: false,
    withdrawalHolds: [],
  });
  t.is(shown.body.sessions.length, 1);
  t.is(shown.body.sessions[0].ip, '127.0.0.1');
  t.is(shown.body.apiKeys[0].id, added.id);
  const text = JSON.stringify(shown.body);
  const hash = String(
    await pool.oneFirst(sql.unsafe`select password_hash from users where id = ${alice.userId}`),
  );
  for (const secret of [added.secret, alice.token, hash, 'argon2', 'refreshHash'])
    t.false(text.includes(secret));
  t.is((await viewer.get('/v1/admin/users/999999')).status, 404);
  t.is((await viewer.get('/v1/admin/users/0')).status, 400);
});

test('support ends the sessions of somebody, says why, and he is not told who it was', async (t) => {
  const { trader, operatorWith, operator, request } = await startTrading(t);
  const alice = await trader();
  const support = await operatorWith('support');
  const path = `/v1/admin/users/${alice.userId}/end-sessions`;
  t.is((await support.post(path, {})).status, 400, 'a reason is wanted');
  t.deepEqual((await support.post(path, because)).body, { ended: 1 });
  t.is((await alice.get('/v1/me')).status, 401);
  t.deepEqual((await support.post(path, because)).body, { ended: 0 });
  t.is((await support.post('/v1/admin/users/999999/end-sessions', because)).status, 404);

  const { body: audit } = await operator.get(`/v1/admin/audit?userId=${alice.userId}&action=session.ended`);
  t.like(audit.items.at(-1), { actor: { type: 'user', userId: Number(support.userId) }, detail: because });
  const login = await request('POST', '/v1/auth/login', {
    body: { email: 'trader-1@example.com', password: PASSWORD },
  });
  const own = await request('GET', '/v1/me/security-events', { token: login.body.accessToken });
  const told = own.body.items.find(({ action }: { action: string }) => action === 'session.ended');
  t.deepEqual([told.actor, told.detail], [{ type: 'operator' }, null]);
});

test('an admin gives roles; sessions with the old one end', async (t) => {
  const { trader, operator, request } = await startTrading(t);
  const alice = await trader();
  const path = `/v1/admin/users/${alice.userId}/role`;
  for (const body of [
    {},
    { role: 'operator' },
    { role: 'admin', userId: operator.userId },
    { role: 'ADMIN' },
  ])
    t.is((await operator.post(path, body)).status, 400, JSON.stringify(body));
  t.is((await operator.post('/v1/admin/users/999999/role', { role: 'risk' })).body.code, 'not_found');
  t.is((await operator.post(path, { role: 'risk', reason: 'new in the team' })).status, 204);
  t.is((await alice.get('/v1/me')).status, 401);
  const login = { email: 'trader-1@example.com', password: PASSWORD };
  const { body: again } = await request('POST', '/v1/auth/login', { body: login });
  const me = await request('GET', '/v1/me', { token: again.accessToken });
  t.is(me.body.role, 'risk');
  t.is((await operator.post(path, { role: 'risk' })).status, 204, 'to ask again does no harm');
  t.is((await request('GET', '/v1/me', { token: again.accessToken })).status, 200);

  const { body } = await operator.get('/v1/admin/audit?action=user.role_changed');
  t.is(body.items.length, 2);
  t.like(body.items[1], {
    userId: alice.userId,
    outcome: 'done',
    detail: { role: 'risk', before: 'customer', reason: 'new in the team' },
  });
});

test('a second factor that was shown long ago gives nobody a role', async (t) => {
  const { trader, operator, clock, pool } = await startTrading(t);
  const alice = await trader();
  await pool.query(sql.unsafe`
    insert into totp_factors (user_id, sealed_secret, created_at_ms, confirmed_at_ms)
    values (${operator.userId}, ${sql.binary(Buffer.from('x'))}, 1, 1)`);
  const path = `/v1/admin/users/${alice.userId}/role`;
  clock.nowMs += 11 * 60 * 1000;
  t.is((await operator.get('/v1/admin/users')).status, 200, 'the session itself is good');
  t.is((await operator.post(path, { role: 'risk' })).body.code, 'step_up_required');
  await pool.query(sql.unsafe`update sessions set verified_at_ms = ${clock.nowMs}`);
  t.is((await operator.post(path, { role: 'risk' })).status, 204);
});

test('nobody changes his own role, and the last admin stays', async (t) => {
  const { operator, operatorWith } = await startTrading(t);
  const role = (who: { userId: string }) => `/v1/admin/users/${who.userId}/role`;
  t.is((await operator.post(role(operator), { role: 'viewer' })).body.code, 'own_account');
  const second = await operatorWith('admin');
  t.is((await second.post(role(second), { role: 'customer' })).body.code, 'own_account');
  t.is((await second.post(role(operator), { role: 'viewer' })).status, 204);
  t.is((await operator.get('/v1/admin/users')).status, 401);
  const { body } = await second.get('/v1/admin/audit?action=user.role_changed');
  t.deepEqual(
    body.items.map(({ outcome }: { outcome: string }) => outcome),
    ['done', 'refused', 'refused'],
  );
});

test('of admins who take each other’s role at once one is left', async (t) => {
  const { operator, operatorWith, pool } = await startTrading(t);
  const admins = [operator, await operatorWith('admin'), await operatorWith('admin')];
  const replies = await Promise.all(
    admins.map((admin, index) =>
      admin.post(`/v1/admin/users/${admins[(index + 1) % 3]!.userId}/role`, { role: 'customer' }),
    ),
  );
  const left = Number(await pool.oneFirst(sql.unsafe`select count(*) from users where role = 'admin'`));
  t.true(left >= 1);
  const done = replies.filter(({ status }) => status === 204).length;
  t.is(left, 3 - done);
  for (const { status, body } of replies)
    if (status !== 204) t.true(['forbidden', 'unauthenticated', 'last_admin'].includes(body.code), body.code);
});

test('no operator acts on himself: credit, policy, freeze and its end', async (t) => {
  const { operator, trader } = await startTrading(t);
  const { accountId, userId } = operator;
  const credit = { accountId, asset: 'USDT', amount: '1000000' };
  for (const reply of [
    await operator.post('/v1/admin/credits', credit),
    await operator.patch(`/v1/admin/accounts/${accountId}`, { tradeGroup: accountId }),
    await operator.post(`/v1/admin/users/${userId}/freeze`, because),
    await operator.post(`/v1/admin/users/${userId}/unfreeze`, because),
  ])
    t.deepEqual([reply.status, reply.body.code], [403, 'own_account']);
  const { body } = await operator.get('/v1/balances');
  t.true(body.balances.every(({ balance }: { balance: string }) => balance === '0'));
  const { body: audit } = await operator.get('/v1/admin/audit?limit=8');
  const refused = audit.items.filter(({ outcome }: { outcome: string }) => outcome === 'refused');
  t.deepEqual(
    refused.map(({ detail }: { detail: { code: string } }) => detail.code),
    Array(4).fill('own_account'),
  );
  // What he may not do for himself, another may.
  const alice = await trader();
  t.is((await operator.post('/v1/admin/credits', { ...credit, accountId: alice.accountId })).status, 201);
});
