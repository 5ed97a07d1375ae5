import { defineMarket, type Market } from '../../../src/domain/markets/market.ts';
import type { Trade } from '../../../src/domain/trade.ts';

const btc = { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 };
const usdt = { id: 3, symbol: 'USDT', name: 'Tether', scale: 6 };

/** BTC-USDT with a tick of 0.01 and a lot of 0.0001. */
export function testMarket(id = 7): Market {
  const market = defineMarket(
    id,
    {
      symbol: 'BTC-USDT',
      base: 'BTC',
      quote: 'USDT',
      tickSize: '0.01',
      lotSize: '0.0001',
      minQuantity: '0.0001',
      maxQuantity: '1000',
      minNotional: '0',
      bandPpm: 100_000,
      feeTiers: [{ minVolume: '0', makerFeePpm: 1000, takerFeePpm: 2000 }],
    },
    btc,
    usdt,
  );
  if (!market.ok) throw new Error(market.refusal.detail);
  return market.value;
}

export function trade(
  tradeNo: number,
  priceTicks: number,
  quantityLots: number,
  executedAtMs: number,
): Trade {
  return {
    marketId: 7,
    tradeNo,
    priceTicks,
    quantityLots,
    takerSide: 'buy',
    maker: { accountId: 1000, orderNo: tradeNo },
    taker: { accountId: 1001, orderNo: tradeNo },
    makerFeeMinor: 0n,
    takerFeeMinor: 0n,
    executedAtMs,
  };
}
