import test from 'ava';
import fc from 'fast-check';
import { feeOn } from '../../src/domain/fees.ts';

test('a fee is rounded up to a whole minor unit and never more than that', (t) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 30n }),
      fc.integer({ min: 0, max: 500_000 }),
      (received, ppm) => {
        const fee = feeOn(received, ppm);
        t.true(fee * 1_000_000n >= received * BigInt(ppm), 'not less than the rate');
        t.true((fee - 1n) * 1_000_000n < received * BigInt(ppm), 'not a unit too much');
        t.true(fee <= received, 'never more than what is received');
      },
    ),
  );
});

test('the smallest trade pays one unit, a free one nothing', (t) => {
  t.is(feeOn(1n, 1), 1n);
  t.is(feeOn(1n, 0), 0n);
  t.is(feeOn(1_000_000n, 1_000), 1_000n);
  t.is(feeOn(1_000_001n, 1_000), 1_001n);
});
