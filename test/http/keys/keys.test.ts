import { generateKeyPairSync } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { revokeApiKeys } from '../../../src/db/api-keys.ts';
import { operations } from '../../../src/http/routes.ts';
import { PASSWORD } from '../gateway.ts';
import { startTrading } from '../trading.ts';
import { sender, signed, withPrivateKey, withSecret } from './signing.ts';

const HMAC = {
  name: 'bot',
  algorithm: 'hmac-sha256',
  scopes: ['read', 'trade'],
  networks: [],
  password: PASSWORD,
};
const ORDER = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '0.1' };

async function startWithKey(t: ExecutionContext, more: object = {}) {
  const x = await startTrading(t);
  const alice = await x.trader({ USDT: '1000' });
  const { status, body } = await alice.post('/v1/me/api-keys', { ...HMAC, ...more });
  t.is(status, 201, JSON.stringify(body));
  const program = withSecret(body.id, body.secret);
  return { ...x, alice, key: body, program, send: sender(x, program) };
}

test('a program trades and reads with a signed request, and its key says when it was used', async (t) => {
  const { send, alice, key } = await startWithKey(t);
  const placed = await send('POST', '/v1/orders', ORDER);
  t.is(placed.status, 201);
  t.is((await send('GET', '/v1/orders?market=BTC-USDT&limit=1')).body.items[0].id, placed.body.order.id);
  t.is((await send('DELETE', `/v1/orders/${placed.body.order.id}`)).status, 200);
  t.is((await send('GET', '/v1/balances')).status, 200);
  const { body } = await alice.get('/v1/me/api-keys');
  t.is(body.items.length, 1);
  t.like(body.items[0], { id: key.id, name: 'bot', scopes: ['read', 'trade'], expiresAt: null });
  t.regex(body.items[0].lastUsedAt, /^20/);
  t.false('secret' in body.items[0]);
});

test('Ed25519: the exchange knows only the public key', async (t) => {
  const x = await startTrading(t);
  const alice = await x.trader({ USDT: '1000' });
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const request = { ...HMAC, algorithm: 'ed25519', publicKey: raw.toString('base64') };
  const { body } = await alice.post('/v1/me/api-keys', request);
  t.is(body.secret, null);
  t.is((await sender(x, withPrivateKey(body.id, privateKey))('POST', '/v1/orders', ORDER)).status, 201);
  const other = generateKeyPairSync('ed25519').privateKey;
  t.is(
    (await sender(x, withPrivateKey(body.id, other))('GET', '/v1/balances')).body.code,
    'invalid_signature',
  );

  const small = Buffer.alloc(32).fill(0);
  for (const bad of [small.toString('base64'), raw.toString('hex'), raw.subarray(1).toString('base64'), '']) {
    t.is((await alice.post('/v1/me/api-keys', { ...request, publicKey: bad })).status, 400, bad);
  }
});

test('the signature covers method, path, query, body, timestamp and window', async (t) => {
  const { request, clock, program } = await startWithKey(t);
  const atMs = clock.nowMs;
  const right = { method: 'POST', target: '/v1/orders', body: ORDER, atMs };
  const headers = signed(program, right);
  const send = (changed: {
    method?: string;
    target?: string;
    body?: unknown;
    headers?: Record<string, string>;
  }) =>
    request(changed.method ?? 'POST', changed.target ?? '/v1/orders', {
      headers: { ...headers, ...changed.headers },
      body: changed.body ?? ORDER,
      undocumented: true,
    });
  const flipped = headers['x-bourse-signature'].replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  for (const [what, reply] of Object.entries({
    method: await send({ method: 'PUT', target: '/v1/countdown', body: { seconds: 5 } }),
    path: await send({ target: '/v1/orders/batch' }),
    query: await send({ target: '/v1/orders?x=1' }),
    body: await send({ body: { ...ORDER, quantity: '0.2' } }),
    timestamp: await send({ headers: { 'x-bourse-timestamp': String(atMs + 1) } }),
    window: await send({ headers: { 'x-bourse-window': '60000' } }),
    signature: await send({ headers: { 'x-bourse-signature': flipped } }),
    key: await send({ headers: { 'x-bourse-key': `bk_${'x'.repeat(20)}` } }),
  }))
    t.deepEqual([reply.status, reply.body.code], [401, 'invalid_signature'], what);
  t.is((await send({})).status, 201, 'and it is good as it was signed');
  t.is((await send({})).body.code, 'signature_replayed');
});

test('of one signature sent many times at once, one is taken', async (t) => {
  const { request, clock, program, alice } = await startWithKey(t);
  const headers = signed(program, {
    method: 'POST',
    target: '/v1/orders',
    body: ORDER,
    atMs: clock.nowMs,
  });
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => request('POST', '/v1/orders', { headers, body: ORDER })),
  );
  t.deepEqual(replies.map(({ status }) => status).sort(), [201, ...Array(9).fill(401)]);
  t.is((await alice.get('/v1/orders')).body.items.length, 1);
});

test('a request is good for as long as it says, and not ahead of time', async (t) => {
  const { request, clock, program } = await startWithKey(t);
  const get = (aheadMs: number, windowMs: number) =>
    request('GET', '/v1/balances', {
      headers: signed(program, {
        method: 'GET',
        target: '/v1/balances',
        atMs: clock.nowMs + aheadMs,
        windowMs,
      }),
    });
  t.is((await get(-4_999, 5_000)).status, 200);
  t.is((await get(-5_001, 5_000)).body.code, 'stale_timestamp');
  t.is((await get(-59_000, 60_000)).status, 200);
  t.is((await get(900, 5_000)).status, 200);
  t.is((await get(2_000, 5_000)).body.code, 'stale_timestamp');
  t.is((await get(0, 60_001)).body.code, 'invalid_signature');
});

