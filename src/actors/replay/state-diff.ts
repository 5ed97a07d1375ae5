import type { Order } from '../../domain/orders/order.ts';
import type { MarketState, Wallet } from '../../domain/settlement.ts';
import type { PresentState } from './digest.ts';

/** Something that two states have differently; undefined where one of them does not have it. */
export interface Difference {
  readonly what: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** In what two states differ: markets first, then wallets, then open orders, each in the order of their numbers. */
export function differencesOf(before: PresentState, after: PresentState): Difference[] {
  return [
    ...compare(before.markets, after.markets, ({ marketId }) => `market ${marketId}`, describeMarket),
    ...compare(
      before.wallets,
      after.wallets,
      ({ accountId, assetId }) => `wallet ${accountId} asset ${assetId}`,
      describeWallet,
    ),
    ...compare(
      before.books,
      after.books,
      ({ accountId, orderNo }) => `order ${accountId}-${orderNo}`,
      describeOrder,
    ),
  ];
}

function compare<Row>(
  before: readonly Row[],
  after: readonly Row[],
  nameOf: (row: Row) => string,
  describe: (row: Row) => string,
): Difference[] {
  const described = (rows: readonly Row[]) => new Map(rows.map((row) => [nameOf(row), describe(row)]));
  const [old, now] = [described(before), described(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  return names
    .filter((name) => old.get(name) !== now.get(name))
    .map((what) => ({ what, before: old.get(what), after: now.get(what) }));
}

function describeMarket({ status, seq, tradeNo, lastPriceTicks }: MarketState): string {
  return `${status}, message ${seq}, trade ${tradeNo}, last price ${lastPriceTicks ?? 'none'} ticks`;
}

function describeWallet({ balanceMinor, lockedMinor }: Wallet): string {
  return `${balanceMinor}, of which ${lockedMinor} locked`;
}

function describeOrder(order: Order): string {
  const { side, type, priceTicks, quantityLots, filledLots, holdMinor, status } = order;
  return `${status} ${side} ${type} ${filledLots}/${quantityLots} lots @ ${priceTicks} ticks, holds ${holdMinor}`;
}
