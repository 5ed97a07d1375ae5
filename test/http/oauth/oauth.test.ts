import { generateKeyPairSync } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import * as client from 'openid-client';
import { sql } from 'slonik';
import { z } from 'zod';
import { revokeApiKeys } from '../../../src/db/api-keys.ts';
import { operations } from '../../../src/http/routes.ts';
import { exchangeThatIs, PASSWORD, startGateway, type TestGateway } from '../gateway.ts';
import { sender, withPrivateKey, withSecret } from '../keys/signing.ts';
import { startTrading } from '../trading.ts';
import { addClient, askToken, basic, FORM, post } from './client.ts';

const GRANT = 'grant_type=client_credentials';
const ORDER = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '0.1' };

async function start(
  t: ExecutionContext,
  more: object = {},
  options: Parameters<typeof startGateway>[2] = {},
) {
  const gateway = await startGateway(t, exchangeThatIs(true), options);
  const user = await gateway.signUp('ada@example.com');
  const program = await addClient(t, gateway, user.accessToken, more);
  return { ...gateway, user, program };
}

async function auditOf({ pool }: TestGateway, action: string) {
  const rows = await pool.anyFirst(
    sql.type(z.strictObject({ payload: z.string() }))`
      select payload from audit_log where action = ${action} order by entry_no`,
  );
  return rows.map((payload) => JSON.parse(payload));
}

test('a program trades with a token for its secret, and may not do more than it asked for', async (t) => {
  const x = await startTrading(t);
  const alice = await x.trader({ USDT: '1000' });
  const program = await addClient(t, x, alice.token);
  const { status, body, headers } = await askToken(x, program);
  t.is(status, 200);
  t.deepEqual(
    { ...body, access_token: '' },
    {
      access_token: '',
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'read trade',
    },
  );
  t.is(headers.get('cache-control'), 'no-store');
  const send = (token: string, method: string, path: string, sent?: unknown) =>
    x.request(method, path, { token, ...(sent === undefined ? {} : { body: sent }) });
  t.is((await send(body.access_token, 'POST', '/v1/orders', ORDER)).status, 201);
  t.is((await send(body.access_token, 'GET', '/v1/orders')).body.items.length, 1);
  t.is((await alice.get('/v1/orders')).body.items.length, 1, 'it is her account');

  const narrow = await askToken(x, program, 'read');
  t.is(narrow.body.scope, 'read');
  t.is((await send(narrow.body.access_token, 'GET', '/v1/orders')).status, 200);
  const refused = await send(narrow.body.access_token, 'POST', '/v1/orders', ORDER);
  t.is(refused.body.code, 'insufficient_scope');
  const longer = await send(body.access_token, 'POST', '/v1/auth/key-token');
  t.is(longer.body.code, 'key_required', 'a token is not made to last with itself');
  const { body: keys } = await alice.get('/v1/me/api-keys');
  t.like(keys.items[0], { id: program.id, algorithm: 'client-secret' });
  t.regex(keys.items[0].lastUsedAt, /^20/);
});

test('every route asks a token for its scope, or for a person', async (t) => {
  const x = await start(t);
  const [reader, dealer] = await Promise.all(
    ['read', 'trade'].map(async (scope) => (await askToken(x, x.program, scope)).body.access_token as string),
  );
  let tried = 0;
  for (const [key, { access, scope }] of Object.entries(operations)) {
    if (access === 'public') continue;
    const [method, path] = key.split(' ') as [string, string];
    const token = scope === 'trade' ? reader! : dealer!;
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const reply = await x.request(method, path.replaceAll(/:[A-Za-z]+/g, '1'), {
      token,
      ...(body === undefined ? {} : { body }),
    });
    const code =
      scope === 'key' ? 'key_required' : scope === undefined ? 'session_required' : 'insufficient_scope';
    t.is(reply.body.code, code, key);
    tried += 1;
  }
  t.true(tried > 40);
});

