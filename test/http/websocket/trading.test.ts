import type { ExecutionContext } from 'ava';
import test from 'ava';
import pino from 'pino';
import { depthChecksum } from '../../../src/actors/feed/checksum.ts';
import type { DepthDiff, DepthView, LevelView } from '../../../src/actors/ports.ts';
import { events } from '../../../src/http/websocket/events.ts';
import { methods } from '../../../src/http/websocket/requests.ts';
import { createWebSocketGateway } from '../../../src/http/websocket/server.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { startTrading, type Trader } from '../trading.ts';
import { type Frame, TestClient } from './client.ts';

const market = 'BTC-USDT';

async function start(t: ExecutionContext) {
  const trading = await startTrading(t);
  const { server, exchange, tokens, pool } = trading;
  const sockets = createWebSocketGateway({
    requestLimits: unlimitedRequests(),
    server,
    exchange,
    tokens,
    pool,
    log: pino({ level: 'silent' }),
    limits: { closeTimeoutMs: 500 },
  });
  t.teardown(() => sockets.close('the test is over'));
  return {
    ...trading,
    sockets,
    connect: () => TestClient.connect(t, trading.url),
    async signIn(trader: Trader): Promise<TestClient> {
      const client = await TestClient.connect(t, trading.url);
      await client.ask('authenticate', { token: trader.token });
      return client;
    },
  };
}

const limit = (side: string, price: string, quantity: string, more = {}) => ({
  market,
  side,
  type: 'limit',
  price,
  quantity,
  ...more,
});

const schemas = Object.values(events).map(({ schema }) => schema);

/** Every frame has to be one that the AsyncAPI document describes. */
function isDocumented(frame: Frame): boolean {
  return schemas.some((schema) => schema.safeParse(frame).success);
}

test('orders are placed, repeated, amended and canceled over one socket, and REST sees the same', async (t) => {
  const { trader, signIn } = await start(t);
  const alice = await trader({ BTC: '10', USDT: '100000' });
  const client = await signIn(alice);

  const placed = await client.ask('order.place', limit('buy', '100', '2', { clientOrderId: 'a-1' }));
  t.true(methods['order.place'].result.safeParse(placed).success);
  t.is(placed.order.status, 'open');
  t.is(placed.repeated, false);
  t.deepEqual((await alice.get(`/v1/orders/${placed.order.id}`)).body, placed.order);

  const repeated = await client.ask('order.place', limit('buy', '100', '2', { clientOrderId: 'a-1' }));
  t.deepEqual([repeated.repeated, repeated.order.id], [true, placed.order.id]);
  const reused = await client.request('order.place', limit('buy', '101', '2', { clientOrderId: 'a-1' }));
  t.is(reused.error.code, 'client_order_id_conflict');

  const amended = await client.ask('order.amend', { clientOrderId: 'a-1', quantity: '1.5' });
  t.true(methods['order.amend'].result.safeParse(amended).success);
  t.is(amended.order.quantity, '1.5');
  t.is((await client.request('order.amend', { orderId: placed.order.id })).error.code, 'invalid_request');

  const canceled = await client.ask('order.cancel', { orderId: placed.order.id });
  t.true(methods['order.cancel'].result.safeParse(canceled).success);
  t.is(canceled.order.status, 'canceled');
  t.is((await client.request('order.cancel', { clientOrderId: 'a-1' })).error.code, 'order_not_open');

  const ids = [];
  for (const price of ['90', '91', '92']) {
    ids.push((await client.ask('order.place', limit('buy', price, '1'))).order.id);
  }
  const { canceled: all } = await client.ask('order.cancelAll', { market });
  t.deepEqual(all.toSorted(), ids.toSorted());
  t.deepEqual(await client.ask('order.cancelAll'), { canceled: [] });

  const codes = async (order: object) => (await client.request('order.place', order)).error.code;
  t.is(await codes(limit('buy', '100.001', '1')), 'too_many_decimals');
  t.is(await codes(limit('buy', '1e2', '1')), 'invalid_amount');
  t.is(await codes(limit('buy', '100', '1000000')), 'quantity_too_large');
  t.is(await codes(limit('sell', '100', '11')), 'insufficient_funds');
  t.is(await codes({ ...limit('buy', '100', '1'), market: 'X-Y' }), 'market_not_found');
});

