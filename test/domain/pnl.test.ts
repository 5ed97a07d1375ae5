import test from 'ava';
import { defineMarket, type Market } from '../../src/domain/markets/market.ts';
import type { Side } from '../../src/domain/orders/order.ts';
import { EMPTY_POSITION, foldTrade, type Position, unrealisedMinor } from '../../src/domain/pnl.ts';
import type { Trade } from '../../src/domain/trade.ts';

const ME = 1000;
const OTHER = 1001;

const market: Market = (() => {
  const defined = defineMarket(
    1,
    {
      symbol: 'BTC-USDT',
      base: 'BTC',
      quote: 'USDT',
      tickSize: '1',
      lotSize: '0.01',
      minQuantity: '0.01',
      maxQuantity: '1000',
      minNotional: '0',
      bandPpm: 100_000,
      feeTiers: [{ minVolume: '0', makerFeePpm: 0, takerFeePpm: 0 }],
    },
    { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 2 },
    { id: 2, symbol: 'USDT', name: 'Tether', scale: 2 },
  );
  if (!defined.ok) throw new Error(defined.refusal.detail);
  return defined.value;
})();

/** I take. One lot is 1 base minor unit; a price of 100 ticks makes a lot cost 100 quote minor units. */
function take(takerSide: Side, quantityLots: number, priceTicks: number, takerFeeMinor = 0n): Trade {
  return {
    marketId: 1,
    tradeNo: 1,
    priceTicks,
    quantityLots,
    takerSide,
    maker: { accountId: OTHER, orderNo: 1 },
    taker: { accountId: ME, orderNo: 1 },
    makerFeeMinor: 0n,
    takerFeeMinor,
    executedAtMs: 0,
  };
}

function fold(...trades: Trade[]): Position {
  return trades.reduce((position, trade) => foldTrade(position, market, trade, ME), EMPTY_POSITION);
}

test('buying adds cost; selling part of it realises its part by average cost', (t) => {
  const position = fold(take('buy', 100, 100), take('buy', 100, 200), take('sell', 50, 300));
  t.deepEqual(position, { quantityMinor: 150n, costMinor: 22_500n, realisedMinor: 7_500n });
  t.is(unrealisedMinor(market, position, 160), 150n * 160n - 22_500n);
});

test('a fee of a buy is quantity that did not arrive, of a sale money that did not', (t) => {
  const bought = fold(take('buy', 100, 100, 10n));
  t.deepEqual(bought, { quantityMinor: 90n, costMinor: 10_000n, realisedMinor: 0n });
  const sold = fold(take('buy', 100, 100), take('sell', 100, 150, 500n));
  t.deepEqual(sold, { quantityMinor: 0n, costMinor: 0n, realisedMinor: 4_500n });
});

test('what is sold beyond what was bought is a position below zero until it is bought back', (t) => {
  const short = fold(take('sell', 100, 100));
  t.deepEqual(short, { quantityMinor: -100n, costMinor: -10_000n, realisedMinor: 0n });
  t.is(unrealisedMinor(market, short, 90), 1_000n);
  t.deepEqual(fold(take('sell', 100, 100), take('buy', 40, 90)), {
    quantityMinor: -60n,
    costMinor: -6_000n,
    realisedMinor: 400n,
  });
});

test('a trade that crosses zero closes everything and opens the rest at its price', (t) => {
  t.deepEqual(fold(take('buy', 100, 100), take('sell', 150, 120)), {
    quantityMinor: -50n,
    costMinor: -6_000n,
    realisedMinor: 2_000n,
  });
});

test('nothing is lost in rounding: realised and cost make up for the money that moved', (t) => {
  const trades = [
    take('buy', 7, 101),
    take('buy', 3, 97, 1n),
    take('sell', 4, 99, 1n),
    take('sell', 11, 103),
    take('buy', 2, 95),
  ];
  const position = fold(...trades);
  const paid = trades.reduce((sum, trade) => {
    const value = BigInt(trade.priceTicks * trade.quantityLots);
    return trade.takerSide === 'buy' ? sum + value : sum - value + trade.takerFeeMinor;
  }, 0n);
  t.is(position.costMinor - position.realisedMinor, paid);
});

test('in a trade with oneself both sides count', (t) => {
  const wash = { ...take('buy', 10, 100, 1n), maker: { accountId: ME, orderNo: 2 }, makerFeeMinor: 5n };
  const position = foldTrade(EMPTY_POSITION, market, wash, ME);
  t.deepEqual(position.costMinor - position.realisedMinor, 5n);
  t.is(position.quantityMinor, -1n);
});
