import {
  ORDER_REASONS,
  ORDER_TYPES,
  type OrderReason,
  type OrderType,
  SELF_TRADE_PREVENTIONS,
  type SelfTradePrevention,
  type Side,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '../domain/orders/order.ts';
import { ORDER_STATUSES, type OrderStatus } from '../domain/orders/order-machine.ts';

/** Small numbers that stand for words in the tables. They are stored: never renumber, only add at the end. */

const SIDES = ['buy', 'sell'] as const satisfies readonly Side[];

interface Code<Word extends string> {
  of(word: Word): number;
  word(code: number): Word;
}

function code<Word extends string>(words: readonly Word[]): Code<Word> {
  const numbers = new Map(words.map((word, index) => [word, index]));
  return {
    of: (word) => numbers.get(word)!,
    word: (number) => {
      const found = words[number];
      if (found === undefined) throw new RangeError(`the table holds an unknown code: ${number}`);
      return found;
    },
  };
}

export const sideCode = code<Side>(SIDES);
export const typeCode = code<OrderType>(ORDER_TYPES);
export const timeInForceCode = code<TimeInForce>(TIMES_IN_FORCE);
export const statusCode = code<OrderStatus>(ORDER_STATUSES);
export const selfTradeCode = code<SelfTradePrevention>(SELF_TRADE_PREVENTIONS);
export const reasonCode = code<OrderReason>(ORDER_REASONS);