test('hundreds of orders under way on one socket are each answered', async (t) => {
  const { trader, signIn } = await start(t);
  const client = await signIn(await trader({ USDT: '1000000' }));
  const ids = Array.from({ length: 500 }, (_, i) =>
    client.send('order.place', limit('buy', `${100 + i}`, '1')),
  );
  const orders = new Set<string>();
  for (const id of ids) orders.add((await client.take((frame) => frame.id === id)).result.order.id);
  t.is(orders.size, 500);
  t.is((await client.ask('order.cancelAll', {})).canceled.length, 500);
});

test('snapshot and diffs prove by their checksums that the client’s book is the exchange’s', async (t) => {
  const { trader, signIn, connect, request } = await start(t);
  const maker = await signIn(await trader({ BTC: '1000', USDT: '1000000' }));
  const taker = await signIn(await trader({ BTC: '1000', USDT: '1000000' }));
  const watcher = await connect();
  await maker.ask('order.place', limit('buy', '99', '5'));
  await watcher.ask('subscribe', { channel: 'depth', market });
  const { data: snapshot }: { data: DepthView } = await watcher.event('depth');

  let random = 7;
  const next = (below: number) => {
    random = (random * 48_271) % 2_147_483_647;
    return random % below;
  };
  const sent: Promise<Frame>[] = [];
  for (let i = 0; i < 300; i += 1) {
    const side = next(2) === 0 ? 'buy' : 'sell';
    const price = String((side === 'buy' ? 95 : 98) + next(7));
    const client = next(3) === 0 ? taker : maker;
    if (next(10) === 0) sent.push(client.ask('order.cancelAll', {}));
    else sent.push(client.ask('order.place', limit(side, price, `0.${1 + next(9)}`)));
  }
  await Promise.all(sent);
  // Changes a level for sure, so that the last message is in a diff.
  await maker.ask('order.place', limit('buy', '50', '1'));
  const { body: final } = await request('GET', `/v1/markets/${market}/depth?levels=1000`);

  const bids = new Map(snapshot.bids);
  const asks = new Map(snapshot.asks);
  const sorted = (side: Map<string, string>, sign: number): LevelView[] =>
    [...side].sort(([a], [b]) => (Number(a) - Number(b)) * sign);
  let { sequence } = snapshot;
  while (sequence < final.sequence) {
    const frame = await watcher.event('depth');
    t.true(isDocumented(frame));
    const diff: DepthDiff = frame.data;
    t.is(diff.firstSequence, sequence + 1);
    sequence = diff.lastSequence;
    for (const [side, levels] of [[bids, diff.bids] as const, [asks, diff.asks] as const]) {
      for (const [price, quantity] of levels) {
        if (quantity === '0') side.delete(price);
        else side.set(price, quantity);
      }
    }
    t.is(depthChecksum(sorted(bids, -1), sorted(asks, 1)), diff.checksum);
  }
  t.deepEqual({ bids: sorted(bids, -1), asks: sorted(asks, 1) }, { bids: final.bids, asks: final.asks });
});

test('trades, ticker and candles tell what was traded', async (t) => {
  const { trader, signIn, connect } = await start(t);
  const maker = await signIn(await trader({ BTC: '10' }));
  const taker = await signIn(await trader({ USDT: '100000' }));
  const watcher = await connect();
  await maker.ask('order.place', limit('sell', '100', '3'));
  await watcher.ask('subscribe', { channel: 'trades', market });
  await watcher.ask('subscribe', { channel: 'ticker', market });
  await watcher.ask('subscribe', { channel: 'candles', market, interval: '1d' });
  t.deepEqual((await watcher.event('trades')).data, []);
  t.is((await watcher.event('ticker')).data.lastPrice, null);

  await taker.ask('order.place', limit('buy', '100', '2'));
  const { order, fills } = await taker.ask('order.place', {
    market,
    side: 'buy',
    type: 'market',
    quantity: '0.5',
  });
  t.deepEqual([order.status, fills.length], ['filled', 1]);
  const traded: Frame[] = [];
  while (traded.length < 2) {
    const frame = await watcher.event('trades');
    t.true(isDocumented(frame));
    traded.push(...frame.data);
  }
  t.deepEqual(
    traded.map(({ id, price, quantity, takerSide }) => [id, price, quantity, takerSide]),
    [
      ['1', '100', '2', 'buy'],
      ['2', '100', '0.5', 'buy'],
    ],
  );
  const ticker = await watcher.take(({ channel, data }) => channel === 'ticker' && data.tradeCount === 2);
  t.true(isDocumented(ticker));
  t.deepEqual(
    [ticker.data.lastPrice, ticker.data.volume, ticker.data.bestAsk],
    ['100', '2.5', ['100', '0.5']],
  );
  const candle = await watcher.take(({ channel, data }) => channel === 'candles' && data.tradeCount === 2);
  t.true(isDocumented(candle));
  t.deepEqual([candle.interval, candle.data.close, candle.data.quoteVolume], ['1d', '100', '250']);

  const late = await connect();
  await late.ask('subscribe', { channel: 'trades', market });
  t.deepEqual((await late.event('trades')).data, traded);
});

