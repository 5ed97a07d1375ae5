import test from 'ava';
import { sql } from 'slonik';
import type { DepthDiff, LevelView } from '../../../src/actors/ports.ts';
import { createTestDatabase } from '../../support/database.ts';
import { TestClient } from './client.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

const market = 'BTC-USDT';

const insertTrades = sql.unsafe`
  insert into trades (
    entry_no, market_id, trade_no, price_ticks, quantity_lots, taker_side, maker_account_id, maker_order_no,
    taker_account_id, taker_order_no, maker_fee_minor, taker_fee_minor, executed_at_ms
  )
  select n, 7, n, n, 1, 1, 1000, n, 1001, n, 0, 0, n from generate_series(1, 120) as n`;

function diff(firstSequence: number, lastSequence: number, bids: LevelView[] = []): DepthDiff {
  return { market, firstSequence, lastSequence, bids, asks: [], checksum: lastSequence };
}

test('depth begins with a snapshot and goes on with diffs that follow it without a gap', async (t) => {
  const { url, script, publicEvents } = await startScriptedGateway(t);
  const early = await TestClient.connect(t, url);
  await early.ask('subscribe', { channel: 'depth', market });
  t.is((await early.event('depth')).data.sequence, 0);
  publicEvents.publish({ channel: 'depth', market, diff: diff(1, 3) });
  // The book is at 6 while diffs are told up to 3: whoever comes now begins in the middle of the next one.
  script.depth = { ...script.depth, sequence: 6 };
  const late = await TestClient.connect(t, url);
  t.deepEqual(await late.ask('subscribe', { channel: 'depth', market }), { channel: 'depth' });
  publicEvents.publish({ channel: 'depth', market, diff: diff(4, 5) });
  publicEvents.publish({ channel: 'depth', market, diff: diff(6, 9, [['1', '2']]) });
  publicEvents.publish({ channel: 'depth', market, diff: diff(10, 10) });
  const ranges = async (client: TestClient, count: number) => {
    const seen = [];
    for (let i = 0; i < count; i += 1) {
      const { type, data } = await client.event('depth');
      seen.push(type === 'snapshot' ? data.sequence : [data.firstSequence, data.lastSequence]);
    }
    return seen;
  };
  t.deepEqual(await ranges(early, 4), [
    [1, 3],
    [4, 5],
    [6, 9],
    [10, 10],
  ]);
  t.deepEqual(await ranges(late, 3), [6, [7, 9], [10, 10]]);
  await late.ask('unsubscribe', { channel: 'depth', market });
  publicEvents.publish({ channel: 'depth', market, diff: diff(11, 11) });
  await late.ask('ping');
  t.deepEqual(late.frames, []);
});

test('ticker and candles are handed on as they come', async (t) => {
  const { url, publicEvents } = await startScriptedGateway(t);
  const client = await TestClient.connect(t, url);
  await client.ask('subscribe', { channel: 'ticker', market });
  t.is((await client.event('ticker')).data.market, market);
  const candle = {
    openedAt: '2026-01-05T12:00:00.000Z',
    open: '1',
    high: '1',
    low: '1',
    close: '1',
    volume: '1',
    quoteVolume: '1',
    tradeCount: 1,
  };
  publicEvents.publish({ channel: 'candles', market, interval: '5m', candle });
  await client.ask('subscribe', { channel: 'candles', market, interval: '5m' });
  const expected = { channel: 'candles', market, interval: '5m', data: candle };
  t.deepEqual(await client.event('candles'), expected);
  publicEvents.publish({ channel: 'candles', market, interval: '1m', candle });
  publicEvents.publish({ channel: 'candles', market, interval: '5m', candle: { ...candle, tradeCount: 2 } });
  t.is((await client.event('candles')).data.tradeCount, 2);
});

