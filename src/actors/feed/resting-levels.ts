import type { Order } from '../../domain/order.ts';
import { isWaiting } from '../../domain/order-machine.ts';
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
