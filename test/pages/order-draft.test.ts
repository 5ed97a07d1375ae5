import test from 'ava';
import fc from 'fast-check';
import { units } from '../../src/pages/api/decimals.ts';
import { EMPTY, estimate, withShare } from '../../src/pages/trading/orders/order-draft.ts';

const market = {
  symbol: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  status: 'open',
  tickSize: '0.01',
  lotSize: '0.00001',
  minQuantity: '0.00001',
  minNotional: '5',
};
const fees = { makerFee: '0.001', takerFee: '0.0015' };
const depth = {
  sequence: 1,
  bids: [
    ['99.5', '1'],
    ['99', '4'],
  ] as const,
  asks: [
    ['100', '1'],
    ['101.5', '2'],
  ] as const,
};
const amount = fc.integer({ min: 1, max: 10 ** 12 }).map((minor) => {
  const digits = String(minor).padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
});

test('a market order is priced level by level, with the fee on what is received', (t) => {
  const draft = { ...EMPTY, kind: 'market' as const };
  t.deepEqual(estimate({ ...draft, side: 'sell', quantity: '2' }, market, depth, fees), {
    value: '198.5',
    fee: '0.29775',
    feeAsset: 'USDT',
    isShort: false,
  });
  const spent = estimate({ ...draft, quoteAmount: '201.5' }, market, depth, fees);
  t.like(spent, { value: '201.5', fee: '0.003', feeAsset: 'BTC', isShort: false });
  t.true(estimate({ ...draft, side: 'sell', quantity: '5.00001' }, market, depth, fees)!.isShort);
  t.is(estimate(draft, market, depth, fees), undefined);
});

test('only an order that never takes is shown the fee of makers', (t) => {
  const draft = { ...EMPTY, price: '100', quantity: '2' };
  t.is(estimate(draft, market, depth, fees)?.fee, '0.003');
  t.is(estimate({ ...draft, postOnly: true }, market, depth, fees)?.fee, '0.002');
});

test('a share of what is available never costs more than it, and is a whole number of lots', (t) => {
  fc.assert(
    fc.property(
      amount,
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 9_999_999 }),
      (owned, percent, cents) => {
        const price = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
        const share = (units(owned) * BigInt(percent)) / 100n;
        const buy = withShare({ ...EMPTY, price }, market, owned, percent, depth);
        t.true((units(buy.quantity) * units(price)) / 10n ** 18n <= share);
        t.is(units(buy.quantity) % units(market.lotSize), 0n);
        const sell = withShare({ ...EMPTY, side: 'sell' }, market, owned, percent, depth);
        t.true(units(sell.quantity) <= share && units(sell.quantity) > share - units(market.lotSize));
      },
    ),
  );
});