test('trades begin with the last ones of the database, and none comes twice', async (t) => {
  const { pool } = await createTestDatabase(t);
  const { url, publicEvents } = await startScriptedGateway(t, { pool });
  await pool.query(insertTrades);
  const trade = (id: number) => ({
    id: String(id),
    price: '1',
    quantity: '1',
    takerSide: 'buy' as const,
    executedAt: '2026-01-05T12:00:00.000Z',
  });
  const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => Number(id));
  const client = await TestClient.connect(t, url);
  await client.ask('subscribe', { channel: 'trades', market });
  const snapshot = await client.event('trades');
  t.is(snapshot.type, 'snapshot');
  t.deepEqual(ids(snapshot).slice(0, 1), [21]);
  t.deepEqual(ids(snapshot).slice(-1), [120]);
  t.deepEqual(snapshot.data.at(-1), {
    id: '120',
    price: '1.2',
    quantity: '0.0001',
    takerSide: 'sell',
    executedAt: '1970-01-01T00:00:00.120Z',
  });
  // 119 and 120 were committed, and so in the database, before they are told.
  publicEvents.publish({ channel: 'trades', market, trades: [119, 120].map(trade) });
  publicEvents.publish({ channel: 'trades', market, trades: [120, 121, 122].map(trade) });
  t.deepEqual(ids(await client.event('trades')), [121, 122]);
  const second = await TestClient.connect(t, url);
  await second.ask('subscribe', { channel: 'trades', market });
  t.deepEqual(ids(await second.event('trades')).slice(-3), [120, 121, 122]);
});

test('a client that reads too slowly gets merged depth, and everything else that may wait only as it is last', async (t) => {
  const { url, publicEvents } = await startScriptedGateway(t, { limits: { conflateAboveBytes: 100_000 } });
  const client = await TestClient.connect(t, url);
  await client.ask('subscribe', { channel: 'depth', market });
  await client.event('depth');
  client.ws.pause();
  const wide = (sequence: number): LevelView[] =>
    Array.from({ length: 500 }, (_, i) => [`${i}.${'1'.repeat(30)}`, String(sequence)]);
  const last = 3_000;
  for (let sequence = 1; sequence <= last; sequence += 1) {
    publicEvents.publish({ channel: 'depth', market, diff: diff(sequence, sequence, wide(sequence)) });
  }
  client.ws.resume();
  const seen: DepthDiff[] = [];
  while (seen.at(-1)?.lastSequence !== last) seen.push((await client.event('depth')).data);
  t.true(seen.length < last / 2, `${seen.length} frames`);
  let sequence = 0;
  for (const { firstSequence, lastSequence, bids, checksum } of seen) {
    t.is(firstSequence, sequence + 1);
    sequence = lastSequence;
    t.is(checksum, lastSequence);
    t.is(bids.length, 500);
    t.true(bids.every(([, quantity]) => quantity === String(lastSequence)));
  }
});

test('a client that does not read is closed, the others notice nothing', async (t) => {
  const { pool } = await createTestDatabase(t);
  const { url, publicEvents } = await startScriptedGateway(t, { pool, limits: { maxBacklogBytes: 200_000 } });
  const slow = await TestClient.connect(t, url);
  const good = await TestClient.connect(t, url);
  for (const client of [slow, good]) {
    await client.ask('subscribe', { channel: 'trades', market });
    await client.event('trades');
  }
  slow.ws.pause();
  const executedAt = 'x'.repeat(10_000);
  let id = 0;
  const tell = () => {
    id += 1;
    publicEvents.publish({
      channel: 'trades',
      market,
      trades: [{ id: String(id), price: '1', quantity: '1', takerSide: 'buy', executedAt }],
    });
    return good.event('trades');
  };
  // Far more than the kernel buffers of a connection hold.
  for (let i = 0; i < 2_000; i += 1) await tell();
  slow.ws.resume();
  const { code, reason } = await slow.closed;
  t.true((code === 4008 && reason === 'slow consumer') || code === 1006, `${code} ${reason}`);
  t.is((await tell()).data[0].id, String(id));
});
