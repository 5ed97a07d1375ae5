import type { SelfTradeMode, Side } from './commands.ts';
import { BUY, SELF_TRADE_ALLOWED } from './commands.ts';

/** An order that trades at once. */
export interface Taker {
  id: number;
  side: Side;
  /** Limit price in ticks. */
  price: number;
  /** What is left of it, in lots. */
  remaining: number;
  /** In ticks × lots; 0 means none. */
  budget: number;
  budgetLeft: number;
  /** The owner whose orders it must not trade with, or 0. */
  avoids: number;
  selfTrade: SelfTradeMode;
  /** Index of its command in the batch. */
  command: number;
}

export function createTaker(): Taker {
  return {
    id: 0,
    side: BUY,
    price: 0,
    remaining: 0,
    budget: 0,
    budgetLeft: 0,
    avoids: 0,
    selfTrade: SELF_TRADE_ALLOWED,
    command: 0,
  };
}
