import { once } from 'node:events';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { sql } from 'slonik';
import { BODY_LIMIT_BYTES } from '../../../src/http/middleware/body.ts';
import { exchangeThatIs, startGateway, type TestGateway } from '../gateway.ts';

const REGISTER = '/v1/auth/register';
const GOOD = JSON.stringify({ email: 'smuggled@example.com', password: 'a horse that was smuggled' });

function connect(gateway: TestGateway): net.Socket {
  const socket = net.connect(Number(new URL(gateway.url).port), '127.0.0.1');
  // Who is refused may be cut off while he still writes.
  socket.on('error', () => {});
  return socket;
}

/** All that comes back until the server closes. */
async function untilClosed(socket: net.Socket): Promise<string> {
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

function raw(gateway: TestGateway, text: string | Buffer): Promise<string> {
  const socket = connect(gateway);
  socket.write(text);
  return untilClosed(socket);
}

const answersIn = (text: string) => text.match(/HTTP\/1\.1 \d{3}/g) ?? [];

const post = (headers: readonly string[], body: string, path = REGISTER) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n${body}`;

test('where a request ends is never in doubt: what could be read in two ways is refused, and the connection closed', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const inner = post([`Content-Length: ${GOOD.length}`], GOOD);
  const chunked = `${GOOD.length.toString(16)}\r\n${GOOD}\r\n0\r\n\r\n`;
  const shapes: Record<string, string> = {
    'length and chunks': post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`),
    'chunks and length': post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${inner}`),
    'two lengths': post(['Content-Length: 0', `Content-Length: ${inner.length}`], inner),
    'two lengths that agree': post(['Content-Length: 2', 'Content-Length: 2'], `{}${inner}`),
    'two lengths in one': post([`Content-Length: 0, ${inner.length}`], inner),
    'a length with a sign': post(['Content-Length: +2'], `{}${inner}`),
    'a length below zero': post(['Content-Length: -1'], inner),
    'a length in hexadecimal': post(['Content-Length: 0x2'], `{}${inner}`),
    'a length with a comma': post(['Content-Length: 2,'], `{}${inner}`),
    'chunks that are not last': post(['Transfer-Encoding: chunked, identity'], chunked),
    'chunks by another name': post(['Transfer-Encoding: xchunked'], chunked),
    'chunks twice': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked),
    'space before the colon': post(['Transfer-Encoding : chunked'], chunked),
    'a folded header': post(['Transfer-Encoding:', ' chunked'], chunked),
    'a header in two lines': post(['X: a', '\tContent-Length: 5', 'Content-Length: 2'], `{}${inner}`),
    'line feeds alone': post([`Content-Length: ${GOOD.length}`], GOOD).replaceAll('\r\n', '\n'),
    'a carriage return alone': post(['X: a\rContent-Length: 2'], `{}${inner}`),
    'NUL in a header': post(['X: a\u0000b', 'Content-Length: 2'], '{}'),
    'a chunk size with a sign': post(['Transfer-Encoding: chunked'], `+2\r\n{}\r\n0\r\n\r\n${inner}`),
    'a chunk size in hexadecimal notation': post(['Transfer-Encoding: chunked'], `0x2\r\n{}\r\n0\r\n\r\n`),
    'a chunk size beyond all numbers': post(['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\n{}'),
    'a chunk that is longer than it says': post(['Transfer-Encoding: chunked'], `1\r\n{}\r\n0\r\n\r\n`),
    'a line feed after a chunk size': post(['Transfer-Encoding: chunked'], `2\n{}\r\n0\r\n\r\n${inner}`),
    // Where it ends is clear: what came after it would be a request of its own.
    'no host': `POST ${REGISTER} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${GOOD.length}\r\n\r\n${GOOD}`,
    'a header without a name': post([': x', 'Content-Length: 2'], `{}${inner}`),
    'a name with a space': post(['Content Length: 2'], `{}${inner}`),
    'a space in the address': `GET /health/live HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n${inner}`,
    'another protocol': `GET /health/live HTTQ/1.1\r\nHost: x\r\n\r\n${inner}`,
  };
  for (const [what, text] of Object.entries(shapes)) {
    const answer = await raw(gateway, text);
    t.deepEqual(answersIn(answer), ['HTTP/1.1 400'], `${what}: ${answer.slice(0, 300)}`);
    // Without a host Node answers by itself, and nothing of ours is asked.
    if (what !== 'no host') t.regex(answer, /"code":"malformed_request"/, what);
    t.regex(answer, /Connection: close/i, what);
  }
  // Passwords are hashed two at a time: whatever was under way is done when these are.
  for (const email of ['last@example.com', 'very-last@example.com']) await gateway.signUp(email);
  const users = await gateway.pool.anyFirst(sql.unsafe`select email from users order by id`);
  t.deepEqual(users, ['last@example.com', 'very-last@example.com'], 'none of them was carried out');
});

test('what follows a body is another request, and a body is never one', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const inner = 'GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const two = await raw(gateway, `${post(['Content-Length: 2'], '{}')}${inner}`);
  t.deepEqual(answersIn(two), ['HTTP/1.1 400', 'HTTP/1.1 200'], 'two requests in a row');
  const one = await raw(gateway, post([`Content-Length: ${inner.length}`, 'Connection: close'], inner));
  t.deepEqual(answersIn(one), ['HTTP/1.1 400'], 'one request with a body that looks like another');
  // A route that does not read a body leaves it to be skipped, not to be taken for a request.
  const get = `GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
  t.deepEqual(answersIn(await raw(gateway, get)), ['HTTP/1.1 200']);
});

