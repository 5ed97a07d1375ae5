import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import pino from 'pino';
import { sql } from 'slonik';
import { isAllowed, PERMISSIONS, type Permission, ROLES } from '../../../src/domain/roles.ts';
import { operations } from '../../../src/http/routes.ts';
import { showFactorOf } from '../../support/operators.ts';
import { exchangeThatIs, PASSWORD, startGateway, type TestGateway } from '../gateway.ts';

/** What is answered before the request itself is looked at. */
const NOT_LET_IN = ['unauthenticated', 'session_required', 'forbidden', 'second_factor_required'];

const operatorRoutes = Object.entries(operations).flatMap(([key, { access, permission }]) => {
  const [method, path] = key.split(' ') as [string, string];
  const target = path.replaceAll(/:[A-Za-z]+/g, '1');
  return access === 'operator' ? [{ key, method, target, permission: permission as Permission }] : [];
});

async function somebody({ request, pool, signUp }: TestGateway, role: string, showsFactor = true) {
  const email = `${role}-${showsFactor}@example.com`;
  await signUp(email);
  await pool.query(sql.unsafe`update users set role = ${role} where email = ${email}`);
  const { body } = await request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
  if (showsFactor) await showFactorOf(pool, email);
  return { email, token: body.accessToken as string };
}

/** The code with which a request without any sense is refused; none for a list, which needs no sense. */
async function codeFor({ request }: TestGateway, token: string, method: string, target: string) {
  const { body } = await request(method, target, { token, ...(method === 'GET' ? {} : { body: {} }) });
  return body.code as string | undefined;
}

test('every operator’s route lets in exactly the roles that may, and asks them for a second factor', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  t.true(operatorRoutes.length >= 13);
  for (const role of ROLES) {
    const { token } = await somebody(gateway, role);
    const unshown = await somebody(gateway, role, false);
    for (const { key, method, target, permission } of operatorRoutes) {
      const may = isAllowed(role, permission);
      const code = await codeFor(gateway, token, method, target);
      if (may) t.false(NOT_LET_IN.includes(code ?? ''), `${role} ${key}: ${code}`);
      else t.is(code, 'forbidden', `${role} ${key}`);
      const without = await codeFor(gateway, unshown.token, method, target);
      t.is(without, may ? 'second_factor_required' : 'forbidden', `${role} ${key} without a factor`);
    }
  }
});

test('everything under /v1/admin is for operators, and nothing else is', (t) => {
  for (const [key, { access }] of Object.entries(operations))
    t.is(access === 'operator', key.includes(' /v1/admin/'), key);
});

test('a role counts as it is now, whatever the token says', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { email, token } = await somebody(gateway, 'admin');
  const audit = () => gateway.request('GET', '/v1/admin/audit', { token });
  t.is((await audit()).status, 200);
  await gateway.pool.query(sql.unsafe`update users set role = 'support' where email = ${email}`);
  t.is((await audit()).body.code, 'forbidden');
  // A customer does not become an operator by a token of better times either.
  await gateway.pool.query(sql.unsafe`update users set role = 'customer' where email = ${email}`);
  t.is((await audit()).body.code, 'forbidden');
});

test('a session that another process has ended opens no operator’s route, not even for a moment', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { token } = await somebody(gateway, 'admin');
  t.is((await gateway.request('GET', '/v1/admin/audit', { token })).status, 200);
  await gateway.pool.query(sql.unsafe`update sessions set ended_at_ms = 1, end_reason = 'logged_out'`);
  t.is((await gateway.request('GET', '/v1/me', { token })).status, 200, 'its token is remembered here');
  t.is((await gateway.request('GET', '/v1/admin/audit', { token })).body.code, 'unauthenticated');
});

test('an operator shows his second factor every twelve hours, however long his session lasts', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { email } = await somebody(gateway, 'admin');
  const { body } = await gateway.request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
  await gateway.pool.query(sql.unsafe`update sessions set verified_at_ms = ${gateway.clock.nowMs}`);
  const pair = body as { accessToken: string; refreshToken: string };
  const audit = (token: string) => gateway.request('GET', '/v1/admin/audit', { token });
  t.is((await audit(pair.accessToken)).status, 200);
  gateway.clock.nowMs += 12 * 3_600_000;
  const { refreshToken } = pair;
  const refreshed = await gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken } });
  t.is(refreshed.status, 200);
  t.is((await audit(refreshed.body.accessToken)).body.code, 'second_factor_required');
});

test('what operators look at is in the log: who, whom and with what right, and nothing of what he saw', async (t) => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const gateway = await startGateway(t, exchangeThatIs(true), { log });
  const { token } = await somebody(gateway, 'viewer');
  const { accountId } = await gateway.signUp('ada@example.com');
  const { body } = await gateway.request('GET', '/v1/admin/users?email=ada', { token });
  const { userId } = body.items[0];
  lines.length = 0;
  t.is((await gateway.request('GET', `/v1/admin/users/${userId}`, { token })).status, 200);
  t.like(lines, [
    {
      level: 30,
      msg: 'an operator was let in',
      permission: 'users.read',
      route: '/v1/admin/users/:userId',
      params: { userId: Number(userId) },
      ip: '127.0.0.1',
    },
  ]);
  t.true(Number(lines[0]!['userId']) !== Number(userId));
  t.notRegex(JSON.stringify(lines), new RegExp(`ada@|"${accountId}"`));
});

test('the table in docs/security.md is the one in the code', (t) => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z]+\.[a-z]+)` \|[^|]*\| ([a-z, ]+) \|$/gm)];
  const documented = Object.fromEntries(rows.map(([, name, roles]) => [name, roles!.split(', ')]));
  t.deepEqual(documented, PERMISSIONS as unknown as typeof documented);
});
