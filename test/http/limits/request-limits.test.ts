import test from 'ava';
import { createMemoryCounters } from '../../../src/http/limits/counters.ts';
import { RequestLimits } from '../../../src/http/limits/request-limits.ts';
import { NO_LIMITS } from '../../support/limits.ts';
import { exchangeThatIs, PASSWORD, type Reply, startGateway } from '../gateway.ts';
import { sender, withSecret } from '../keys/signing.ts';
import { startTrading } from '../trading.ts';
import { TestClient } from '../websocket/client.ts';
import { startScriptedGateway } from '../websocket/scripted-gateway.ts';

const left = ({ headers }: Reply) => headers.get('ratelimit');

test('each request tells how much is left, and who uses up his address waits', async (t) => {
  const rateLimits = { ...NO_LIMITS, addressPoints: 3 };
  const { request, clock } = await startGateway(t, exchangeThatIs(true), { rateLimits });
  const ask = (path = '/openapi.json') => request('GET', path);
  const first = await ask();
  t.is(first.headers.get('ratelimit-policy'), '"address";q=3;w=60');
  t.is(left(first), '"address";r=2;t=60');
  clock.nowMs += 20_500;
  t.is(left(await ask()), '"address";r=1;t=40');
  t.is((await ask('/health/live')).headers.get('ratelimit'), null, 'who watches it is not counted');
  t.is((await ask()).status, 200);
  const refused = await ask();
  t.is(refused.status, 429);
  t.is(refused.body.code, 'too_many_requests');
  t.is(refused.headers.get('retry-after'), '40');
  t.is(left(refused), '"address";r=0;t=40');
  t.is((await ask('/health/live')).status, 200);
  clock.nowMs += 39_500;
  t.is((await ask()).status, 200, 'a new window');
});

test('requests weigh what the document says', async (t) => {
  const { request } = await startGateway(t, exchangeThatIs(true), {
    rateLimits: { ...NO_LIMITS, addressPoints: 100 },
  });
  const { body } = await request('GET', '/openapi.json');
  t.is(body.paths['/v1/auth/login'].post['x-points'], 10);
  t.is(body.paths['/v1/me'].get['x-points'], 1);
  const credentials = { email: 'nobody@example.com', password: PASSWORD };
  t.is(left(await request('POST', '/v1/auth/login', { body: credentials })), '"address";r=89;t=60');
});

test('an account has a limit of its own, and cancels get through when it is used up', async (t) => {
  const x = await startTrading(t, { rateLimits: { ...NO_LIMITS, accountPoints: 20 } });
  const [alice, bob] = [await x.trader({ USDT: '1000' }), await x.trader()];
  const { body } = await alice.limit('buy', '100', '0.1');
  let refused = await alice.get('/v1/balances');
  while (refused.status === 200) refused = await alice.get('/v1/balances');
  t.is(refused.body.code, 'too_many_requests');
  t.regex(refused.body.detail, /of this account, 20 points a minute/);
  t.is((await alice.limit('buy', '100', '0.1')).status, 429);
  t.is((await bob.get('/v1/balances')).status, 200, 'others go on');
  const canceled = await alice.delete(`/v1/orders/${body.order.id}`);
  t.is(canceled.status, 200);
  t.regex(left(canceled)!, /^"address";r=\d+;t=\d+, "account";r=0;t=\d+$/);
  let cancel = await alice.delete('/v1/orders');
  while (cancel.status === 200) cancel = await alice.delete('/v1/orders');
  t.is(cancel.status, 429, 'at twice the limit that ends as well');
});

