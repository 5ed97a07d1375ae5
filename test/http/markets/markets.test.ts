import test from 'ava';
import { startTrading } from '../trading.ts';

test('shows assets, markets, depth, trades, candles and the ticker of what was committed', async (t) => {
  const { trader, request } = await startTrading(t);
  const alice = await trader({ BTC: '10' });
  const bob = await trader({ USDT: '10000' });
  await alice.limit('sell', '101', '3');
  await alice.limit('sell', '100', '1');
  await bob.limit('buy', '100', '1');
  await bob.limit('buy', '101', '0.5');
  await bob.limit('buy', '99', '2');

  const get = async (path: string) => (await request('GET', path)).body;
  t.deepEqual(
    (await get('/v1/assets')).assets.map(({ symbol }: { symbol: string }) => symbol),
    ['BTC', 'ETH', 'USDT'],
  );
  t.like((await get('/v1/markets')).markets[0], { symbol: 'BTC-USDT', lotSize: '0.0001', minNotional: '1' });

  const trades = await get('/v1/markets/BTC-USDT/trades');
  t.deepEqual(
    trades.items.map(({ id, price, quantity, takerSide }: Record<string, string>) => [
      id,
      price,
      quantity,
      takerSide,
    ]),
    [
      ['2', '101', '0.5', 'buy'],
      ['1', '100', '1', 'buy'],
    ],
  );
  const latest = await get('/v1/markets/BTC-USDT/trades?limit=1');
  t.is((await get(`/v1/markets/BTC-USDT/trades?limit=1&cursor=${latest.nextCursor}`)).items[0].id, '1');

  for (const interval of ['1m', '5m', '15m', '1h', '4h', '1d']) {
    const { candles } = await get(`/v1/markets/BTC-USDT/candles?interval=${interval}`);
    const volume = candles.reduce(
      (sum: number, candle: { volume: string }) => sum + Number(candle.volume),
      0,
    );
    t.is(volume, 1.5, interval);
  }
  t.deepEqual((await get('/v1/markets/BTC-USDT/candles?to=2020-01-01T00:00:00Z')).candles, []);
  t.is((await get('/v1/markets/BTC-USDT/candles?from=yesterday')).code, 'invalid_request');
  t.is((await get('/v1/markets/BTC-USDT/candles?interval=2m')).code, 'invalid_request');
});

test('depth and ticker follow a moment after the commit', async (t) => {
  const { trader, request } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  await alice.limit('buy', '100', '1');
  await alice.limit('buy', '99', '2');
  // The feed is told after the commit, and the reply of an order may be quicker: the number says what is in it.
  let depth = (await request('GET', '/v1/markets/BTC-USDT/depth')).body;
  while (depth.sequence < 2) depth = (await request('GET', '/v1/markets/BTC-USDT/depth')).body;
  t.deepEqual(depth.bids, [
    ['100', '1'],
    ['99', '2'],
  ]);
  t.deepEqual((await request('GET', '/v1/markets/BTC-USDT/depth?levels=1')).body.bids, [['100', '1']]);
  const { body: ticker } = await request('GET', '/v1/markets/BTC-USDT/ticker');
  t.like(ticker, { market: 'BTC-USDT', lastPrice: null, bestAsk: null, tradeCount: 0 });
  t.deepEqual(ticker.bestBid, ['100', '1']);
  t.is((await request('GET', '/v1/tickers')).body.tickers.length, 1);
});

test('unknown markets are not found', async (t) => {
  const { request } = await startTrading(t);
  for (const path of ['', '/depth', '/trades', '/candles', '/ticker']) {
    const refused = await request('GET', `/v1/markets/NO-SUCH${path}`);
    t.like(refused.body, { code: 'market_not_found', status: 404 }, path);
  }
});