test('nothing is unpacked: a body says in its own bytes how long it is', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const packed = gzipSync(GOOD);
  for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'x-gzip', 'gzip, gzip', 'GZIP']) {
    const head = `POST ${REGISTER} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${packed.length}\r\n\r\n`;
    const answer = await raw(gateway, Buffer.concat([Buffer.from(head), packed]));
    t.regex(answer, /^HTTP\/1\.1 415.*unsupported_media_type/s, encoding);
  }
  const headers = { 'accept-encoding': 'gzip, br' };
  const { headers: sent } = await gateway.request('GET', '/openapi.json', { headers });
  t.is(sent.get('content-encoding'), null, 'nor is anything packed next to what a stranger chose');
});

test('headers without end are cut off, in one line or in thousands', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const floods = {
    'one line': `X: ${'x'.repeat(64 * 1024)}`,
    'many lines': Array.from({ length: 5_000 }, (_, n) => `X-${n}: ${n}`).join('\r\n'),
    'one name': 'Authorization: Bearer x\r\n'.repeat(2_000),
    'a long name': `${'X'.repeat(64 * 1024)}: 1`,
    cookies: `Cookie: ${'a=b; '.repeat(8_000)}`,
  };
  for (const [what, headers] of Object.entries(floods)) {
    const answer = await raw(gateway, `GET /health/live HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
    t.regex(answer, /^HTTP\/1\.1 431.*headers_too_large/s, what);
  }
  const address = await raw(gateway, `GET /${'x'.repeat(64 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  t.regex(address, /^HTTP\/1\.1 431/);
  // Trailers count as headers do.
  const trailers = `0\r\n${'X-T: 1\r\n'.repeat(10_000)}\r\n`;
  t.regex(await raw(gateway, post(['Transfer-Encoding: chunked'], trailers)), /^HTTP\/1\.1 4(?:31|00)/);
});

test('a body above the limit is refused on every route that takes one, announced or not', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken } = await gateway.signUp('big@example.com');
  const token = `Authorization: Bearer ${accessToken}`;
  const { body: document } = await gateway.request('GET', '/openapi.json');
  const over = BODY_LIMIT_BYTES + 1;
  const routes = Object.entries(
    document.paths as Record<string, Record<string, { requestBody?: { content: object } }>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { requestBody }]) => 'application/json' in (requestBody?.content ?? {}))
      .map(([method]) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, '1')] as const),
  );
  t.true(routes.length > 15);
  for (const [method, path] of routes) {
    const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${token}\r\n`;
    const huge = await raw(gateway, `${head}Content-Length: 99999999999\r\n\r\n{`);
    t.regex(huge, /^HTTP\/1\.1 (?:413.*body_too_large|403.*forbidden)/s, `${method} ${path}`);
  }
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
  const many = chunk.repeat(Math.ceil(over / 65_536));
  const chunked = await raw(
    gateway,
    post(['Connection: close', 'Transfer-Encoding: chunked'], `${many}0\r\n\r\n`),
  );
  t.regex(chunked, /^HTTP\/1\.1 413.*body_too_large/s);
  // A key's signature covers the body: it is read before anybody is known, and must have the same limit.
  const shown = [
    `X-Bourse-Key: bk_${'a'.repeat(20)}`,
    'X-Bourse-Timestamp: 1700000000000',
    `X-Bourse-Signature: ${'A'.repeat(43)}=`,
    'Connection: close',
    'Transfer-Encoding: chunked',
  ];
  const unknown = await raw(gateway, post(shown, `${many}0\r\n\r\n`, '/v1/orders'));
  t.regex(unknown, /^HTTP\/1\.1 413.*body_too_large/s);
});

test('hundreds who are slow, or say nothing, hinder nobody, and are cut off', async (t) => {
  const timeouts = { headersMs: 1_500, requestMs: 2_500 };
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { timeouts } });
  const beginnings = [
    '',
    'GET /health/live HTTP/1.1\r\nHost: x\r\n',
    'GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: a',
    post(['Content-Length: 1000'], '{"email":"'),
    post(['Transfer-Encoding: chunked'], '5\r\n{"ema\r\n'),
  ];
  const slow = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      const socket = connect(gateway);
      await once(socket, 'connect');
      socket.write(beginnings[n % beginnings.length]!);
      return { kind: n % beginnings.length, answer: untilClosed(socket), socket };
    }),
  );
  // One byte now and then keeps nobody's connection open: what counts is when it began.
  const drip = setInterval(() => {
    for (const { socket, kind } of slow) if (kind !== 0 && socket.writable) socket.write('x');
  }, 100);
  t.teardown(() => clearInterval(drip));
  const open = () => slow.filter(({ socket }) => !socket.destroyed).length;
  let served = 0;
  while (open() > 0) {
    t.is((await gateway.request('GET', '/health/live')).status, 200);
    served += 1;
  }
  t.true(served > 5, `${served} served meanwhile`);
  for (const { kind, answer } of slow) {
    const text = await answer;
    // A dripped byte that breaks the syntax is refused at once.
    t.regex(
      text,
      /^HTTP\/1\.1 4(?:08.*request_timeout|00.*malformed)/s,
      `${beginnings[kind]}: ${text.slice(0, 200)}`,
    );
  }
});
