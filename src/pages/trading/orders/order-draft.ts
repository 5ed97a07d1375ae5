import type { Side, TimeInForce } from '../../../domain/orders/order.ts';
import { decimalsOf, divide, floorToStep, fromUnits, multiply, units } from '../../api/decimals.ts';
import type { Depth, Level } from '../../api/order-book.ts';
import type { MarketInfo } from '../market/market-data.ts';

/** Kinds of orders that the form knows; `oco` is two of them, of which one cancels the other. */
export const KINDS = Object.freeze([
  ['limit', 'Limit'],
  ['market', 'Market'],
  ['stop_limit', 'Stop limit'],
  ['stop', 'Stop market'],
  ['trailing_stop', 'Trailing stop'],
  ['oco', 'OCO'],
] as const);
export type Kind = (typeof KINDS)[number][0];

/** What is typed in the form, as text. */
export interface Draft {
  readonly side: Side;
  readonly kind: Kind;
  readonly price: string;
  readonly stopPrice: string;
  readonly quantity: string;
  /** Of a market buy: what to spend, instead of a quantity. */
  readonly quoteAmount: string;
  readonly trailingPercent: string;
  readonly timeInForce: Extract<TimeInForce, 'gtc' | 'ioc' | 'fok'>;
  readonly postOnly: boolean;
  readonly displayQuantity: string;
}

export const EMPTY: Draft = Object.freeze({
  side: 'buy',
  kind: 'limit',
  price: '',
  stopPrice: '',
  quantity: '',
  quoteAmount: '',
  trailingPercent: '1',
  timeInForce: 'gtc',
  postOnly: false,
  displayQuantity: '',
});

export type AmountField =
  | 'price'
  | 'stopPrice'
  | 'quantity'
  | 'quoteAmount'
  | 'trailingPercent'
  | 'displayQuantity';

export function spendsQuote({ kind, side }: Draft): boolean {
  return kind === 'market' && side === 'buy';
}

/** Which amounts a kind of order has, in the order in which they are asked for. */
export function fieldsOf(draft: Draft): readonly AmountField[] {
  switch (draft.kind) {
    case 'limit':
      return ['price', 'quantity'];
    case 'market':
      return [spendsQuote(draft) ? 'quoteAmount' : 'quantity'];
    case 'stop_limit':
      return ['stopPrice', 'price', 'quantity'];
    case 'stop':
      return ['stopPrice', 'quantity'];
    case 'trailing_stop':
      return ['trailingPercent', 'quantity'];
    case 'oco':
      return ['price', 'stopPrice', 'quantity'];
  }
}

/** What is typed in the fields that are shown. */
export function typedIn(draft: Draft): Partial<Record<AmountField, string>> {
  const fields: readonly AmountField[] =
    draft.kind === 'limit' && draft.displayQuantity !== ''
      ? [...fieldsOf(draft), 'displayQuantity']
      : fieldsOf(draft);
  return Object.fromEntries(fields.map((field) => [field, draft[field]]));
}

/** Where a draft goes, and as what. @param clientOrderId one for each try, so that a repeat of it is the same order */
export function requestOf(
  draft: Draft,
  market: MarketInfo,
  clientOrderId: string,
): { readonly path: string; readonly body: object } {
  const { side, kind, price, stopPrice, quantity } = draft;
  const common = { side, quantity };
  if (kind === 'oco') {
    const legs = [
      { ...common, type: 'limit', price, clientOrderId },
      { ...common, type: 'stop', stopPrice, clientOrderId: `${clientOrderId}-stop` },
    ];
    return { path: '/v1/order-lists', body: { market: market.symbol, legs } };
  }
  const amounts = Object.fromEntries(fieldsOf(draft).map((field) => [field, draft[field]]));
  const hasPrice = kind === 'limit' || kind === 'stop_limit';
  const order = {
    market: market.symbol,
    side,
    type: kind,
    clientOrderId,
    ...amounts,
    ...(hasPrice ? { timeInForce: draft.timeInForce } : {}),
    ...(kind === 'limit' && draft.postOnly ? { postOnly: true } : {}),
    ...(kind === 'limit' && draft.displayQuantity !== '' ? { displayQuantity: draft.displayQuantity } : {}),
  };
  return { path: '/v1/orders', body: order };
}

