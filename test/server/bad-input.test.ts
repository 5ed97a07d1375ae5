import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { type DatabasePool, sql } from 'slonik';
import { WebSocket } from 'ws';
import { createTestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { type Login, signUpTraders } from '../support/traders.ts';
import { assertVerified } from '../support/verified.ts';
import { badOrders, good, MALFORMED, NUMBERS, POLLUTED } from './bad-input.ts';

interface Target {
  readonly url: string;
  readonly pool: DatabasePool;
  readonly login: Login;
}

/** A server of its own, and at the end the proof that nothing was changed and the server is well. */
async function startTarget(t: ExecutionContext, attack: (target: Target) => Promise<void>): Promise<void> {
  const { url: databaseUrl, pool } = await createTestDatabase(t);
  const server = await startServer(t, {
    DATABASE_URL: databaseUrl,
    JWT_SECRET: 'a secret that is long enough for HS256',
  });
  const [login] = await signUpTraders(server.url, pool, 1);
  const before = await everything(pool);
  await attack({ url: server.url, pool, login: login! });
  t.deepEqual(await everything(pool), before, 'nothing was changed');
  t.is((await fetch(`${server.url}/health/ready`)).status, 200);
  await assertVerified(t, pool);
  const { code, stderr } = await server.kill('SIGTERM');
  t.deepEqual([code, stderr], [0, '']);
}

/** What trading changes: each table that is written, as one number or hash. */
async function everything(pool: DatabasePool): Promise<unknown> {
  return pool.one(sql.unsafe`
    select (select batch_no from exchange_state) as batch_no, (select count(*) from message_log) as messages,
           (select count(*) from open_orders) + (select count(*) from orders) as orders,
           (select md5(string_agg(w::text, ',' order by account_id, asset_id)) from wallets w) as wallets,
           (select count(*) from users) as users, (select count(*) from accounts) as accounts`);
}

test('REST: whatever is sent, the answer is a problem with a 4xx and a code, and nothing changes', async (t) => {
  await startTarget(t, async ({ url, login }) => {
    const headers = { authorization: `Bearer ${login.token}`, 'content-type': 'application/json' };
    async function refused(
      method: string,
      path: string,
      body?: string | Buffer,
      more: object = {},
    ): Promise<void> {
      const what = `${method} ${path} ${String(body).slice(0, 120)}`;
      const sent = body === undefined ? {} : { body: body as string };
      const response = await fetch(url + path, { method, headers: { ...headers, ...more }, ...sent });
      const text = await response.text();
      t.true(
        response.status >= 400 && response.status < 500,
        `${what}: ${response.status} ${text.slice(0, 200)}`,
      );
      t.regex(response.headers.get('content-type') ?? '', /^application\/problem\+json/, what);
      const problem = JSON.parse(text);
      t.regex(problem.code, /^[a-z_]+$/, what);
      t.is(problem.status, response.status, what);
      t.false(
        /node_modules|src\/|at .*:\d+:\d+|select |insert /i.test(text),
        `${what} tells of the inside: ${text}`,
      );
    }

    for (const order of badOrders()) await refused('POST', '/v1/orders', JSON.stringify(order));
    for (const body of [...MALFORMED, ...POLLUTED]) await refused('POST', '/v1/orders', body);
    for (const [field, value] of Object.entries({ price: NUMBERS, quantity: NUMBERS })) {
      for (const number of value)
        await refused('PATCH', '/v1/orders/1000-1', JSON.stringify({ [field]: number }));
    }
    await refused('POST', '/v1/orders', Buffer.from([0xff, 0xfe, 0x7b]));
    await refused('POST', '/v1/orders', `{"market":"${'x'.repeat(2 * 1024 * 1024)}"}`);
    await refused('POST', '/v1/orders', JSON.stringify(good), { 'content-type': 'text/plain' });
    await refused('POST', '/v1/orders', 'market=BTC-USDT', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    await refused('POST', '/v1/orders', JSON.stringify(good), { 'content-encoding': 'gzip' });
    await refused('POST', '/v1/orders', JSON.stringify(good), { authorization: 'Bearer x.y.z' });
    await refused('POST', '/v1/orders/batch', JSON.stringify({ orders: Array(101).fill(good) }));
    await refused('POST', '/v1/orders/batch', JSON.stringify({ orders: [] }));
    for (const path of [
      '/v1/orders/%00',
      '/v1/orders/1000-99999999999999999999',
      '/v1/orders/-1',
      '/v1/orders/1000-1%0a',
      '/v1/orders/by-client-order-id/%00',
      '/v1/orders/by-client-order-id/%ff',
      '/v1/orders/by-client-order-id/x%20y',
      `/v1/orders/by-client-order-id/${'x'.repeat(5_000)}`,
      '/v1/orders/__proto__',
      '/v1/orders/..%2f..%2fetc',
    ]) {
      for (const method of ['GET', 'DELETE']) await refused(method, path);
    }
    for (const path of [
      '/v1/markets/%00/depth',
      '/v1/markets/__proto__/depth',
      '/v1/markets/BTC-USDT/depth?levels=-1',
      '/v1/markets/BTC-USDT/candles?interval=2m',
      '/v1/markets/BTC-USDT/candles?interval=1m&from=x',
      '/v1/orders?cursor=99999999999999999999',
      '/v1/orders?market=%00',
      '/v1/fills?limit=1e9',
      '/v1/orders?__proto__=1',
      '/v1/ledger?cursor=%00',
      '/v1/%00',
      '/v1/nothing',
      '/%2e%2e/etc/passwd',
      '/v1/orders?limit=1&limit=2',
    ]) {
      await refused('GET', path);
    }
    for (const [path, body] of [
      ['/v1/admin/credits', { accountId: login.accountId, asset: 'USDT', amount: '1' }],
      ['/v1/admin/assets', { symbol: 'EVIL', name: 'x', scale: 8 }],
      ['/v1/admin/markets/BTC-USDT/status', { status: 'halted' }],
    ] as const) {
      await refused('POST', path, JSON.stringify(body));
    }
    for (const body of [
      { email: 'a@b\u0000.c', password: 'correct horse battery' },
      { email: `${'a'.repeat(300)}@example.com`, password: 'correct horse battery' },
      { email: ['x@example.com'], password: 'correct horse battery' },
      { email: 'x@example.com', password: 'x'.repeat(500_000) },
      { email: 'x@example.com', password: { $ne: '' } },
      { email: 'x@example.com', password: 'correct horse battery', role: 'operator' },
    ]) {
      await refused('POST', '/v1/auth/register', JSON.stringify(body));
      await refused('POST', '/v1/auth/login', JSON.stringify(body));
    }
    t.is(({} as { admin?: boolean }).admin, undefined);
  });
});

test('HTTP that is none is answered and hung up on', async (t) => {
  await startTarget(t, async ({ url }) => {
    const { port } = new URL(url);
    for (const request of [
      'nonsense\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
      'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'GET //evil.example/%2f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\n\r\n',
      'GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.write(request);
      await once(socket, 'close');
      t.regex(answer, /^HTTP\/1\.1 4\d\d /, request.slice(0, 60));
    }
  });
});

test('WebSocket: whatever is sent, the answer is an error frame with a code, and nothing changes', async (t) => {
  await startTarget(t, async ({ url, login }) => {
    const open = async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      return socket;
    };
    const answer = async (socket: WebSocket, frame: string | Buffer) => {
      const reply = once(socket, 'message');
      socket.send(frame);
      return JSON.parse(String((await reply)[0]));
    };
    const socket = await open();
    t.true(
      (
        await answer(
          socket,
          JSON.stringify({ id: 0, method: 'authenticate', params: { token: login.token } }),
        )
      ).ok,
    );
    let id = 0;
    async function refused(method: string, params: unknown): Promise<void> {
      id += 1;
      const frame = JSON.stringify({ id, method, params });
      const reply = await answer(socket, frame);
      t.is(reply.id, id, frame.slice(0, 200));
      t.false(reply.ok, frame.slice(0, 200));
      t.regex(reply.error.code, /^[a-z_]+$/);
      t.not(reply.error.code, 'internal_error', frame.slice(0, 200));
    }
    // Frames above 64 KiB are another matter.
    const orders = badOrders().filter((order) => JSON.stringify(order).length < 60_000);
    for (const order of orders) await refused('order.place', order);
    for (const params of [undefined, null, 1, 'x', [], [good], { orders: [good] }])
      await refused('order.place', params);
    for (const polluted of POLLUTED) {
      const reply = await answer(socket, `{"id":"p","method":"order.place","params":${polluted}}`);
      t.false(reply.ok);
    }
    for (const name of ['', ' ', 'nul\u0000', '__proto__', '1000-1\n', '1'.repeat(40)]) {
      await refused('order.cancel', { orderId: name });
      await refused('order.cancel', { clientOrderId: name });
      await refused('order.amend', { orderId: name, price: '1' });
    }
    for (const params of [{}, { orderId: '1000-1', clientOrderId: 'a' }, { orderId: 1 }, null, []]) {
      await refused('order.cancel', params);
    }
    for (const params of [
      { channel: 'depth' },
      { channel: 'depth', market: 'NO-SUCH' },
      { channel: 'depth', market: '__proto__' },
      { channel: 'candles', market: 'BTC-USDT', interval: '2m' },
      { channel: 'orders', fromSequence: -1 },
      { channel: 'orders', fromSequence: 1.5 },
      { channel: 'orders', fromSequence: 9e15 },
      { channel: '__proto__' },
      { channel: 'orders', accountId: '1' },
    ]) {
      await refused('subscribe', params);
    }
    for (const method of ['', 'nothing', '__proto__', 'constructor', 'toString']) await refused(method, {});
    await refused('authenticate', { token: 'x'.repeat(4_000) });
    await refused('authenticate', { token: 1 });
    socket.terminate();

    // Nobody has signed in here.
    const stranger = await open();
    for (const method of ['order.place', 'order.cancelAll']) {
      const params = method === 'order.place' ? good : {};
      t.is((await answer(stranger, JSON.stringify({ id: 1, method, params }))).error.code, 'unauthenticated');
    }
    stranger.terminate();

    for (const frame of [
      ...MALFORMED.filter((text) => text.length < 60_000),
      '{"id":{},"method":"ping"}',
      '{"method":"ping"}',
    ]) {
      const fresh = await open();
      const reply = await answer(fresh, frame);
      t.like(reply, { id: null, ok: false, error: { code: 'malformed_frame' } }, frame.slice(0, 60));
      fresh.terminate();
    }
    const binary = await open();
    t.is(
      (await answer(binary, Buffer.from(JSON.stringify({ id: 1, method: 'ping' })))).error.code,
      'malformed_frame',
    );
    binary.terminate();

    const huge = await open();
    const closed = once(huge, 'close');
    huge.send('x'.repeat(65 * 1024));
    t.is((await closed)[0], 1009);
    const noisy = await open();
    const ended = once(noisy, 'close');
    for (let count = 0; count < 10; count += 1) noisy.send('{');
    t.is((await ended)[0], 1008);
    const invalid = await open();
    const failed = once(invalid, 'close');
    // Text that is no UTF-8, as the protocol forbids it (RFC 6455, 8.1).
    invalid.send(Buffer.from([0xff, 0xfe]), { binary: false });
    t.is((await failed)[0], 1007);
  });
});