test('a client of openid-client finds the endpoint and gets a token either way', async (t) => {
  const x = await start(t);
  const { body } = await x.request('GET', '/.well-known/oauth-authorization-server');
  const { body: document } = await x.request('GET', '/openapi.json');
  t.is(
    document.components.securitySchemes.clientCredentials.flows.clientCredentials.tokenUrl,
    '/oauth/token',
  );
  t.deepEqual(document.paths['/v1/orders'].post.security.at(-1), { clientCredentials: ['trade'] });
  t.is(body.issuer, 'http://localhost:3000');
  t.is(body.token_endpoint, 'http://localhost:3000/oauth/token');
  for (const show of [client.ClientSecretBasic, client.ClientSecretPost]) {
    const server = { ...body, token_endpoint: `${x.url}/oauth/token` };
    const config = new client.Configuration(server, x.program.id, undefined, show(x.program.secret));
    client.allowInsecureRequests(config);
    const tokens = await client.clientCredentialsGrant(config, { scope: 'read' });
    t.is(tokens.scope, 'read');
    t.is((await x.request('GET', '/v1/orders', { token: tokens.access_token })).status, 200);
  }
});

test('every error has the shape and the status of RFC 6749', async (t) => {
  const x = await start(t, { scopes: ['read'] });
  const { id, secret } = x.program;
  const authorization = basic(x.program);
  const posted = `${GRANT}&client_id=${id}&client_secret=${secret}`;
  const cases: readonly [what: string, error: string, form: string, headers?: Record<string, string>][] = [
    ['no grant', 'invalid_request', 'scope=read', { authorization }],
    ['an empty grant', 'invalid_request', 'grant_type=', { authorization }],
    ['another grant', 'unsupported_grant_type', 'grant_type=password', { authorization }],
    [
      'a grant as it is not written',
      'unsupported_grant_type',
      'grant_type=Client_Credentials',
      { authorization },
    ],
    ['a parameter twice', 'invalid_request', `${GRANT}&${GRANT}`, { authorization }],
    ['a scope twice', 'invalid_request', `${GRANT}&scope=read&scope=trade`, { authorization }],
    ['an unknown parameter twice', 'invalid_request', `${GRANT}&x=1&x=2`, { authorization }],
    ['two ways at once', 'invalid_request', posted, { authorization }],
    ['two clients', 'invalid_request', `${GRANT}&client_id=bk_${'x'.repeat(20)}`, { authorization }],
    ['JSON', 'invalid_request', '{}', { 'content-type': 'application/json', authorization }],
    ['compressed', 'invalid_request', posted, { 'content-encoding': 'gzip' }],
    ['an unknown scope', 'invalid_scope', `${GRANT}&scope=withdraw`, { authorization }],
    ['a scope that the client has not', 'invalid_scope', `${GRANT}&scope=read+trade`, { authorization }],
    ['scopes with two spaces', 'invalid_scope', `${GRANT}&scope=read++read`, { authorization }],
    ['nobody', 'invalid_client', GRANT],
    ['no secret', 'invalid_client', `${GRANT}&client_id=${id}`],
    ['no secret, with a header', 'invalid_client', GRANT, { authorization: basic({ id, secret: '' }) }],
    ['a wrong secret', 'invalid_client', GRANT, { authorization: basic({ id, secret: `${secret}x` }) }],
    ['a wrong secret in the form', 'invalid_client', `${posted}x`],
    [
      'an unknown client',
      'invalid_client',
      GRANT,
      { authorization: basic({ id: `bk_${'x'.repeat(20)}`, secret }) },
    ],
    ['no client', 'invalid_client', GRANT, { authorization: basic({ id: "' or 1=1", secret }) }],
    ['a bearer token', 'invalid_client', GRANT, { authorization: `Bearer ${x.user.accessToken}` }],
    ['broken Basic', 'invalid_client', GRANT, { authorization: 'Basic %%%' }],
    ['Basic without colon', 'invalid_client', GRANT, { authorization: `Basic ${btoa('x')}` }],
    ['Basic badly encoded', 'invalid_client', GRANT, { authorization: `Basic ${btoa('%zz:x')}` }],
  ];
  for (const [what, error, form, headers] of cases) {
    const reply = await post(x, form, headers);
    t.deepEqual([reply.status, reply.body.error], [error === 'invalid_client' ? 401 : 400, error], what);
    t.is(reply.headers.get('www-authenticate') !== null, error === 'invalid_client', what);
    t.deepEqual(Object.keys(reply.body).sort(), ['error', 'error_description'], what);
  }
  const inAddress = await x.request('POST', `/oauth/token?client_id=${id}&client_secret=${secret}`, {
    body: GRANT,
    headers: { 'content-type': FORM },
  });
  t.is(inAddress.body.error, 'invalid_request');
  const large = await post(x, `${posted}&x=${'x'.repeat(1024 * 1024)}`);
  t.deepEqual([large.status, large.body.error], [413, 'invalid_request']);
  // An empty parameter is one that was left out, and one that nobody knows is not looked at.
  const good = await post(x, `${GRANT}&scope=&client_id=${id}&audience=x`, { authorization });
  t.is(good.status, 200);
  t.is(good.body.scope, 'read');
  t.is((await x.request('GET', '/oauth/token')).status, 405);
});

