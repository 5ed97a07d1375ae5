import type { Market } from '../../src/domain/markets/market.ts';
import { brought, type NaiveOrder, need } from './naive-market-orders.ts';

export interface NaiveList {
  readonly working: NaiveOrder | undefined;
  readonly legs: readonly NaiveOrder[];
}

/** What is open of the list of an order. */
export function listOf({ accountId, terms }: NaiveOrder, orders: readonly NaiveOrder[]): NaiveList {
  const members = orders
    .filter((order) => order.accountId === accountId && order.terms.list?.no === terms.list!.no)
    .sort((a, b) => a.orderNo - b.orderNo);
  const isWorking = ({ terms: { list } }: NaiveOrder) => list!.role === 'working';
  return { working: members.find(isWorking), legs: members.filter((order) => !isWorking(order)) };
}

/** Sets what orders hold to what they can still cost; what has ended holds nothing. */
export function hold(market: Market, open: readonly NaiveOrder[], changed: readonly NaiveOrder[]): void {
  for (const order of changed) order.holdMinor = 0n;
  for (const order of open) {
    order.holdMinor = order.terms.list?.role === 'leg' ? holdOfLeg(market, order, open) : need(market, order);
  }
}

/** Of two legs only one can execute, and while the working order is open it pays for them. */
function holdOfLeg(market: Market, leg: NaiveOrder, open: readonly NaiveOrder[]): bigint {
  const { working, legs } = listOf(leg, open);
  const needs = legs.map((other) => need(market, other));
  const dearest = needs.reduce((most, minor) => (minor > most ? minor : most));
  if (legs[needs.indexOf(dearest)] !== leg) return 0n;
  if (working === undefined || working.side === leg.side) return dearest;
  const received = brought(market, working);
  return received < dearest ? received : dearest;
}
