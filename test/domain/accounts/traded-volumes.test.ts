import test from 'ava';
import fc from 'fast-check';
import { TradedVolumes, VOLUME_DAYS } from '../../../src/domain/accounts/traded-volumes.ts';

test('counts the last 30 days of one quote asset, today included', (t) => {
  const volumes = new TradedVolumes([
    [2, 100, 5n],
    [2, 100 - VOLUME_DAYS + 1, 7n],
    [2, 100 - VOLUME_DAYS, 1_000n],
    [3, 100, 9n],
  ]);
  t.is(volumes.last30Days(2, 100), 12n);
  t.is(volumes.last30Days(3, 100), 9n);
  t.is(volumes.last30Days(4, 100), 0n);
});

test('whatever is forgotten never counted any more', (t) => {
  const trade = fc.record({ advance: fc.nat(3), volume: fc.bigInt({ min: 1n, max: 1_000n }) });
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 200 }), (trades) => {
      const volumes = new TradedVolumes([]);
      const all: { day: number; volume: bigint }[] = [];
      let today = 0;
      for (const { advance, volume } of trades) {
        today += advance;
        volumes.add(1, today, volume);
        all.push({ day: today, volume });
        const expected = all
          .filter(({ day }) => day > today - VOLUME_DAYS)
          .reduce((sum, entry) => sum + entry.volume, 0n);
        t.is(volumes.last30Days(1, today), expected);
      }
    }),
  );
});
