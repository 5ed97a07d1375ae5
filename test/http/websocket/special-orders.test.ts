import test from 'ava';
import pino from 'pino';
import { methods } from '../../../src/http/websocket/requests.ts';
import { createWebSocketGateway } from '../../../src/http/websocket/server.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { startTrading } from '../trading.ts';
import { TestClient } from './client.ts';

test('lists, replacements and mass cancels over a socket; orders go when the socket does, if asked to', async (t) => {
  const { server, exchange, tokens, pool, url, trader } = await startTrading(t);
  const log = pino({ level: 'silent' });
  const sockets = createWebSocketGateway({
    requestLimits: unlimitedRequests(),
    server,
    exchange,
    tokens,
    pool,
    log,
  });
  t.teardown(() => sockets.close('the test is over'));
  const alice = await trader({ BTC: '10', USDT: '10000' });
  const client = await TestClient.connect(t, url);
  const watcher = await TestClient.connect(t, url);
  for (const socket of [client, watcher]) await socket.ask('authenticate', { token: alice.token });

  const market = 'BTC-USDT';
  const list = await client.ask('order.placeList', {
    market,
    legs: [
      { side: 'sell', type: 'limit', price: '110', quantity: '1' },
      { side: 'sell', type: 'stop', stopPrice: '90', quantity: '1' },
    ],
  });
  t.true(methods['order.placeList'].result.safeParse(list).success);
  const bid = { market, side: 'buy', type: 'limit', price: '80', quantity: '1', tag: 'x' };
  const placed = (await client.ask('order.place', bid)) as { order: { id: string } };
  const replaced = await client.ask('order.replace', {
    orderId: placed.order.id,
    order: { ...bid, price: '81' },
  });
  t.true(methods['order.replace'].result.safeParse(replaced).success);
  t.like(await client.ask('order.cancelAll', { market, tag: 'x' }), { canceled: { length: 1 } });
  const countdown = await client.ask('order.cancelAllAfter', { seconds: 60 });
  t.true(methods['order.cancelAllAfter'].result.safeParse(countdown).success);
  t.deepEqual(await client.ask('order.cancelAllAfter', { seconds: 0 }), { expiresAt: null });

  t.deepEqual(await watcher.ask('order.cancelOnDisconnect', { enabled: true }), { enabled: true });
  t.deepEqual(await watcher.ask('order.cancelOnDisconnect', { enabled: false }), { enabled: false });
  t.deepEqual(await client.ask('order.cancelOnDisconnect', { enabled: true }), { enabled: true });
  watcher.ws.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.is((await alice.get('/v1/orders')).body.items.length, 2, 'only the socket that asked for it cancels');
  client.ws.close();
  while ((await alice.get('/v1/orders')).body.items.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const past = (await alice.get('/v1/orders?status=past')).body.items;
  t.is(past.filter((order: { reason: string }) => order.reason === 'disconnected').length, 2);
});
