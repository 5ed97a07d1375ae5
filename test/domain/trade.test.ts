import test from 'ava';
import fc from 'fast-check';
import { feeOn } from '../../src/domain/fees.ts';
import { valueMinor } from '../../src/domain/markets/market.ts';
import { FEES_ACCOUNT, postingsOfDeposit, postingsOfTrade, type Trade } from '../../src/domain/trade.ts';
import { BTC, marketOf, USD } from '../support/markets.ts';

const market = marketOf();

const trade = fc
  .record({
    priceTicks: fc.integer({ min: 1, max: 10_000_000 }),
    quantityLots: fc.integer({ min: 1, max: 100_000_000 }),
    takerSide: fc.constantFrom('buy' as const, 'sell' as const),
    maker: fc.integer({ min: 1000, max: 1003 }),
    taker: fc.integer({ min: 1000, max: 1003 }),
    makerFeePpm: fc.integer({ min: 0, max: 500_000 }),
    takerFeePpm: fc.integer({ min: 0, max: 500_000 }),
  })
  .map((made): Trade => {
    const base = BigInt(made.quantityLots) * market.lotMinor;
    const quote = valueMinor(market, made.priceTicks, made.quantityLots);
    const [takerReceives, makerReceives] = made.takerSide === 'buy' ? [base, quote] : [quote, base];
    return {
      ...made,
      marketId: market.id,
      tradeNo: 1,
      maker: { accountId: made.maker, orderNo: 1 },
      taker: { accountId: made.taker, orderNo: 2 },
      makerFeeMinor: feeOn(makerReceives, made.makerFeePpm),
      takerFeeMinor: feeOn(takerReceives, made.takerFeePpm),
      executedAtMs: 0,
    };
  });

test('the postings of a trade sum to zero for each asset, one an account and asset', (t) => {
  fc.assert(
    fc.property(trade, (made) => {
      const postings = postingsOfTrade(market, made);
      for (const asset of [BTC, USD]) {
        const sum = postings
          .filter(({ assetId }) => assetId === asset.id)
          .reduce((total, { amountMinor }) => total + amountMinor, 0n);
        t.is(sum, 0n);
      }
      const keys = postings.map(({ accountId, assetId }) => `${accountId}-${assetId}`);
      t.is(new Set(keys).size, keys.length);
      const ofSelf = made.maker.accountId === made.taker.accountId ? made.maker.accountId : undefined;
      t.true(postings.every(({ accountId, amountMinor }) => amountMinor !== 0n || accountId === ofSelf));
      const fees = postings.filter(({ accountId }) => accountId === FEES_ACCOUNT);
      t.true(fees.every(({ amountMinor }) => amountMinor > 0n));
    }),
  );
});

test('who trades with himself pays the fees and nothing else', (t) => {
  fc.assert(
    fc.property(trade, (made) => {
      fc.pre(made.maker.accountId === made.taker.accountId);
      const { accountId } = made.taker;
      const paid = postingsOfTrade(market, made).filter((posting) => posting.accountId === accountId);
      const total = paid.reduce((sum, { amountMinor }) => sum - amountMinor, 0n);
      t.is(total, made.makerFeeMinor + made.takerFeeMinor);
    }),
  );
});

test('a deposit is owed by custody', (t) => {
  t.deepEqual(postingsOfDeposit(1000, 2, 5n), [
    { accountId: 1, assetId: 2, amountMinor: -5n },
    { accountId: 1000, assetId: 2, amountMinor: 5n },
  ]);
});