test('private channels tell each commit once, also to a client that was away', async (t) => {
  const { trader, signIn } = await start(t);
  const alice = await trader({ USDT: '100000' });
  const bob = await signIn(await trader({ BTC: '10' }));
  const client = await signIn(alice);
  const channels = ['orders', 'fills', 'balances'];
  for (const channel of channels) {
    // The deposit was the first frame.
    t.is((await client.ask('subscribe', { channel })).sequence, 1);
  }
  const { order } = await client.ask('order.place', limit('buy', '100', '2'));
  const opened = await client.event('account');
  t.true(isDocumented(opened));
  t.deepEqual(opened.data.orders, [order]);
  t.deepEqual(opened.data.balances, [
    { asset: 'USDT', balance: '100000', locked: '200', available: '99800' },
  ]);
  client.ws.close();
  await client.closed;

  await bob.ask('order.place', limit('sell', '100', '0.5'));
  await bob.ask('order.place', limit('sell', '100', '0.5'));
  const again = await signIn(alice);
  for (const channel of channels) again.send('subscribe', { channel, fromSequence: opened.sequence });
  await bob.ask('order.place', limit('sell', '100', '1'));
  const seen = { orders: [] as Frame[], fills: [] as Frame[], balances: [] as Frame[] };
  const done = () =>
    seen.fills.length === 3 && seen.orders.at(-1)?.status === 'filled' && seen.balances.length >= 6;
  const sequences: Record<string, number[]> = { orders: [], fills: [], balances: [] };
  while (!done()) {
    const frame = await again.event('account');
    t.true(isDocumented(frame));
    for (const section of ['orders', 'fills', 'balances'] as const) {
      if (section in frame.data) {
        seen[section].push(...frame.data[section]);
        sequences[section]!.push(frame.sequence);
      }
    }
  }
  for (const list of Object.values(sequences)) {
    t.deepEqual(
      list,
      list.map((_, i) => opened.sequence + 1 + i),
    );
  }
  t.deepEqual(
    seen.fills.map(({ quantity }) => quantity),
    ['0.5', '0.5', '1'],
  );
  t.like(
    seen.balances.findLast(({ asset }) => asset === 'BTC'),
    { balance: '1.998', locked: '0' },
  );
});

test('who logs out is signed out of the socket too', async (t) => {
  const { trader, signIn, request } = await start(t);
  const alice = await trader({ USDT: '1000' });
  const client = await signIn(alice);
  await client.ask('subscribe', { channel: 'orders' });
  t.true((await request('POST', '/v1/auth/logout', { token: alice.token })).status < 300);
  t.is((await client.event('system')).type, 'session_ended');
  t.is((await client.request('order.place', limit('buy', '1', '1'))).error.code, 'unauthenticated');
  t.is((await client.request('authenticate', { token: alice.token })).error.code, 'unauthenticated');
});

test('a stop is announced, orders are refused meanwhile, then every socket is closed', async (t) => {
  const { trader, signIn, exchange, sockets } = await start(t);
  const client = await signIn(await trader({ USDT: '1000' }));
  await exchange.stop('maintenance');
  t.deepEqual(await client.event('system'), { channel: 'system', type: 'stopping', reason: 'maintenance' });
  t.is((await client.request('order.place', limit('buy', '1', '1'))).error.code, 'exchange_stopped');
  await sockets.close('maintenance');
  t.is((await client.closed).code, 1012);
});