test('a token dies with its client within a second, and so does what it could get', async (t) => {
  const x = await start(t);
  const { body: shown } = await askToken(x, x.program);
  x.clock.nowMs += 1_000;
  const { body: other } = await askToken(x, x.program);
  const see = async (token: string) => (await x.request('GET', '/v1/orders', { token })).status;
  t.is(await see(shown.access_token), 200);
  // By another process: this one hears of it, and looks at a token that it has not seen yet.
  await revokeApiKeys(x.pool, 1, x.clock.nowMs);
  t.is((await askToken(x, x.program)).body.error, 'invalid_client', 'no other at once');
  x.clock.nowMs += 500;
  t.is(await see(other.access_token), 401);

  const again = await addClient(t, x, x.user.accessToken);
  const { body: live } = await askToken(x, again);
  t.is(await see(live.access_token), 200);
  const gone = await x.request('DELETE', `/v1/me/api-keys/${again.id}`, { token: x.user.accessToken });
  t.is(gone.status, 204);
  t.is(await see(live.access_token), 401);
});

test('a client is good until it expires, and only from its networks', async (t) => {
  const x = await start(t);
  const expiresAt = new Date(x.clock.nowMs + 60_000).toISOString();
  const ending = await addClient(t, x, x.user.accessToken, { expiresAt });
  const { body: short } = await askToken(x, ending);
  t.is(short.expires_in, 60);
  const see = async () => (await x.request('GET', '/v1/orders', { token: short.access_token })).status;
  t.is(await see(), 200);
  x.clock.nowMs += 61_000;
  t.is(await see(), 401, 'its token does not outlive it');
  t.is((await askToken(x, ending)).body.error, 'invalid_client');
  const { accessToken } = x.user;
  const far = await addClient(t, x, accessToken, { networks: ['10.0.0.0/8', '2001:db8::/32'] });
  const refused = await askToken(x, far);
  t.deepEqual([refused.status, refused.body.error], [400, 'unauthorized_client']);
  const wrong = await askToken(x, { ...far, secret: 'wrong' });
  t.is(wrong.body.error, 'invalid_client', 'who guesses does not learn of networks');
  const near = await addClient(t, x, accessToken, { networks: ['127.0.0.0/8'] });
  t.is((await askToken(x, near)).status, 200);
  t.deepEqual(
    (await auditOf(x, 'oauth_token.refused')).map(({ detail, userId }) => [detail.why, userId]),
    [
      ['expired', 1],
      ['ip_not_allowed', 1],
      ['wrong_secret', 1],
    ],
  );
});

test('a token has the limit of its client', async (t) => {
  const x = await start(t);
  const small = await addClient(t, x, x.user.accessToken, { pointsPerMinute: 15 });
  const { body } = await askToken(x, small);
  // This request weighs five points.
  const see = () => x.request('GET', '/v1/orders', { token: body.access_token });
  for (let count = 0; count < 3; count += 1) t.is((await see()).status, 200);
  const refused = await see();
  t.deepEqual([refused.status, refused.body.code], [429, 'too_many_requests']);
});

