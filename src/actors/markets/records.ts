import { feeOn } from '../../domain/fees.ts';
import { valueMinor } from '../../domain/markets/market.ts';
import type { Prevention } from '../../domain/orders/prevention.ts';
import type { Trade } from '../../domain/trade.ts';
import type { OpenMarket } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';

/** What a market puts on record of two orders that met. */

/** Fills two orders with each other, each with its fee in what it receives. @returns their trade */
export function tradeBetween(
  { market, tradeNo }: OpenMarket,
  maker: LiveOrder,
  taker: LiveOrder,
  priceTicks: number,
  quantityLots: number,
  atMs: number,
): Trade {
  const quoteMinor = valueMinor(market, priceTicks, quantityLots);
  const baseMinor = BigInt(quantityLots) * market.lotMinor;
  const makerFeeMinor = feeOn(maker.side === 'buy' ? baseMinor : quoteMinor, maker.makerFeePpm);
  const takerFeeMinor = feeOn(taker.side === 'buy' ? baseMinor : quoteMinor, taker.takerFeePpm);
  fill(maker, quantityLots, quoteMinor, makerFeeMinor);
  fill(taker, quantityLots, quoteMinor, takerFeeMinor);
  return {
    marketId: market.id,
    tradeNo,
    priceTicks,
    quantityLots,
    takerSide: taker.side,
    maker: { accountId: maker.accountId, orderNo: maker.orderNo },
    taker: { accountId: taker.accountId, orderNo: taker.orderNo },
    makerFeeMinor,
    takerFeeMinor,
    executedAtMs: atMs,
  };
}

/** A trade that did not happen. @param place among those of one message */
export function preventionBetween(
  { market }: OpenMarket,
  maker: LiveOrder,
  taker: LiveOrder,
  { price: priceTicks, quantity: quantityLots }: { readonly price: number; readonly quantity: number },
  message: { readonly seq: number; readonly atMs: number },
  place: number,
): Prevention {
  return {
    marketId: market.id,
    seq: message.seq,
    place,
    mode: taker.selfTrade,
    priceTicks,
    quantityLots,
    takerSide: taker.side,
    maker: { accountId: maker.accountId, orderNo: maker.orderNo },
    taker: { accountId: taker.accountId, orderNo: taker.orderNo },
    preventedAtMs: message.atMs,
  };
}

function fill(order: LiveOrder, lots: number, quoteMinor: bigint, feeMinor: bigint): void {
  order.filledLots += lots;
  order.filledQuoteMinor += quoteMinor;
  order.feeMinor += feeMinor;
}
