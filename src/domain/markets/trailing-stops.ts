import { assert } from '../assert.ts';
import { followedStop, type Trigger } from '../orders/order-terms.ts';
import { WaitingSide } from './trigger-book.ts';

/** Kept of an order that trails. */
interface Entry {
  readonly trigger: Trigger;
  /** Grows as the stop is further from moving: up to this price, mirrored for stops that come down, it stays. */
  readonly key: number;
}

/**
 * The stops that follow the last price, by the price up to which they stay where they are: those which a price moves are found
 * without a look at the others.
 */
export class TrailingStops<Order> {
  readonly #below = new WaitingSide<Order>();
  readonly #above = new WaitingSide<Order>();
  readonly #entries = new Map<Order, Entry>();

  add(trigger: Trigger, order: Order): void {
    const { fires, stopTicks, trailTicks = 0 } = trigger;
    // At a distance in parts of the price it may stay further than that, which is found out when the price is there.
    const stays = fires === 'below' ? stopTicks + trailTicks : stopTicks - trailTicks;
    this.#keep(order, { trigger, key: keyOf(fires, stays) });
  }

  remove(order: Order): void {
    const entry = this.#entries.get(order);
    assert(entry !== undefined, 'an order that trails no more did trail');
    this.#sideOf(entry.trigger.fires).remove(entry.key, order);
    this.#entries.delete(order);
  }

  /**
   * Takes out those whose stop this price moves, each with where to.
   * @param fires only those that fire on this side of the price
   */
  takeMoved(priceTicks: number, fires?: Trigger['fires']): (readonly [order: Order, stopTicks: number])[] {
    const moved: (readonly [order: Order, stopTicks: number])[] = [];
    if (fires !== 'above') this.#take('below', priceTicks, moved);
    if (fires !== 'below') this.#take('above', priceTicks, moved);
    return moved;
  }

  #take(fires: Trigger['fires'], priceTicks: number, moved: (readonly [Order, number])[]): void {
    const key = keyOf(fires, priceTicks);
    for (const order of this.#sideOf(fires).takeUpTo(key - 1)) {
      const { trigger } = this.#entries.get(order)!;
      const stopTicks = followedStop(trigger, priceTicks);
      if (stopTicks === undefined) this.#keep(order, { trigger, key });
      else {
        this.#entries.delete(order);
        moved.push([order, stopTicks]);
      }
    }
  }

  #keep(order: Order, entry: Entry): void {
    this.#entries.set(order, entry);
    this.#sideOf(entry.trigger.fires).add(entry.key, order);
  }

  #sideOf(fires: Trigger['fires']): WaitingSide<Order> {
    return fires === 'below' ? this.#below : this.#above;
  }
}

function keyOf(fires: Trigger['fires'], priceTicks: number): number {
  return fires === 'below' ? priceTicks : -priceTicks;
}
