import test from 'ava';
import { WebSocket } from 'ws';
import { TestClient } from './client.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '1', quantity: '1' };

test('what is no request is answered as malformed, and too many close the socket', async (t) => {
  const { url } = await startScriptedGateway(t, { limits: { maxMalformedPerMinute: 9 } });
  const client = await TestClient.connect(t, url);
  for (const [frame, readable] of [
    ['hello', null],
    ['[]', null],
    ['null', null],
    ['{"id":90}', 90],
    ['{"id":{},"method":"ping"}', null],
    ['{"id":12345678901234567890,"method":"ping"}', null],
    ['{"id":"a","method":"ping","extra":1}', 'a'],
  ] as const) {
    client.ws.send(frame);
    const answer = await client.take(({ id }) => id === readable);
    t.is(answer.error.code, 'malformed_frame', frame);
  }
  t.deepEqual(Object.keys(await client.ask('ping')), ['at']);
  client.ws.send(Buffer.from([1, 2, 3]), { binary: true });
  client.ws.send('{');
  t.deepEqual(await client.closed, { code: 1008, reason: 'too many malformed frames' });
});

test('a frame that is too big closes the socket, one that is not UTF-8 as well', async (t) => {
  const { url } = await startScriptedGateway(t);
  const big = await TestClient.connect(t, url);
  big.ws.send('x'.repeat(64 * 1024 + 1));
  t.is((await big.closed).code, 1009);
  const broken = await TestClient.connect(t, url);
  broken.ws.send(Buffer.from([0xff, 0xfe]), { binary: false });
  t.is((await broken.closed).code, 1007);
});

test('only /ws is upgraded, and not more sockets than allowed', async (t) => {
  const { url } = await startScriptedGateway(t, { limits: { maxConnections: 1 } });
  const refused = (path: string) =>
    new Promise<number | undefined>((resolve) => {
      const ws = new WebSocket(url.replace('http', 'ws') + path);
      ws.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode);
        ws.terminate();
      });
      ws.on('error', () => {});
    });
  t.is(await refused('/elsewhere'), 404);
  await TestClient.connect(t, `${url}`);
  t.is(await refused('/ws?x=1'), 503);
});

test('unknown methods and wrong parameters are refused with what is wrong', async (t) => {
  const { url, tokens } = await startScriptedGateway(t);
  const client = await TestClient.connect(t, url);
  t.is((await client.request('order.destroy')).error.code, 'unknown_method');
  t.is((await client.request('toString')).error.code, 'unknown_method');
  t.is((await client.request('order.place', order)).error.code, 'unauthenticated');
  t.is((await client.request('subscribe', { channel: 'orders' })).error.code, 'unauthenticated');
  t.is((await client.request('authenticate', { token: 'bad' })).error.code, 'unauthenticated');
  t.is((await client.ask('authenticate', { token: tokens.issue(1000) })).accountId, '1000');
  const wrong = await client.request('order.place', { ...order, price: 1, extra: true });
  t.is(wrong.error.code, 'invalid_request');
  t.deepEqual(
    wrong.error.errors.map(({ pointer }: { pointer: string }) => pointer),
    ['#/price', '#/extra'],
  );
  for (const params of [
    undefined,
    { channel: 'depth' },
    { channel: 'candles', market: 'BTC-USDT', interval: '2m' },
    { channel: 'orders', fromSequence: -1 },
    { channel: '__proto__', market: 'BTC-USDT' },
  ]) {
    t.is((await client.request('subscribe', params)).error.code, 'invalid_request');
  }
  t.is((await client.request('order.cancel', {})).error.code, 'invalid_request');
  t.is((await client.request('order.cancel', { orderId: '1001-1' })).error.code, 'order_not_found');
  t.is(
    (await client.request('subscribe', { channel: 'depth', market: 'X-Y' })).error.code,
    'market_not_found',
  );
  t.is((await client.request('order.cancel', { orderId: '1000-1' })).error.code, 'internal_error');
});

test('a request sent right behind the sign-in waits for it', async (t) => {
  const { url, tokens, orders } = await startScriptedGateway(t);
  const client = await TestClient.connect(t, url);
  client.send('authenticate', { token: tokens.issue(1000) });
  const id = client.send('order.place', order);
  await client.take((frame) => frame.result?.accountId === '1000');
  await client.ask('ping');
  t.is(orders.length, 1);
  orders[0]!.answer({ ok: false, refusal: { code: 'insufficient_funds', detail: 'Too little.' } });
  t.deepEqual(await client.take((frame) => frame.id === id), {
    id,
    ok: false,
    error: { code: 'insufficient_funds', detail: 'Too little.' },
  });
});

test('a socket with too many requests in flight is not read until some are answered', async (t) => {
  const { url, tokens, orders, script } = await startScriptedGateway(t, { limits: { maxInFlight: 4 } });
  const client = await TestClient.connect(t, url);
  await client.ask('authenticate', { token: tokens.issue(1000) });
  // Each frame fills more than what a socket reads at once, so that none is behind another in a read.
  const padded = { ...order, clientOrderId: 'x'.repeat(64), quantity: '1'.padEnd(80, '0') };
  let sent = 0;
  const arrived = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (orders.length >= count) resolve();
      };
      script.nextOrder = check;
      check();
    });
  for (; sent < 3; sent += 1) client.send('order.place', padded);
  await arrived(3);
  client.send('order.place', padded);
  await arrived(4);
  const ping = client.send('ping');
  // Another socket's round trip gives the gateway the time to read this one, if it were to.
  const other = await TestClient.connect(t, url);
  await other.ask('ping');
  await other.ask('ping');
  t.false(client.frames.some(({ id }) => id === ping));
  for (const { answer } of orders) answer({ ok: false, refusal: { code: 'market_halted', detail: '' } });
  t.true((await client.take(({ id }) => id === ping)).ok);
});

test('before a stop every client is told once, then closed', async (t) => {
  const { url, gateway, stopping } = await startScriptedGateway(t);
  const clients = [await TestClient.connect(t, url), await TestClient.connect(t, url)];
  stopping.publish({ reason: 'maintenance' });
  await Promise.all([gateway.close('maintenance'), ...clients.map(({ closed }) => closed)]);
  for (const client of clients) {
    t.deepEqual(client.frames, [{ channel: 'system', type: 'stopping', reason: 'maintenance' }]);
    t.deepEqual(await client.closed, { code: 1012, reason: 'maintenance' });
  }
  t.is(gateway.connectionCount, 0);
});
