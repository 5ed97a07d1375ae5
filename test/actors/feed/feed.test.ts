import test from 'ava';
import type { LevelChange, MarketCommitted } from '../../../src/actors/effects.ts';
import { Feed } from '../../../src/actors/feed/feed.ts';
import type { PublicEvent } from '../../../src/actors/ports.ts';
import { candlesOf, minuteCandlesOf } from '../../../src/domain/candles.ts';
import type { Trade } from '../../../src/domain/trade.ts';
import { testMarket, trade } from './market.ts';

const market = testMarket();
const T0 = Date.UTC(2026, 0, 5, 12, 0, 0);
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

function committed(seq: number, atMs: number, levels: LevelChange[], trades: Trade[] = []): MarketCommitted {
  return {
    type: 'committed',
    seq,
    atMs,
    levels,
    trades,
    status: 'open',
    auctionEndsAtMs: null,
    clearing: null,
  };
}

function ofChannel<Channel extends PublicEvent['channel']>(events: readonly PublicEvent[], channel: Channel) {
  return events.filter(
    (event): event is Extract<PublicEvent, { channel: Channel }> => event.channel === channel,
  );
}

test('after a quiet time a commit is told at once, what follows within the interval together', (t) => {
  const feed = new Feed(market, { flushIntervalMs: 40, tickerIntervalMs: 200 });
  feed.apply(committed(1, T0, [['buy', 100, 2]], [trade(1, 100, 1, T0)]));
  t.true(feed.nextFlushAtMs() <= T0);
  t.deepEqual(
    feed.flush(T0).map(({ channel }) => channel),
    ['trades', 'depth', 'ticker', ...new Array(6).fill('candles')],
  );
  feed.apply(committed(2, T0 + 5, [['buy', 100, 2]], [trade(2, 101, 1, T0 + 5)]));
  feed.apply(
    committed(4, T0 + 10, [['buy', 100, -3]], [trade(3, 102, 1, T0 + 10), trade(4, 103, 1, T0 + 10)]),
  );
  t.is(feed.nextFlushAtMs(), T0 + 40);
  t.deepEqual(feed.flush(T0 + 39), []);
  const events = feed.flush(T0 + 40);
  t.deepEqual(
    events.map(({ channel }) => channel),
    ['trades', 'depth'],
  );
  t.deepEqual(
    ofChannel(events, 'trades')[0]!.trades.map(({ id }) => id),
    ['2', '3', '4'],
  );
  const { firstSequence, lastSequence, bids } = ofChannel(events, 'depth')[0]!.diff;
  t.deepEqual([firstSequence, lastSequence, bids], [2, 4, [['1', '0.0001']]]);
  t.is(feed.nextFlushAtMs(), T0 + 200);
  t.is(ofChannel(feed.flush(T0 + 200), 'ticker')[0]!.ticker.lastPrice, '1.03');
});

test('a candle is told at most every interval while it changes, and its last state always', (t) => {
  const feed = new Feed(market, { candleIntervalMs: 250 });
  const minute = (events: PublicEvent[]) =>
    ofChannel(events, 'candles')
      .filter(({ interval }) => interval === '1m')
      .map(({ candle }) => [candle.openedAt, candle.close, candle.tradeCount]);
  const end = T0 + MINUTE;
  feed.apply(committed(1, end - 100, [], [trade(1, 100, 1, end - 100)]));
  t.deepEqual(minute(feed.flush(end - 100)), [['2026-01-05T12:00:00.000Z', '1', 1]]);
  feed.apply(committed(2, end - 50, [], [trade(2, 110, 1, end - 50)]));
  t.deepEqual(minute(feed.flush(end - 50)), []);
  feed.apply(committed(3, end + 20, [], [trade(3, 120, 1, end + 20)]));
  t.deepEqual(minute(feed.flush(feed.nextFlushAtMs())), [
    ['2026-01-05T12:00:00.000Z', '1.1', 2],
    ['2026-01-05T12:01:00.000Z', '1.2', 1],
  ]);
});

