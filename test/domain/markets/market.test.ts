import test from 'ava';
import fc from 'fast-check';
import {
  defineFeeTiers,
  defineMarket,
  feeTierFor,
  formatPrice,
  formatQuantity,
  formatQuote,
  type MarketSpec,
  valueMinor,
} from '../../../src/domain/markets/market.ts';
import { BTC, BTC_USD, marketOf, USD } from '../../support/markets.ts';

function refusalOf(change: Partial<MarketSpec>, base = BTC, quote = USD): string {
  const market = defineMarket(1, { ...BTC_USD, ...change }, base, quote);
  return market.ok ? 'accepted' : market.refusal.code;
}

test('a market counts in ticks and lots, and one lot at one tick is whole minor units', (t) => {
  const market = marketOf();
  t.like(market, { tickUnits: 1n, priceScale: 2, lotMinor: 10_000n, tickLotMinor: 1n, status: 'open' });
  t.is(market.minQuantityLots, 2);
  t.is(market.maxQuantityLots, 10_000_000);
  t.is(market.minNotionalMinor, 1_000_000n);
  t.is(formatPrice(market, 6_425_010), '64250.1');
  t.is(formatQuantity(market, 15), '0.0015');
  t.is(formatQuote(market, valueMinor(market, 6_425_010, 15)), '96.37515');
});

test('tick × lot must be a whole number of the quote asset’s minor units', (t) => {
  t.is(refusalOf({ lotSize: '0.00001' }), 'invalid_market');
  t.is(refusalOf({ tickSize: '0.001' }), 'invalid_market');
  t.is(refusalOf({ tickSize: '0.001', lotSize: '0.001', minQuantity: '0.001' }), 'accepted');
  t.is(refusalOf({ tickSize: '0.005', lotSize: '0.0002' }), 'accepted');
});

test('every trade of a market that is let in has an exact value', (t) => {
  const decimal = (units: number, scale: number) => {
    const digits = String(units).padStart(scale + 1, '0');
    return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  };
  const shape = fc.record({
    tick: fc.integer({ min: 1, max: 5_000 }),
    tickScale: fc.integer({ min: 0, max: 8 }),
    lot: fc.integer({ min: 1, max: 5_000 }),
    lotScale: fc.integer({ min: 0, max: 8 }),
    quoteScale: fc.integer({ min: 0, max: 10 }),
    price: fc.integer({ min: 1, max: 10_000 }),
    lots: fc.integer({ min: 1, max: 10_000 }),
  });
  let accepted = 0;
  fc.assert(
    fc.property(shape, ({ tick, tickScale, lot, lotScale, quoteScale, price, lots }) => {
      const lotSize = decimal(lot, lotScale);
      const spec = {
        ...BTC_USD,
        tickSize: decimal(tick, tickScale),
        lotSize,
        minQuantity: lotSize,
        minNotional: '0',
      };
      const change = {
        ...spec,
        maxQuantity: decimal(lot * 10_000, lotScale),
        feeTiers: BTC_USD.feeTiers.slice(0, 1),
      };
      const market = defineMarket(1, change, BTC, { ...USD, scale: quoteScale });
      // price × quantity in quote minor units, as a fraction: whole exactly if the market was let in.
      const numerator = BigInt(tick) * BigInt(lot) * 10n ** BigInt(quoteScale);
      const denominator = 10n ** BigInt(tickScale + lotScale);
      t.is(market.ok, numerator % denominator === 0n);
      if (!market.ok) return;
      accepted += 1;
      t.is(valueMinor(market.value, price, lots) * denominator, numerator * BigInt(price) * BigInt(lots));
    }),
  );
  t.true(accepted > 5);
});

for (const [what, change] of Object.entries({
  'another symbol': { symbol: 'BTC/USD' },
  'a tick of zero': { tickSize: '0' },
  'a tick with an exponent': { tickSize: '1e-2' },
  'a tick that is no number': { tickSize: '0.0x' },
  'a tick of 37 decimals': { tickSize: `0.${'0'.repeat(36)}1` },
  'a tick that the database can’t count': { tickSize: '1'.padEnd(30, '0') },
  'a lot of zero': { lotSize: '0.0' },
  'a lot finer than the asset': { lotSize: '0.000000001' },
  'a lot that the database can’t count': {
    lotSize: '9'.repeat(36),
    minQuantity: '9'.repeat(36),
    maxQuantity: '9'.repeat(36),
  },
  'a minimum of broken lots': { minQuantity: '0.00015' },
  'a minimum of zero': { minQuantity: '0' },
  'a maximum below the minimum': { maxQuantity: '0.0001' },
  'a maximum of more lots than can be counted': { maxQuantity: '10000000000000' },
  'a notional finer than the quote asset': { minNotional: '0.0000001' },
  'a notional that the database can’t count': { minNotional: '9'.repeat(38) },
  'no band': { bandPpm: 0 },
  'a band above all': { bandPpm: 1_000_001 },
  'a broken band': { bandPpm: 0.5 },
})) {
  test(`a market with ${what} is refused`, (t) => t.is(refusalOf(change), 'invalid_market'));
}

test('base and quote must be two assets', (t) => {
  t.is(refusalOf({ symbol: 'BTC-BTC' }, BTC, BTC), 'invalid_market');
});

test('fee tiers begin at zero and rise', (t) => {
  const tier = { minVolume: '0', makerFeePpm: 1, takerFeePpm: 2 };
  const refused = [
    [],
    [{ ...tier, minVolume: '1' }],
    [tier, tier],
    [tier, { ...tier, minVolume: '10' }, { ...tier, minVolume: '9' }],
    [{ ...tier, makerFeePpm: -1 }],
    [{ ...tier, takerFeePpm: 500_001 }],
    [{ ...tier, takerFeePpm: 0.5 }],
    [tier, { ...tier, minVolume: '1e3' }],
    [tier, { ...tier, minVolume: '9'.repeat(38) }],
  ];
  for (const tiers of refused) {
    const result = defineFeeTiers(tiers, USD);
    t.is(result.ok ? 'accepted' : result.refusal.code, 'invalid_fees', JSON.stringify(tiers));
  }
});

test('the tier is the last one that the volume reaches', (t) => {
  const market = marketOf();
  t.is(feeTierFor(market, 0n).takerFeePpm, 2_000);
  t.is(feeTierFor(market, 999_999_999n).takerFeePpm, 2_000);
  t.is(feeTierFor(market, 1_000_000_000n).takerFeePpm, 1_000);
});
