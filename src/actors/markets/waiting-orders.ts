import { assert } from '../../domain/assert.ts';
import { TrailingStops } from '../../domain/markets/trailing-stops.ts';
import { TriggerBook } from '../../domain/markets/trigger-book.ts';
import { isTrailing, type Trigger } from '../../domain/orders/order-terms.ts';
import type { LiveOrder } from './order-table.ts';

/** The orders of a market that wait for a stop price, and those stops that follow the last price. */
export class WaitingOrders {
  readonly #triggers = new TriggerBook<LiveOrder>();
  readonly #members = new Set<LiveOrder>();
  readonly #trailing = new TrailingStops<LiveOrder>();

  add(order: LiveOrder): void {
    const trigger = triggerOf(order);
    this.#triggers.add(trigger, order);
    this.#members.add(order);
    if (isTrailing(trigger)) this.#trailing.add(trigger, order);
  }

  /** Whether it waits still: one that is due does not. */
  has(order: LiveOrder): boolean {
    return this.#members.has(order);
  }

  remove(order: LiveOrder): void {
    const trigger = triggerOf(order);
    this.#triggers.remove(trigger, order);
    this.#members.delete(order);
    if (isTrailing(trigger)) this.#trailing.remove(order);
  }

  /**
   * The last price went through these, one after the other. Stops that trail follow it to where it turned away from them, and
   * to its end: to follow each step between would lead to the same place, at the cost of all of them for every price.
   * @param onMove called before the stop of an order moves; gives it a new place
   * @returns what fires, in the order in which it does; it waits no longer
   */
  observe(prices: readonly number[], onMove: (order: LiveOrder) => void): LiveOrder[] {
    const due: LiveOrder[] = [];
    let before: number | undefined;
    for (const [index, price] of prices.entries()) {
      const next = prices[index + 1];
      if (next === price) continue;
      const goesOn = before !== undefined && next !== undefined && price > before === next > price;
      if (next === undefined) this.#follow(price, onMove);
      else if (!goesOn) this.#follow(price, onMove, next > price ? 'above' : 'below');
      before = price;
      for (const order of this.#triggers.takeDue(price)) {
        this.#members.delete(order);
        if (isTrailing(triggerOf(order))) this.#trailing.remove(order);
        due.push(order);
      }
    }
    return due;
  }

  #follow(priceTicks: number, onMove: (order: LiveOrder) => void, fires?: Trigger['fires']): void {
    const moved = this.#trailing.takeMoved(priceTicks, fires);
    // In the order of their places, as a market that is read back has them.
    moved.sort(([a], [b]) => a.priority - b.priority);
    for (const [order, stopTicks] of moved) {
      const trigger = triggerOf(order);
      this.#triggers.remove(trigger, order);
      onMove(order);
      const next = { ...trigger, stopTicks };
      order.terms = { ...order.terms, trigger: next };
      this.#triggers.add(next, order);
      this.#trailing.add(next, order);
    }
  }
}

export function triggerOf(order: LiveOrder): Trigger {
  const trigger = order.terms?.trigger;
  assert(trigger !== undefined, 'an order that waits for a price has one');
  return trigger;
}