export interface Fees {
  readonly makerFee: string;
  readonly takerFee: string;
}

export interface Estimate {
  /** In the quote asset. */
  readonly value: string;
  readonly fee: string;
  readonly feeAsset: string;
  /** Part of it that the book can't take now. */
  readonly isShort: boolean;
}

const FEE_DECIMALS = 8;

/** What the order would come to; undefined while something is missing. */
export function estimate(
  draft: Draft,
  market: MarketInfo,
  depth: Depth | undefined,
  fees: Fees | undefined,
): Estimate | undefined {
  const filled = fillOf(draft, market, depth);
  if (filled === undefined) return undefined;
  const { quantity, value, isShort } = filled;
  const received = draft.side === 'buy' ? quantity : value;
  const rate = draft.kind === 'limit' && draft.postOnly ? fees?.makerFee : fees?.takerFee;
  return {
    value,
    fee: multiply(received, rate ?? '0', FEE_DECIMALS),
    feeAsset: draft.side === 'buy' ? market.base : market.quote,
    isShort,
  };
}

interface Filled {
  readonly quantity: string;
  readonly value: string;
  readonly isShort: boolean;
}

function fillOf(
  draft: Draft,
  { tickSize, lotSize }: MarketInfo,
  depth: Depth | undefined,
): Filled | undefined {
  const { side, kind, price, stopPrice, quantity, quoteAmount } = draft;
  const decimals = decimalsOf(tickSize) + decimalsOf(lotSize);
  if (kind !== 'market') {
    const at = kind === 'stop' ? stopPrice : kind === 'trailing_stop' ? bestOf(depth, side) : price;
    if (units(at) === 0n || units(quantity) === 0n) return undefined;
    return { quantity, value: multiply(at!, quantity, decimals), isShort: false };
  }
  const levels = (side === 'buy' ? depth?.asks : depth?.bids) ?? [];
  const wanted = spendsQuote(draft) ? quoteAmount : quantity;
  return units(wanted) === 0n ? undefined : sweep(levels, wanted, spendsQuote(draft), decimals);
}

/** Walks through the book as the order would. */
function sweep(levels: readonly Level[], wanted: string, isQuote: boolean, decimals: number): Filled {
  let left = units(wanted);
  let quantity = 0n;
  let value = 0n;
  for (const [price, size] of levels) {
    if (left === 0n) break;
    const levelValue = units(multiply(price, size, decimals));
    const whole = isQuote ? levelValue : units(size);
    const isAll = left >= whole;
    const taken = isAll ? size : isQuote ? divide(fromUnits(left), price, 18) : fromUnits(left);
    quantity += units(taken);
    value += isAll ? levelValue : units(multiply(price, taken, decimals));
    left -= isAll ? whole : left;
  }
  return { quantity: fromUnits(quantity), value: fromUnits(value), isShort: left > 0n };
}

function bestOf(depth: Depth | undefined, side: Side): string | undefined {
  return (side === 'buy' ? depth?.asks : depth?.bids)?.[0]?.[0];
}

/** The draft with a share of what is available. @param percent 1 to 100 */
export function withShare(
  draft: Draft,
  market: MarketInfo,
  available: string,
  percent: number,
  depth: Depth | undefined,
): Draft {
  const share = fromUnits((units(available) * BigInt(percent)) / 100n);
  if (draft.side === 'sell') return { ...draft, quantity: floorToStep(share, market.lotSize) };
  if (spendsQuote(draft)) return { ...draft, quoteAmount: floorToStep(share, market.tickSize) };
  const price = (draft.kind === 'stop' ? draft.stopPrice : draft.price) || (bestOf(depth, draft.side) ?? '');
  return { ...draft, quantity: floorToStep(divide(share, price, 18), market.lotSize) };
}
