import { type Clearing, clearingOf } from '../../domain/markets/call-auction.ts';
import type { Order } from '../../domain/orders/order.ts';
import { isWaiting } from '../../domain/orders/order-machine.ts';
import type { MarketSnapshot } from '../../domain/snapshots.ts';
import type { LevelChange } from '../effects.ts';

/** What is shown at each price. */
export function* levelsOf(orders: readonly Order[]): Generator<LevelChange> {
  const lots = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  for (const order of orders) {
    if (isWaiting(order.status)) continue;
    const { side, priceTicks } = order;
    const shown = order.terms?.iceberg?.shownLots ?? order.quantityLots - order.filledLots;
    lots[side].set(priceTicks, (lots[side].get(priceTicks) ?? 0) + shown);
  }
  for (const side of ['buy', 'sell'] as const) {
    for (const [priceTicks, total] of lots[side]) yield [side, priceTicks, total];
  }
}

/** Where the auction of a market that is read back would trade now; null when it is in none. */
export function clearingOfSnapshot({ status, orders, lastPriceTicks }: MarketSnapshot): Clearing | null {
  if (status !== 'auction') return null;
  const open = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  for (const order of orders) {
    if (isWaiting(order.status)) continue;
    const { side, priceTicks, quantityLots, filledLots } = order;
    open[side].set(priceTicks, (open[side].get(priceTicks) ?? 0) + quantityLots - filledLots);
  }
  const bids = [...open.buy].sort((a, b) => b[0] - a[0]);
  const asks = [...open.sell].sort((a, b) => a[0] - b[0]);
  return clearingOf(bids, asks, lastPriceTicks);
}
