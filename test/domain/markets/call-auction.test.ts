import test from 'ava';
import fc from 'fast-check';
import { type AuctionLevel, clearingOf } from '../../../src/domain/markets/call-auction.ts';

const byPrice = (levels: Map<number, number>, sign: 1 | -1): AuctionLevel[] =>
  [...levels].sort((a, b) => sign * (a[0] - b[0]));

/** Every price there is, tried one after the other. */
function naive(bids: readonly AuctionLevel[], asks: readonly AuctionLevel[], reference: number) {
  let best: { priceTicks: number; volumeLots: number; surplusLots: number } | null = null;
  for (let priceTicks = 1; priceTicks <= 40; priceTicks += 1) {
    const demand = bids.reduce((sum, [price, lots]) => sum + (price >= priceTicks ? lots : 0), 0);
    const supply = asks.reduce((sum, [price, lots]) => sum + (price <= priceTicks ? lots : 0), 0);
    const found = { priceTicks, volumeLots: Math.min(demand, supply), surplusLots: demand - supply };
    if (found.volumeLots === 0) continue;
    const rank = (one: typeof found) => [
      -one.volumeLots,
      Math.abs(one.surplusLots),
      Math.abs(one.priceTicks - reference),
    ];
    const better = best === null ? -1 : compare(rank(found), rank(best));
    if (better < 0) best = found;
  }
  return best === null
    ? null
    : { ...best, volumeLots: BigInt(best.volumeLots), surplusLots: BigInt(best.surplusLots) };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

test('the price is the one that trying every price would find', (t) => {
  const side = fc.dictionary(fc.integer({ min: 1, max: 30 }).map(String), fc.integer({ min: 1, max: 9 }), {
    maxKeys: 8,
  });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 40 }), (buyers, sellers, reference) => {
      const levels = (side: Record<string, number>) =>
        new Map(Object.entries(side).map(([p, l]) => [Number(p), l]));
      const bids = byPrice(levels(buyers), -1);
      const asks = byPrice(levels(sellers), 1);
      t.deepEqual(clearingOf(bids, asks, reference), naive(bids, asks, reference));
    }),
    { numRuns: 2_000 },
  );
});

test('each rule decides where the ones before leave a tie', (t) => {
  t.is(clearingOf([[99, 1]], [[100, 1]], 100), null, 'what does not cross does not trade');
  t.is(clearingOf([], [[100, 1]], 100), null);
  const volume = clearingOf(
    [
      [105, 5],
      [102, 5],
    ],
    [[100, 8]],
    null,
  );
  t.deepEqual(volume, { priceTicks: 102, volumeLots: 8n, surplusLots: 2n });
  const surplus = clearingOf(
    [
      [110, 10],
      [105, 5],
    ],
    [[100, 10]],
    90,
  );
  t.deepEqual(
    surplus,
    { priceTicks: 106, volumeLots: 10n, surplusLots: 0n },
    'above 105 nothing is left over',
  );
  t.is(clearingOf([[110, 10]], [[100, 10]], 104)?.priceTicks, 104, 'nearest to the reference');
  t.is(clearingOf([[110, 10]], [[100, 10]], 300)?.priceTicks, 110);
  t.is(
    clearingOf([[110, 10]], [[100, 10]], null)?.priceTicks,
    105,
    'the middle where there is no last price',
  );
});
