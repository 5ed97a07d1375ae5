import test from 'ava';
import { sql } from 'slonik';
import { exchangeThatIs, PASSWORD, startGateway } from '../gateway.ts';
import { startTrading } from '../trading.ts';

const email = 'ada@example.com';

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly userId: string | null;
  readonly actor: Readonly<Record<string, unknown>>;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

const names = ({ items }: { items: Entry[] }) => items.map(({ action, outcome }) => `${action} ${outcome}`);

test('everybody sees what happened to his user, and nothing of others', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken: token, sessionId } = await gateway.signUp(email);
  await gateway.signUp('bob@example.com');
  await gateway.request('POST', '/v1/auth/login', { body: { email, password: 'wrong' } });
  await gateway.request('POST', '/v1/auth/login', { body: { email: 'nobody@example.com', password: 'x' } });
  await gateway.request('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
  const { body } = await gateway.request('GET', '/v1/me/security-events', { token });
  t.deepEqual(names(body), [
    'user.registered_again refused',
    'session.refused refused',
    'session.begun done',
    'user.added done',
  ]);
  t.like(body.items[2].actor, { type: 'user', sessionId, ip: '127.0.0.1' });
  const page = await gateway.request('GET', '/v1/me/security-events?limit=1', { token });
  t.is(page.body.items.length, 1);
  const { body: rest } = await gateway.request(
    'GET',
    `/v1/me/security-events?cursor=${page.body.nextCursor}`,
    { token },
  );
  t.is(rest.items.length, 3);
  t.is((await gateway.request('GET', '/v1/admin/audit', { token })).status, 403);
});

test('an operator’s action is written down before and after, with what he asked for', async (t) => {
  const { operator, pool } = await startTrading(t);
  const before = (await operator.get('/v1/admin/audit')).body.items.length;
  await operator.post('/v1/admin/markets/BTC-USDT/status', { status: 'halted' });
  await operator.post('/v1/admin/markets/NO-SUCH/status', { status: 'halted' });
  await operator.post('/v1/admin/markets/BTC-USDT/status', { status: 'sideways' });
  const { body } = await operator.get('/v1/admin/audit');
  // What was not even valid was not asked.
  t.is(body.items.length, before + 4);
  const [refused, askedInVain, done, asked] = body.items as Entry[];
  t.like(asked!, { action: 'operator.set_market_status', outcome: 'asked' });
  t.deepEqual(asked!.detail, { market: 'BTC-USDT', status: 'halted' });
  t.deepEqual([done!.outcome, Object.keys(done!.detail!)], ['done', ['entryNo']]);
  t.is(askedInVain!.outcome, 'asked');
  t.like(refused!, { outcome: 'refused', detail: { code: 'market_not_found' } });
  t.is(asked!.actor['type'], 'user');

  const { body: halts } = await operator.get('/v1/admin/audit?action=operator.set_market_status&limit=2');
  t.is(halts.items.length, 2);
  t.is((await operator.get('/v1/admin/audit?action=operator.sleep')).status, 400);
  // Nothing that could open a door is in it.
  const text = JSON.stringify(await pool.any(sql.unsafe`select payload from audit_log`));
  for (const secret of [PASSWORD, 'argon2', operator.token]) t.false(text.includes(secret));
});

test('an action that cannot be written down is not done', async (t) => {
  const { operator, pool } = await startTrading(t);
  await pool.query(sql.unsafe`alter table audit_log rename to audit_log_away`);
  const { body } = await operator.post('/v1/admin/markets/BTC-USDT/status', { status: 'halted' });
  t.is(body.code, 'internal_error');
  t.is((await operator.get('/v1/markets/BTC-USDT')).body.status, 'open');
});
