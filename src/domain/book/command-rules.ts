import { violated } from '../assert.ts';
import * as commandLayout from './commands.ts';

/** What a command has to be; whoever writes one that is not has a bug. */

// V8 reads an imported binding from memory wherever it is used, but compiles in the constants of the module itself.
const { HEADER_SELF_TRADE_SHIFT } = commandLayout;
const { DECREMENT_AND_CANCEL, MAX_OWNER, SELF_TRADE_ALLOWED } = commandLayout;
/** Read once, for the same reason. */
const MAX_SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

export const MINIMUM_RULE =
  'a minimum is a whole number, and only of an immediate-or-cancel order without a budget';
export const BUDGET_RULE = 'a quote budget is a whole number, and only of an immediate-or-cancel buy';

/** Whether this is a whole number from 1 to 2^53 − 1. */
export function isCount(value: number): boolean {
  return value >= 1 && value <= MAX_SAFE_INTEGER && Math.floor(value) === value;
}

/** Owner, self-trade mode and lots to show of a PLACE or REPLACE. */
export function assertTerms(header: number, owner: number, display: number): void {
  const selfTrade = (header >> HEADER_SELF_TRADE_SHIFT) & 7;
  if ((owner | 0) !== owner || owner < 0 || owner > MAX_OWNER)
    violated('an owner is a whole number below 2^29');
  if (selfTrade > DECREMENT_AND_CANCEL) violated('the self-trade mode is known');
  if (selfTrade !== SELF_TRADE_ALLOWED && owner === 0) violated('an order that avoids its owner’s has one');
  if (display !== 0 && !isCount(display)) violated('the lots to show are a whole number');
}

/** @throws AssertionFailed unless both are whole numbers from 1 and their product is below 2^53. */
export function assertPriceAndQuantity(price: number, quantity: number): void {
  if (
    price >= 1 &&
    quantity >= 1 &&
    price * quantity <= MAX_SAFE_INTEGER &&
    Math.floor(price) === price &&
    Math.floor(quantity) === quantity
  ) {
    return;
  }
  violated('price and quantity are whole numbers from 1 and their product is below 2^53');
}
