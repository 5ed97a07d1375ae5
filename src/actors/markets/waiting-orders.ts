import { assert } from '../../domain/assert.ts';
import { TriggerBook } from '../../domain/markets/trigger-book.ts';
import { isTrailing, type Trigger, trailedStop } from '../../domain/orders/order-terms.ts';
import type { LiveOrder } from './order-table.ts';

/** The orders of a market that wait for a stop price, and those stops that follow the last price. */
export class WaitingOrders {
  readonly #triggers = new TriggerBook<LiveOrder>();
  readonly #members = new Set<LiveOrder>();
  readonly #trailing = new Set<LiveOrder>();
  #lastPriceTicks: number | null;

  constructor(lastPriceTicks: number | null) {
    this.#lastPriceTicks = lastPriceTicks;
  }

  add(order: LiveOrder): void {
    const trigger = triggerOf(order);
    this.#triggers.add(trigger, order);
    this.#members.add(order);
    if (isTrailing(trigger)) this.#trailing.add(order);
  }

  /** Whether it waits still: one that is due does not. */
  has(order: LiveOrder): boolean {
    return this.#members.has(order);
  }

  remove(order: LiveOrder): void {
    this.#members.delete(order);
    this.#triggers.remove(triggerOf(order), order);
    this.#trailing.delete(order);
  }

  /** Trading begins again: the next price counts as a new one, for stops that came to wait since. */
  lookAgain(): void {
    this.#lastPriceTicks = null;
  }

  /**
   * The last price is this one now.
   * @param onTrail called before the stop of an order moves; gives it a new place
   * @returns what fires, in the order in which it does; it waits no longer
   */
  observe(priceTicks: number, onTrail: (order: LiveOrder) => void): LiveOrder[] {
    if (priceTicks !== this.#lastPriceTicks) this.#trail(priceTicks, onTrail);
    this.#lastPriceTicks = priceTicks;
    const due = this.#triggers.takeDue(priceTicks);
    for (const order of due) {
      this.#members.delete(order);
      this.#trailing.delete(order);
    }
    return due;
  }

  /** A stop only follows a price that moves away from it. */
  #trail(priceTicks: number, onTrail: (order: LiveOrder) => void): void {
    // In the order of their places, as a market that is read back has them.
    for (const order of [...this.#trailing]) {
      const trigger = triggerOf(order);
      const stopTicks = trailedStop(trigger, priceTicks);
      const follows =
        trigger.fires === 'below' ? stopTicks > trigger.stopTicks : stopTicks < trigger.stopTicks;
      if (!follows) continue;
      this.remove(order);
      onTrail(order);
      order.terms = { ...order.terms, trigger: { ...trigger, stopTicks } };
      this.add(order);
    }
  }
}

export function triggerOf(order: LiveOrder): Trigger {
  const trigger = order.terms?.trigger;
  assert(trigger !== undefined, 'an order that waits for a price has one');
  return trigger;
}
