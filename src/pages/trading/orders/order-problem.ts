import type { Problem } from '../../api/problem.ts';
import type { AmountField } from './order-draft.ts';

/** At which field a refusal is said, by its code. */
const FIELDS: Readonly<Record<string, readonly AmountField[]>> = {
  tick_size: ['price', 'stopPrice'],
  invalid_price: ['price', 'stopPrice'],
  price_outside_band: ['price', 'quantity'],
  post_only_would_take: ['price'],
  lot_size: ['quantity', 'quoteAmount'],
  invalid_quantity: ['quantity', 'quoteAmount'],
  invalid_amount: ['quantity', 'quoteAmount'],
  too_many_decimals: ['quantity', 'quoteAmount'],
  quantity_too_small: ['quantity', 'quoteAmount'],
  quantity_too_large: ['quantity', 'quoteAmount'],
  notional_too_small: ['quantity', 'quoteAmount'],
  notional_too_large: ['quantity', 'quoteAmount'],
  insufficient_funds: ['quantity', 'quoteAmount'],
};

export interface Said {
  readonly text: string;
  /** undefined: it is about the order as a whole. */
  readonly field: AmountField | undefined;
}

/** @param shown the fields that the form has at the moment */
export function sayProblem(problem: Problem, shown: readonly AmountField[]): Said {
  const named = shown.find((field) => field in problem.fields);
  if (named !== undefined) return { text: problem.fields[named]!, field: named };
  return { text: problem.message, field: FIELDS[problem.code]?.find((field) => shown.includes(field)) };
}