test('a client signs nothing, and a key that signs gets no token here', async (t) => {
  const x = await start(t);
  const [{ id, secret }, { accessToken: token }] = [x.program, x.user];
  // With what is kept of the secret, and with the secret itself.
  const kept = await x.pool.oneFirst(
    sql.type(z.strictObject({ kept: z.instanceof(Buffer) }))`select key_material as kept from api_keys`,
  );
  for (const bytes of [kept, Buffer.from(secret, 'base64url'), Buffer.from(secret)]) {
    const { body } = await sender(x, withSecret(id, bytes.toString('base64')))('GET', '/v1/orders');
    t.is(body.code, 'invalid_signature');
  }
  // Not even with bytes that are somebody's public key.
  const strange = await addClient(t, x, token);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  await x.pool.query(
    sql.unsafe`update api_keys set key_material = ${sql.binary(raw)} where id = ${strange.id}`,
  );
  const signed = await sender(x, withPrivateKey(strange.id, privateKey))('GET', '/v1/orders');
  t.is(signed.body.code, 'invalid_signature');
  const key = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read'], password: PASSWORD };
  const { body: signing } = await x.request('POST', '/v1/me/api-keys', { token, body: key });
  t.is((await sender(x, withSecret(signing.id, signing.secret))('GET', '/v1/orders')).status, 200);
  t.is((await askToken(x, signing)).body.error, 'invalid_client');
  t.like((await auditOf(x, 'oauth_token.refused'))[0], {
    userId: 1,
    actor: { type: 'anonymous' },
    detail: { keyId: signing.id, why: 'unknown_client' },
  });
});

test('guesses are limited for each client and address, and lock nobody out elsewhere', async (t) => {
  const attemptLimits = { windowSeconds: 900, perAddressAndPerson: 5, perAddress: 100, perPerson: 100 };
  const x = await start(t, {}, { attemptLimits, transport: { trustProxy: true } });
  const other = await addClient(t, x, x.user.accessToken);
  const ask = (from: string, secret = x.program.secret, id = x.program.id) =>
    post(x, GRANT, { authorization: basic({ id, secret }), 'x-forwarded-for': from });
  for (let count = 0; count < 12; count += 1)
    t.is((await ask('192.0.2.1')).status, 200, 'what is right is free');
  const guesses = await Promise.all(
    Array.from({ length: 9 }, (_, index) => ask('192.0.2.1', `guess ${index}`)),
  );
  t.deepEqual(guesses.map(({ status }) => status).sort(), [...Array(5).fill(401), ...Array(4).fill(429)]);
  const late = await ask('192.0.2.1');
  t.deepEqual([late.status, late.body.code], [429, 'too_many_requests']);
  t.truthy(late.headers.get('retry-after'));
  t.is((await ask('192.0.2.2')).status, 200, 'the owner is somewhere else');
  t.is((await ask('192.0.2.1', other.secret, other.id)).status, 200, 'and his neighbour uses another');
});

test('the secret is kept nowhere, and what was issued and refused is written down', async (t) => {
  const x = await start(t);
  const { body } = await askToken(x, x.program, 'read');
  await askToken(x, { ...x.program, secret: 'a guess at the secret' });
  const kept = JSON.stringify(
    await x.pool.any(sql.unsafe`
      select encode(key_material, 'escape') || encode(key_material, 'base64') as kept from api_keys
      union all select payload from audit_log`),
  );
  for (const secret of [x.program.secret, body.access_token, 'a guess at the secret'])
    t.false(kept.includes(secret));
  const [issued] = await auditOf(x, 'oauth_token.issued');
  t.like(issued, {
    userId: 1,
    actor: { type: 'user', sessionId: `key:${x.program.id}` },
    detail: { keyId: x.program.id, scopes: ['read'] },
  });
  t.like((await auditOf(x, 'oauth_token.refused'))[0], {
    userId: 1,
    outcome: 'refused',
    actor: { type: 'anonymous' },
    detail: { keyId: x.program.id, why: 'wrong_secret' },
  });
});
