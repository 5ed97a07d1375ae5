import { decimalsOf, isDecimal } from '../../api/decimals.ts';
import type { Problem } from '../../api/problem.ts';
import type { MarketInfo } from '../market/market-data.ts';
import type { AmountField } from './order-draft.ts';

/** At which field a refusal is said, by its code. */
const FIELDS: Readonly<Record<string, readonly AmountField[]>> = {
  tick_size: ['price', 'stopPrice'],
  invalid_price: ['price', 'stopPrice'],
  price_outside_band: ['price', 'quantity'],
  post_only_would_take: ['price'],
  lot_size: ['quantity', 'quoteAmount'],
  invalid_quantity: ['quantity', 'quoteAmount'],
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

/** About one amount, without saying about which. */
const UNREADABLE: ReadonlySet<string> = new Set(['invalid_amount', 'too_many_decimals']);

/** @param typed the fields that the form has at the moment, with what is in them */
export function sayProblem(
  problem: Problem,
  typed: Partial<Readonly<Record<AmountField, string>>>,
  market: MarketInfo | undefined,
): Said {
  const shown = Object.keys(typed) as AmountField[];
  const named = shown.find((field) => field in problem.fields);
  if (named !== undefined) return { text: problem.fields[named]!, field: named };
  const field = UNREADABLE.has(problem.code)
    ? shown.find((name) => !isReadable(name, typed[name] ?? '', market))
    : FIELDS[problem.code]?.find((name) => shown.includes(name));
  return { text: problem.message, field };
}

function isReadable(field: AmountField, text: string, market: MarketInfo | undefined): boolean {
  if (!isDecimal(text)) return false;
  if (market === undefined || field === 'trailingPercent') return true;
  const isPrice = field === 'price' || field === 'stopPrice';
  if (field === 'quoteAmount') return true;
  return decimalsOf(text) <= decimalsOf(isPrice ? market.tickSize : market.lotSize);
}
