import test from 'ava';
import { PriceWindow } from '../../../src/domain/markets/price-window.ts';

const window = () => new PriceWindow({ bandPpm: 100_000, windowMs: 10_000, auctionMs: 1_000 });

test('the corridor is around the last price before the window, or the first one in it', (t) => {
  const prices = window();
  t.is(prices.corridor(0), undefined, 'without a price there is nothing to move away from');
  prices.add(1_000, 5_000);
  prices.add(1_050, 9_000);
  t.deepEqual(prices.corridor(9_500), { lowTicks: 900, highTicks: 1_100 });
  prices.add(1_100, 14_000);
  t.deepEqual(prices.corridor(14_999), { lowTicks: 900, highTicks: 1_100 });
  t.deepEqual(
    prices.corridor(16_000),
    { lowTicks: 900, highTicks: 1_100 },
    'the last price before the window',
  );
  t.deepEqual(prices.corridor(20_000), { lowTicks: 945, highTicks: 1_155 });
  t.deepEqual(prices.corridor(100_000), { lowTicks: 990, highTicks: 1_210 }, 'however long ago it was');
});

test('within a second the last price counts, and a window that is cleared begins anew', (t) => {
  const prices = window();
  prices.add(1_000, 1_000);
  prices.add(2_000, 1_900);
  t.deepEqual(prices.corridor(2_000), { lowTicks: 900, highTicks: 1_100 }, 'the first price in the window');
  t.deepEqual(prices.corridor(30_000), { lowTicks: 1_800, highTicks: 2_200 });
  prices.clear();
  t.is(prices.corridor(30_000), undefined);
  prices.add(5, 31_000);
  t.deepEqual(
    prices.corridor(31_000),
    { lowTicks: 5, highTicks: 5 },
    'a band below a tick leaves the price alone',
  );
});