test('a key may have fewer points than its account; a foreign request does not use them up', async (t) => {
  const x = await startTrading(t);
  const alice = await x.trader({ USDT: '1000' });
  const { body: key } = await alice.post('/v1/me/api-keys', {
    name: 'slow',
    algorithm: 'hmac-sha256',
    scopes: ['read'],
    pointsPerMinute: 4,
    password: PASSWORD,
  });
  t.is(key.pointsPerMinute, 4);
  const send = sender(x, withSecret(key.id, key.secret));
  const forge = sender(x, withSecret(key.id, Buffer.alloc(32).toString('base64')));
  for (let count = 0; count < 10; count += 1) t.is((await forge('GET', '/v1/balances')).status, 401);
  t.regex(left(await send('GET', '/v1/balances'))!, /"key";r=3;t=\d+$/);
  const { body: token } = await send('POST', '/v1/auth/key-token');
  const withToken = () => x.request('GET', '/v1/balances', { token: token.accessToken });
  t.regex(left(await withToken())!, /"key";r=1;t=\d+$/, 'a token of the key counts for the key');
  t.is((await withToken()).status, 200);
  t.is((await withToken()).status, 429);
  t.is((await send('GET', '/v1/balances')).status, 429);
  t.is((await alice.get('/v1/balances')).status, 200);
});

test('a socket counts as well, in the order of its requests, and who goes on is closed', async (t) => {
  const requestLimits = new RequestLimits(
    { ...NO_LIMITS, addressPoints: 5, accountPoints: 3 },
    createMemoryCounters(),
    Date.now,
  );
  const { url, tokens } = await startScriptedGateway(t, { requestLimits });
  const client = await TestClient.connect(t, url);
  const other = await TestClient.connect(t, url);
  await client.ask('ping');
  await client.ask('authenticate', { token: tokens.issue(1000) });
  for (let count = 0; count < 3; count += 1) await client.ask('ping');
  const { ok, error } = await client.request('ping');
  t.false(ok);
  t.like(error, { code: 'too_many_requests' });
  t.true(error.retryAfterSeconds >= 1 && error.retryAfterSeconds <= 60);
  t.not((await client.request('order.cancel', { orderId: '1000-1' })).error?.code, 'too_many_requests');
  for (let count = 0; count < 3; count += 1) await other.ask('ping');
  t.is(
    (await other.request('ping')).error.code,
    'too_many_requests',
    'before it is signed in the address counts',
  );
  for (let count = 0; count < 20; count += 1) client.send('ping');
  t.deepEqual(await client.closed, { code: 1008, reason: 'too many requests' });
});

test('an address may have only so many sockets', async (t) => {
  const { url } = await startScriptedGateway(t, { limits: { maxConnectionsPerAddress: 2 } });
  const [first] = [await TestClient.connect(t, url), await TestClient.connect(t, url)];
  await t.throwsAsync(TestClient.connect(t, url), { message: /429/ });
  first!.ws.close();
  await first!.closed;
  await t.notThrowsAsync(TestClient.connect(t, url));
});

test('who is guessed at from many places is not locked out where he has signed in before', async (t) => {
  const attemptLimits = { windowSeconds: 60, perAddressAndPerson: 50, perAddress: 500, perPerson: 5 };
  const { request, signUp } = await startGateway(t, exchangeThatIs(true), {
    attemptLimits,
    transport: { trustProxy: true },
  });
  const email = 'alice@example.com';
  await signUp(email);
  const logIn = (ip: string, password: string, who = email) =>
    request('POST', '/v1/auth/login', {
      body: { email: who, password },
      headers: { 'x-forwarded-for': ip },
    });
  t.is((await logIn('192.0.2.1', PASSWORD)).status, 200);
  for (let index = 0; index < 10; index += 1) await logIn(`198.51.100.${index}`, 'a wrong password');
  t.is((await logIn('198.51.100.99', 'a wrong password')).status, 429);
  t.is((await logIn('203.0.113.5', PASSWORD)).status, 429, 'a place that is new has to wait');
  t.is((await logIn('192.0.2.1', PASSWORD)).status, 200);
  t.is((await logIn('203.0.113.5', PASSWORD, 'bob@example.com')).status, 401);
});
