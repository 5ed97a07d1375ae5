import { assert } from '../assert.ts';
import type { Trigger } from '../orders/order-terms.ts';
import { SortedKeys } from '../sorted-keys.ts';

/** Orders that wait for a price, by that price; of one price in the order of their arrival. */
export class TriggerBook<Order> {
  readonly #above = new WaitingSide<Order>();
  readonly #below = new WaitingSide<Order>();

  add({ fires, stopTicks }: Trigger, order: Order): void {
    if (fires === 'above') this.#above.add(stopTicks, order);
    else this.#below.add(-stopTicks, order);
  }

  /** @param trigger as it was when the order was added */
  remove({ fires, stopTicks }: Trigger, order: Order): void {
    if (fires === 'above') this.#above.remove(stopTicks, order);
    else this.#below.remove(-stopTicks, order);
  }

  /** Takes out what fires at this price: the stop price that is reached first, first. */
  takeDue(priceTicks: number): Order[] {
    return [...this.#above.takeUpTo(priceTicks), ...this.#below.takeUpTo(-priceTicks)];
  }
}

/** Orders by a key; of one key in the order of their arrival. */
export class WaitingSide<Order> {
  readonly #keys = new SortedKeys();
  /** A Set keeps the order in which its members were added. */
  readonly #queues = new Map<number, Set<Order>>();

  add(key: number, order: Order): void {
    const queue = this.#queues.get(key);
    if (queue !== undefined) {
      queue.add(order);
      return;
    }
    this.#queues.set(key, new Set([order]));
    this.#keys.add(key);
  }

  remove(key: number, order: Order): void {
    const queue = this.#queues.get(key);
    assert(queue?.delete(order) === true, 'an order that stops waiting was waiting');
    if (queue.size > 0) return;
    this.#queues.delete(key);
    this.#keys.delete(key);
  }

  /** Takes out those whose key is at most the limit, the lowest key first. */
  takeUpTo(limit: number): Order[] {
    if (this.#queues.size === 0) return [];
    const reached: number[] = [];
    this.#keys.forEachUntil((key) => {
      if (key > limit) return true;
      reached.push(key);
      return false;
    });
    const due: Order[] = [];
    for (const key of reached) {
      for (const order of this.#queues.get(key)!) due.push(order);
      this.#queues.delete(key);
      this.#keys.delete(key);
    }
    return due;
  }
}
