import type { OrderRef } from '../trade.ts';
import type { SelfTradePrevention, Side } from './order.ts';

/** A trade that did not happen, because both orders belong to one trade group. */
export interface Prevention {
  readonly marketId: number;
  /** The market's message that it happened in, and its place among the preventions of that message, from 0. */
  readonly seq: number;
  readonly place: number;
  readonly mode: SelfTradePrevention;
  readonly priceTicks: number;
  /** What would have been traded. */
  readonly quantityLots: number;
  readonly takerSide: Side;
  readonly maker: OrderRef;
  readonly taker: OrderRef;
  readonly preventedAtMs: number;
}
