import { once } from 'node:events';
import net from 'node:net';
import test from 'ava';
import pino from 'pino';
import { BODY_LIMIT_BYTES } from '../../src/http/middleware/body.ts';
import { exchangeThatIs, startGateway, type TestGateway } from './gateway.ts';

/** Sends bytes as they are and answers everything that comes back until the server closes. */
async function raw(gateway: TestGateway, text: string | Buffer): Promise<string> {
  const socket = net.connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

test('liveness and readiness', async (t) => {
  const ready = await startGateway(t, exchangeThatIs(true));
  t.is((await ready.request('GET', '/health/live')).status, 200);
  t.is((await ready.request('GET', '/health/ready')).status, 200);
  const starting = await startGateway(t, exchangeThatIs(false), { database: ready });
  t.is((await starting.request('GET', '/health/live')).status, 200);
  const refused = await starting.request('GET', '/health/ready');
  t.is(refused.status, 503);
  t.is(refused.body.code, 'not_ready');
  t.truthy(refused.headers.get('retry-after'));
});

test('metrics name the route, never the path', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  await gateway.request('GET', '/health/live');
  await gateway.request('GET', '/nowhere/at/all');
  const { body, headers } = await gateway.request('GET', '/metrics');
  t.regex(headers.get('content-type')!, /^text\/plain/);
  t.regex(
    body,
    /bourse_http_request_duration_seconds_count\{method="GET",route="\/health\/live",status="200"\} 1/,
  );
  t.notRegex(body, /nowhere/);
});

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

test('every reply tells browsers to keep, guess, run and frame nothing, also one that never reached a route', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  for (const path of ['/v1/markets', '/v1/me', '/nowhere', '/docs', '/confirm-email', '/openapi.json']) {
    const { headers } = await gateway.request('GET', path);
    for (const [name, value] of Object.entries(HEADERS)) t.is(headers.get(name), value, `${path} ${name}`);
    const policy = headers.get('content-security-policy')!;
    for (const directive of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      t.true(policy.split('; ').includes(directive), `${path} ${directive}`);
    if (!headers.get('content-type')!.startsWith('text/html')) t.regex(policy, /; sandbox$/, path);
    t.regex(headers.get('content-type')!, /charset=utf-8$/, path);
  }
  for (const request of ['hello\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]) {
    const answer = (await raw(gateway, request)).toLowerCase();
    for (const [name, value] of Object.entries(HEADERS))
      t.true(answer.includes(`\r\n${name}: ${value}\r\n`), `${name} of ${answer}`);
  }
});

test('TRACE is answered with a problem that repeats nothing', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  for (const path of ['/v1/me', '/nowhere']) {
    const answer = await raw(
      gateway,
      `TRACE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer secret\r\n\r\n`,
    );
    t.regex(answer, /^HTTP\/1\.1 40[45] /);
    t.notRegex(answer, /secret/);
  }
});

test('who was kept out of what is in the log, bounded, and nothing that was shown', async (t) => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const gateway = await startGateway(t, exchangeThatIs(true), { log });
  const { accessToken: token } = await gateway.signUp('ada@example.com');
  lines.length = 0;
  await gateway.request('GET', '/v1/admin/users/7', { token });
  t.is(lines.length, 1);
  t.like(lines[0], {
    level: 30,
    code: 'forbidden',
    method: 'GET',
    route: '/v1/admin/users/:userId',
    ip: '127.0.0.1',
  });
  t.is(typeof lines[0]!['userId'], 'number');
  t.is(typeof lines[0]!['requestId'], 'string');

  lines.length = 0;
  await gateway.request('GET', '/v1/me', { token: 'a-forged-token' });
  await gateway.request('POST', '/v1/auth/login', {
    body: { email: 'ada@example.com', password: 'a secret' },
  });
  await gateway.request('POST', '/v1/auth/login', { body: { secret: 'a secret' } });
  t.deepEqual(
    lines.map(({ level, code }) => [level, code]),
    [
      [30, 'unauthenticated'],
      [30, 'invalid_credentials'],
      [20, 'invalid_request'],
    ],
  );
  t.notRegex(JSON.stringify(lines), /forged|a secret/);

  lines.length = 0;
  gateway.clock.nowMs += 1_000;
  for (let count = 0; count < 103; count += 1) await gateway.request('GET', '/v1/me');
  t.is(lines.length, 100);
  gateway.clock.nowMs += 1_000;
  await gateway.request('GET', '/v1/me');
  t.is(lines.at(-1)!['leftOut'], 3);
});

test('what nobody answers is a problem: 404, 405 with Allow, and OPTIONS', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const missing = await gateway.request('GET', '/nowhere');
  t.is(missing.status, 404);
  t.like(missing.body, { code: 'not_found', type: '/docs#not_found', title: 'Not found', status: 404 });
  const wrong = await gateway.request('DELETE', '/v1/auth/login');
  t.is(wrong.status, 405);
  t.is(wrong.body.code, 'method_not_allowed');
  t.is(wrong.headers.get('allow'), 'POST, OPTIONS');
  t.is((await gateway.request('OPTIONS', '/v1/auth/login')).status, 204);
  t.is((await gateway.request('GET', '/v1/%ff')).status, 404);
});