test('every route asks for its scope, or for a person', async (t) => {
  const { request, clock, alice } = await startWithKey(t);
  const programOf = async (scopes: string[]) => {
    const { body } = await alice.post('/v1/me/api-keys', { ...HMAC, scopes });
    return withSecret(body.id, body.secret);
  };
  const [reader, dealer] = [await programOf(['read']), await programOf(['trade'])];
  let tried = 0;
  for (const [key, { access, scope }] of Object.entries(operations)) {
    if (access === 'public') continue;
    const [method, path] = key.split(' ') as [string, string];
    const target = path.replaceAll(/:[A-Za-z]+/g, '1');
    const program = scope === 'trade' ? reader : dealer;
    clock.nowMs += 1;
    // Who is let in is decided before the request is looked at: any body will do.
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const headers = signed(program, { method, target, body, atMs: clock.nowMs });
    const reply = await request(method, target, { headers, ...(body === undefined ? {} : { body }) });
    if (scope === 'key') t.is(reply.status, 200, key);
    else t.is(reply.body.code, scope === undefined ? 'session_required' : 'insufficient_scope', key);
    tried += 1;
  }
  t.true(tried > 40);
  const asPerson = await alice.post('/v1/auth/key-token');
  t.is(asPerson.body.code, 'key_required');
});

test('a key is used only from its networks, until it expires, and until it is revoked', async (t) => {
  const x = await startWithKey(t, { networks: ['10.0.0.0/8', '2001:db8::/32'] });
  t.is((await x.send('GET', '/v1/balances')).body.code, 'ip_not_allowed');
  const add = async (more: object) => {
    const { body } = await x.alice.post('/v1/me/api-keys', { ...HMAC, ...more });
    return { id: body.id as string, send: sender(x, withSecret(body.id, body.secret)) };
  };
  const near = await add({ networks: ['127.0.0.0/8'] });
  t.is((await near.send('GET', '/v1/balances')).status, 200);
  for (const bad of ['10.0.0.1', '10.0.0.0/33', '300.0.0.0/8', '::/129', 'x/8', '10.0.0.0/08'])
    t.is((await x.alice.post('/v1/me/api-keys', { ...HMAC, networks: [bad] })).status, 400, bad);

  const short = await add({ expiresAt: new Date(x.clock.nowMs + 60_000).toISOString() });
  t.is((await short.send('GET', '/v1/balances')).status, 200);
  x.clock.nowMs += 61_000;
  t.is((await short.send('GET', '/v1/balances')).body.code, 'invalid_signature');

  t.is((await x.alice.delete(`/v1/me/api-keys/${near.id}`)).status, 204);
  x.clock.nowMs += 500;
  t.is((await near.send('GET', '/v1/balances')).body.code, 'invalid_signature');
  const bob = await x.trader();
  t.is((await bob.delete(`/v1/me/api-keys/${short.id}`)).body.code, 'not_found');
  t.deepEqual((await x.alice.delete('/v1/me/api-keys')).body, { revoked: 2 });
  t.deepEqual((await x.alice.get('/v1/me/api-keys')).body.items, []);
});

test('a token for a key has its scopes, ends with it, and opens nothing else', async (t) => {
  const x = await startWithKey(t, { scopes: ['read'] });
  const { body } = await x.send('POST', '/v1/auth/key-token');
  t.deepEqual(body.scopes, ['read']);
  const get = (path: string) => x.request('GET', path, { token: body.accessToken });
  t.is((await get('/v1/balances')).status, 200);
  t.is((await get('/v1/sessions')).body.code, 'session_required');
  const order = await x.request('POST', '/v1/orders', { token: body.accessToken, body: ORDER });
  t.is(order.body.code, 'insufficient_scope');
  x.clock.nowMs += 1_000;
  // Another token of the same key, which was not shown yet.
  const { body: other } = await x.send('POST', '/v1/auth/key-token');
  await revokeApiKeys(x.pool, 2, x.clock.nowMs);
  x.clock.nowMs += 500;
  t.is((await x.request('GET', '/v1/balances', { token: other.accessToken })).status, 401);
});

test('a key is made only by who knows the password, fifty at most, and no secret is kept open', async (t) => {
  const x = await startWithKey(t);
  t.is(
    (await x.alice.post('/v1/me/api-keys', { ...HMAC, password: 'wrong' })).body.code,
    'invalid_credentials',
  );
  for (const bad of [
    { scopes: [] },
    { scopes: ['withdraw'] },
    { scopes: ['read', 'read'] },
    { name: ' ' },
    { userId: 1 },
    { algorithm: 'none' },
    { publicKey: 'x' },
  ])
    t.is((await x.alice.post('/v1/me/api-keys', { ...HMAC, ...bad })).status, 400, JSON.stringify(bad));
  const text = JSON.stringify(
    await x.pool.any(sql.unsafe`
      select encode(key_material, 'base64') as kept from api_keys union all select payload from audit_log`),
  );
  t.false(text.includes(x.key.secret.slice(0, 20)));
  await x.pool.query(sql.unsafe`
    insert into api_keys select 'bk_' || lpad(n::text, 20, '0'), user_id, name, algorithm, key_material, scopes,
      networks, created_at_ms from api_keys, generate_series(1, 48) n`);
  const last = await Promise.all([1, 2, 3].map(() => x.alice.post('/v1/me/api-keys', HMAC)));
  t.deepEqual(last.map(({ status }) => status).sort(), [201, 409, 409]);
});
