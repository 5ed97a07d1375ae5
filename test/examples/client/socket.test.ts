import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { type WebSocket, WebSocketServer } from 'ws';
import { outboxOf } from '../../../examples/client/outbox.ts';
import { ConnectionError, ProblemError } from '../../../examples/client/problem.ts';
import { createRestClient } from '../../../examples/client/rest.ts';
import { inventCredentials, register } from '../../../examples/client/sign-in.ts';
import { connectSocket } from '../../../examples/client/socket.ts';
import { startTestExchange } from '../../support/running-exchange.ts';

/** A server that answers each frame as told. */
async function startServer(t: ExecutionContext, onFrame: (socket: WebSocket, frame: { id: number }) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  t.teardown(() => {
    for (const client of server.clients) client.terminate();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  server.on('connection', (socket) => {
    socket.on('message', (data) => onFrame(socket, JSON.parse(String(data))));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('answers find their requests, in whatever order they come', async (t) => {
  const seen: number[] = [];
  const url = await startServer(t, (socket, { id }) => {
    seen.push(id);
    if (seen.length < 3) return;
    for (const other of seen.toReversed()) {
      socket.send(
        JSON.stringify({ id: other, ok: other !== 2, result: other, error: { code: 'no', detail: '' } }),
      );
    }
  });
  const socket = await connectSocket(url);
  const answers = Promise.all([socket.request('a'), socket.request('b'), socket.request('c')]);
  t.is(socket.inFlight, 3);
  t.deepEqual(await answers, [
    { ok: true, result: 1 },
    { ok: false, error: { code: 'no', detail: '' } },
    { ok: true, result: 3 },
  ]);
  t.is(socket.inFlight, 0);
  await socket.close();
});

test('when the connection ends, whoever waits is told, and so is whoever asks later', async (t) => {
  const url = await startServer(t, (socket) => socket.close(1012, 'restart'));
  const socket = await connectSocket(url);
  await t.throwsAsync(socket.request('order.place'), {
    instanceOf: ConnectionError,
    message: /1012 restart/,
  });
  t.is(await socket.closed, 1012);
  await t.throwsAsync(socket.request('order.place'), { instanceOf: ConnectionError });
  await t.throwsAsync(connectSocket('http://127.0.0.1:1'), { instanceOf: ConnectionError });
});

test('against the exchange: sign in, place, amend, hear of it, cancel', async (t) => {
  const { baseUrl, config, server } = await startTestExchange(t);
  const rest = createRestClient(baseUrl);
  const session = await register(rest, inventCredentials('client'), outboxOf(config));
  await server.exchange.credit({ accountId: Number(session.accountId), asset: 'USDT', amount: '1000' });
  const socket = await connectSocket(baseUrl, { session });
  const sequences: number[] = [];
  const statuses: string[] = [];
  socket.onEvent((event) => {
    if (event.channel !== 'account') return;
    sequences.push(event.sequence);
    statuses.push(...(event.data.orders ?? []).map(({ status }) => status));
  });
  await socket.subscribe({ channel: 'orders' });
  const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '0.1' } as const;
  const placed = await socket.placeOrder({ ...order, clientOrderId: 'one' });
  t.true(placed.ok && placed.result.order.status === 'open' && !placed.result.repeated);
  const again = await socket.placeOrder({ ...order, clientOrderId: 'one' });
  t.true(again.ok && again.result.repeated);
  const amended = await socket.amendOrder({ clientOrderId: 'one' }, { quantity: '0.2' });
  t.true(amended.ok && amended.result.order.quantity === '0.2');
  const refused = await socket.placeOrder({ ...order, quantity: '1000' });
  t.true(!refused.ok && refused.error.code === 'insufficient_funds');
  const canceled = await socket.cancelAllOrders('BTC-USDT');
  t.deepEqual(canceled, { ok: true, result: { canceled: [`${session.accountId}-1`] } });
  await t.throwsAsync(socket.subscribe({ channel: 'trades', market: 'NO-SUCH' }), {
    instanceOf: ProblemError,
  });
  t.true((await socket.request('ping')).ok);
  await socket.close();
  t.deepEqual(statuses, ['open', 'open', 'canceled']);
  t.deepEqual(
    sequences,
    sequences.map((_, index) => sequences[0]! + index),
  );
  await session.logOut();
  await t.throwsAsync(connectSocket(baseUrl, { session }), { instanceOf: ProblemError });
});