test('a path is exact: no other case, no slash at its end', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  t.is((await gateway.request('GET', '/health/live')).status, 200);
  for (const path of ['/health/live/', '/Health/live', '/v1/markets/BTC-USDT/', '/docs/']) {
    t.is((await gateway.request('GET', path)).status, 404, path);
  }
  // A client makes this of an order named '..': it must never be taken for all orders.
  t.is((await gateway.request('DELETE', '/v1/orders/')).status, 404);
});

test('a parameter that is given twice is refused, never one of the two taken', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken: token } = await gateway.signUp('ada@example.com');
  t.is((await gateway.request('GET', '/v1/me/security-events?limit=2', { token })).status, 200);
  const twice = await gateway.request('GET', '/v1/me/security-events?limit=2&limit=3', { token });
  t.is(twice.body.code, 'invalid_request');
});

test('a request that offers to speak h2c is answered as it is', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const upgrade =
    'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__';
  const answer = await raw(gateway, `GET /health/live HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n\r\n`);
  t.regex(answer, /^HTTP\/1\.1 200 OK/);
});

test('a request has an id that the client may choose', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const given = await gateway.request('GET', '/nowhere', { headers: { 'x-request-id': 'client-1' } });
  t.is(given.headers.get('x-request-id'), 'client-1');
  t.is(given.body.requestId, 'client-1');
  const bad = await gateway.request('GET', '/nowhere', { headers: { 'x-request-id': '<script>' } });
  t.regex(bad.body.requestId, /^[\w-]+$/);
  t.is(bad.headers.get('x-content-type-options'), 'nosniff');
});

test('bodies that are not JSON are refused with their own codes', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const post = (body: string, type = 'application/json') =>
    gateway.request('POST', '/v1/auth/login', { body, headers: { 'content-type': type } });
  for (const body of ['', '{', '{"email":}', '\u0000', "{'email':1}", '{"a":NaN}', '{"a":0x10}']) {
    t.is((await post(body)).body.code, 'malformed_json', body);
  }
  for (const body of ['null', '[]', '"text"', '1', '{}', '{"__proto__":{"email":"x"}}']) {
    t.is((await post(body)).body.code, 'invalid_request', body);
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
  ]) {
    const refused = await post('{}', type);
    t.is(refused.status, 415);
    t.is(refused.body.code, 'unsupported_media_type');
  }
  t.is((await post('{}', 'application/json; charset=UTF-8')).body.code, 'invalid_request');
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
  const notUtf8 = await raw(
    gateway,
    Buffer.concat([
      Buffer.from(
        `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      ),
      bytes,
    ]),
  );
  t.regex(notUtf8, /malformed_json/);
});

test('a body above the limit is refused, whether it says so or not', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const body = JSON.stringify({ email: 'x'.repeat(BODY_LIMIT_BYTES) });
  const announced = await gateway.request('POST', '/v1/auth/login', { body });
  t.is(announced.status, 413);
  t.is(announced.body.code, 'body_too_large');
  const huge = await raw(
    gateway,
    'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n',
  );
  t.regex(huge, /^HTTP\/1\.1 413.*body_too_large/s);
  const chunk = 'x'.repeat(65_536);
  const chunked = await raw(
    gateway,
    `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${chunk}\r\n`.repeat(17)}0\r\n\r\n`,
  );
  t.regex(chunked, /^HTTP\/1\.1 413.*body_too_large/s);
});

test('what is not HTTP gets a problem and a closed connection', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  t.regex(await raw(gateway, 'hello\r\n\r\n'), /^HTTP\/1\.1 400.*malformed_request/s);
  const headers = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
  t.regex(await raw(gateway, headers), /^HTTP\/1\.1 431.*headers_too_large/s);
});

test('closing lets a request under way finish and refuses new connections', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const port = Number(new URL(gateway.url).port);
  const socket = net.connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  const body = '{"email":"a@b.example","password":"x"}';
  const arrived = once(gateway.server, 'request');
  socket.write(
    `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  await arrived;
  const closed = gateway.close();
  socket.write(body);
  await once(socket, 'close');
  await closed;
  t.regex(answer, /^HTTP\/1\.1 401/);
  t.regex(answer, /Connection: close/i);
  await t.throwsAsync(fetch(gateway.url));
});

test('behind a proxy the client’s address is what the proxy has seen, not what the client says', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), {
    transport: { trustProxy: true },
    attemptLimits: { windowSeconds: 60, perAddress: 1, perAddressAndPerson: 1, perPerson: 100 },
  });
  const signIn = async (forwardedFor: string) => {
    const body = { email: 'a@b.example', password: 'x' };
    const headers = { 'x-forwarded-for': forwardedFor };
    return (await gateway.request('POST', '/v1/auth/login', { body, headers })).status;
  };
  t.is(await signIn('192.0.2.1, 198.51.100.7'), 401);
  t.is(await signIn('192.0.2.2, 198.51.100.7'), 429, 'another first entry is no other client');
  t.is(await signIn('192.0.2.1, 198.51.100.8'), 401);
});
