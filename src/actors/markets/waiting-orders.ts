import { assert } from '../../domain/assert.ts';
import { TriggerBook } from '../../domain/markets/trigger-book.ts';
import { followedStop, isTrailing, type Trigger } from '../../domain/orders/order-terms.ts';
import type { LiveOrder } from './order-table.ts';

/** The orders of a market that wait for a stop price, and those stops that follow the last price. */
export class WaitingOrders {
  readonly #triggers = new TriggerBook<LiveOrder>();
  readonly #members = new Set<LiveOrder>();
  /** In the order of their places, as a market that is read back has them. */
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

  /** The next price counts as a new one, for stops that came to wait while nothing could fire. */
  lookAgain(): void {
    this.#lastPriceTicks = null;
  }

  /**
   * The last price went through these, one after the other. Stops that trail follow it where it turned and where it ended:
   * to follow each step would lead to the same place, at the cost of all of them for every price.
   * @param onMove called before the stop of an order moves; gives it a new place
   * @returns what fires, in the order in which it does; it waits no longer
   */
  observe(prices: readonly number[], onMove: (order: LiveOrder) => void): LiveOrder[] {
    const due: LiveOrder[] = [];
    for (const [index, price] of prices.entries()) {
      const next = prices[index + 1];
      if (next === price) continue;
      const before = this.#lastPriceTicks;
      if (before === null || next === undefined || price > before !== next > price) {
        if (price !== before) this.#follow(price, onMove);
      }
      this.#lastPriceTicks = price;
      for (const order of this.#takeDue(price)) due.push(order);
    }
    return due;
  }

  #takeDue(priceTicks: number): LiveOrder[] {
    const due = this.#triggers.takeDue(priceTicks);
    for (const order of due) {
      this.#members.delete(order);
      this.#trailing.delete(order);
    }
    return due;
  }

  #follow(priceTicks: number, onMove: (order: LiveOrder) => void): void {
    const moves: (readonly [order: LiveOrder, stopTicks: number])[] = [];
    for (const order of this.#trailing) {
      const stopTicks = followedStop(triggerOf(order), priceTicks);
      if (stopTicks !== undefined) moves.push([order, stopTicks]);
    }
    for (const [order, stopTicks] of moves) {
      const trigger = triggerOf(order);
      this.#triggers.remove(trigger, order);
      this.#trailing.delete(order);
      onMove(order);
      const moved = { ...trigger, stopTicks };
      order.terms = { ...order.terms, trigger: moved };
      this.#triggers.add(moved, order);
      this.#trailing.add(order);
    }
  }
}

export function triggerOf(order: LiveOrder): Trigger {
  const trigger = order.terms?.trigger;
  assert(trigger !== undefined, 'an order that waits for a price has one');
  return trigger;
}
