import { assert } from '../assert.ts';
import { type Trigger, trailedStop } from '../orders/order-terms.ts';
import { WaitingSide } from './trigger-book.ts';

/** Stops that trail at one distance, by how far they have come: those that are furthest behind first. */
interface Group<Order> {
  readonly trigger: Trigger;
  readonly stops: WaitingSide<Order>;
}

/**
 * The stops that follow the last price. Those that trail at the same distance would all have the same stop price for a price,
 * so that those which it leaves behind are found without a look at the others.
 */
export class TrailingStops<Order> {
  readonly #groups = new Map<string, Group<Order>>();

  add(trigger: Trigger, order: Order): void {
    const name = nameOf(trigger);
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { trigger, stops: new WaitingSide() };
      this.#groups.set(name, group);
    }
    group.stops.add(keyOf(trigger, trigger.stopTicks), order);
  }

  /** @param trigger as it was when the order was added */
  remove(trigger: Trigger, order: Order): void {
    const name = nameOf(trigger);
    const group = this.#groups.get(name);
    assert(group !== undefined, 'an order that trails no more did trail');
    group.stops.remove(keyOf(trigger, trigger.stopTicks), order);
    if (group.stops.isEmpty) this.#groups.delete(name);
  }

  /**
   * Takes out those whose stop this price moves, each with where to.
   * @param fires only those that fire on this side of the price
   */
  takeMoved(priceTicks: number, fires?: Trigger['fires']): (readonly [order: Order, stopTicks: number])[] {
    const moved: (readonly [order: Order, stopTicks: number])[] = [];
    for (const [name, { trigger, stops }] of this.#groups) {
      if (fires !== undefined && trigger.fires !== fires) continue;
      const stopTicks = trailedStop(trigger, priceTicks);
      for (const order of stops.takeUpTo(keyOf(trigger, stopTicks) - 1)) moved.push([order, stopTicks]);
      if (stops.isEmpty) this.#groups.delete(name);
    }
    return moved;
  }
}

/** Grows as the stop comes closer to the price. */
function keyOf({ fires }: Trigger, stopTicks: number): number {
  return fires === 'below' ? stopTicks : -stopTicks;
}

function nameOf({ fires, trailTicks = 0, trailPpm = 0 }: Trigger): string {
  return `${fires} ${trailTicks} ${trailPpm}`;
}
