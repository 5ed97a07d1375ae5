import { assert } from './assert.ts';
import { type Market, valueMinor } from './markets/market.ts';
import type { Side } from './orders/order.ts';
import type { Trade } from './trade.ts';

/**
 * Profit and loss of an account in one market by average cost, folded from its fills in the order they happened.
 * What is bought costs what was paid for it, its fee included (less arrives for the same money); what is sold brings
 * what arrived. A deposit has no price, so what is sold beyond what was bought here counts as a position below zero,
 * at the average of what it brought, until it is bought back.
 */
export interface Position {
  /** Base minor units; below zero when more was sold than bought. */
  readonly quantityMinor: bigint;
  /** What the quantity cost in quote minor units; below zero, like the quantity, what it brought. */
  readonly costMinor: bigint;
  /** Quote minor units gained, or lost, by what was closed. */
  readonly realisedMinor: bigint;
}

export const EMPTY_POSITION: Position = Object.freeze({
  quantityMinor: 0n,
  costMinor: 0n,
  realisedMinor: 0n,
});

/** One side of a trade, net of its fee. */
interface NetFill {
  readonly baseMinor: bigint;
  readonly quoteMinor: bigint;
}

/** A position after a trade in which the account has one side, or both: then the taker's counts first. */
export function foldTrade(position: Position, market: Market, trade: Trade, accountId: number): Position {
  const makerSide: Side = trade.takerSide === 'buy' ? 'sell' : 'buy';
  let after = position;
  if (trade.taker.accountId === accountId) {
    after = foldFill(after, netFill(market, trade, trade.takerSide, trade.takerFeeMinor));
  }
  if (trade.maker.accountId === accountId) {
    after = foldFill(after, netFill(market, trade, makerSide, trade.makerFeeMinor));
  }
  return after;
}

/** What closing the position at a price would gain beyond what is realised, in quote minor units; fees not counted. */
export function unrealisedMinor(market: Market, position: Position, priceTicks: number): bigint {
  // quantity / lot × price in ticks × value of a tick and lot; a fee may leave part of a lot: rounded towards zero.
  const value = (position.quantityMinor * valueMinor(market, priceTicks, 1)) / market.lotMinor;
  return value - position.costMinor;
}

function netFill(market: Market, trade: Trade, side: Side, feeMinor: bigint): NetFill {
  const base = BigInt(trade.quantityLots) * market.lotMinor;
  const quote = valueMinor(market, trade.priceTicks, trade.quantityLots);
  return side === 'buy'
    ? { baseMinor: base - feeMinor, quoteMinor: -quote }
    : { baseMinor: -base, quoteMinor: quote - feeMinor };
}

function foldFill(position: Position, fill: NetFill): Position {
  const { quantityMinor, costMinor, realisedMinor } = position;
  const { baseMinor, quoteMinor } = fill;
  const grows = quantityMinor === 0n || quantityMinor > 0n === baseMinor > 0n;
  if (grows || baseMinor === 0n) {
    return { quantityMinor: quantityMinor + baseMinor, costMinor: costMinor - quoteMinor, realisedMinor };
  }
  if (magnitude(baseMinor) <= magnitude(quantityMinor)) {
    // The part that is closed takes its part of the cost along; all of it takes all.
    const costOfPart = (costMinor * -baseMinor) / quantityMinor;
    return {
      quantityMinor: quantityMinor + baseMinor,
      costMinor: costMinor - costOfPart,
      realisedMinor: realisedMinor + quoteMinor - costOfPart,
    };
  }
  // It closes everything and opens the rest on the other side, at the same price.
  const quoteOfClosing = (quoteMinor * -quantityMinor) / baseMinor;
  const closed = foldFill(position, { baseMinor: -quantityMinor, quoteMinor: quoteOfClosing });
  assert(closed.quantityMinor === 0n && closed.costMinor === 0n, 'a closed position has no cost');
  return foldFill(closed, { baseMinor: baseMinor + quantityMinor, quoteMinor: quoteMinor - quoteOfClosing });
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