test('the ticker forgets what is more than 24 hours old, minute by minute', (t) => {
  const feed = new Feed(market);
  feed.apply(committed(1, T0, [], [trade(1, 500, 10, T0 + 1_000)]));
  feed.apply(committed(2, T0, [], [trade(2, 100, 20, T0 + MINUTE)]));
  feed.apply(committed(3, T0, [], [trade(3, 300, 30, T0 + 10 * MINUTE)]));
  const at = (atMs: number) => {
    const { open, high, low, volume, quoteVolume, tradeCount, lastPrice } = feed.ticker(atMs);
    return [open, high, low, volume, quoteVolume, tradeCount, lastPrice];
  };
  t.deepEqual(at(T0 + DAY - 1), ['5', '5', '1', '0.006', '0.016', 3, '3']);
  t.deepEqual(at(T0 + DAY), ['1', '3', '1', '0.005', '0.011', 2, '3']);
  t.deepEqual(at(T0 + DAY + MINUTE), ['3', '3', '3', '0.003', '0.009', 1, '3']);
  t.deepEqual(at(T0 + DAY + 10 * MINUTE), [null, null, null, '0', '0', 0, '3']);
  t.deepEqual(at(T0 + 9 * DAY), [null, null, null, '0', '0', 0, '3']);
});

test('a quiet market tells its ticker again when the window moved, then nothing more', (t) => {
  const feed = new Feed(market);
  feed.apply(committed(1, T0, [['buy', 90, 1]], [trade(1, 100, 1, T0)]));
  feed.flush(T0);
  let told = 0;
  let last = 0;
  while (feed.nextFlushAtMs() < Number.POSITIVE_INFINITY) {
    const atMs = feed.nextFlushAtMs();
    const tickers = ofChannel(feed.flush(atMs), 'ticker');
    if (tickers.length > 0) last = atMs;
    told += tickers.length;
  }
  t.is(told, 1);
  t.is(last, T0 + DAY);
});

test('a restored feed shows what the feed before it showed', (t) => {
  const trades = [
    trade(1, 500, 10, T0),
    trade(2, 100, 20, T0 + 30 * MINUTE),
    trade(3, 300, 30, T0 + 90 * MINUTE),
  ];
  const before = new Feed(market);
  before.apply(
    committed(
      8,
      T0,
      [
        ['buy', 90, 4],
        ['sell', 110, 6],
        ['sell', 111, 1],
      ],
      trades,
    ),
  );
  const after = new Feed(market);
  after.restore({
    sequence: 8,
    status: 'open',
    auctionEndsAtMs: null,
    clearing: null,
    lastPriceTicks: 300,
    levels: [
      ['sell', 111, 1],
      ['buy', 90, 4],
      ['sell', 110, 6],
    ],
    candles: candlesOf(market, trades),
  });
  const atMs = T0 + 100 * MINUTE;
  t.deepEqual(after.depth(10), before.depth(10));
  t.deepEqual(after.ticker(atMs), before.ticker(atMs));
  before.flush(atMs);
  for (const feed of [before, after])
    feed.apply(committed(9, atMs, [['buy', 90, 1]], [trade(4, 110, 1, atMs)]));
  const told = [before, after].map((feed) => feed.flush(atMs + 1_000));
  t.deepEqual(told[1], told[0]);
});

test('candles of a batch split by batches merge to the same', (t) => {
  const trades = Array.from({ length: 50 }, (_, i) =>
    trade(i + 1, 100 + ((i * 37) % 23), 1 + (i % 5), T0 + i * 20_000),
  );
  const whole = minuteCandlesOf(market, trades);
  t.is(whole.length, 17);
  t.is(
    whole.reduce((sum, candle) => sum + candle.tradeCount, 0),
    50,
  );
  t.is(whole[0]!.openedAtMs, T0);
  const all = candlesOf(market, trades);
  t.deepEqual(
    [...new Set(all.map((candle) => candle.intervalMs))],
    [60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000],
  );
  const day = all.at(-1)!;
  t.is(day.openedAtMs, Date.UTC(2026, 0, 5));
  t.deepEqual(
    [day.openTicks, day.closeTicks, day.tradeCount],
    [trades[0]!.priceTicks, trades[49]!.priceTicks, 50],
  );
  t.is(
    day.quoteVolumeMinor,
    trades.reduce((sum, { priceTicks, quantityLots }) => sum + BigInt(priceTicks * quantityLots), 0n) *
      market.tickLotMinor,
  );
});

test('the more telling costs, the more is told at once', (t) => {
  const feed = new Feed(market, { flushIntervalMs: 40 });
  const dueAfter = (seq: number, costMs: number) => {
    const atMs = T0 + seq * 10_000;
    feed.apply(committed(seq, atMs, [], [trade(seq, 100, 1, atMs)]));
    feed.flush(atMs);
    feed.adaptTo(costMs);
    feed.apply(committed(seq + 1, atMs, [['buy', 100, 1]]));
    return feed.nextFlushAtMs() - atMs;
  };
  t.is(dueAfter(1, 2), 40);
  t.is(dueAfter(3, 30), 60);
  t.is(dueAfter(5, 5), 40);
});
