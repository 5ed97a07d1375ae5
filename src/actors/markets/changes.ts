import { assert } from '../../domain/assert.ts';
import type { Market } from '../../domain/markets/market.ts';
import { holdFor, type OrderReason } from '../../domain/orders/order.ts';
import { legHolds } from '../../domain/orders/order-list.ts';
import { isWorking, nextOrderStatus, type OrderEvent } from '../../domain/orders/order-machine.ts';
import type { OrderChange } from '../effects.ts';
import type { OpenList, OrderLists } from './order-lists.ts';
import { copyOf, type LiveOrder } from './order-table.ts';

/** The orders that one message changes: how they were, and what they hold after it. */
export class Changes {
  readonly #market: Market;
  readonly #lists: OrderLists;
  readonly #atMs: number;
  readonly #before = new Map<LiveOrder, { readonly holdMinor: bigint; readonly rested: boolean }>();

  constructor(market: Market, lists: OrderLists, atMs: number) {
    this.#market = market;
    this.#lists = lists;
    this.#atMs = atMs;
  }

  /** The message brings this order. */
  add(order: LiveOrder): void {
    this.#before.set(order, { holdMinor: 0n, rested: false });
  }

  /** The order is about to change. */
  touch(order: LiveOrder): void {
    if (!this.#before.has(order)) this.#before.set(order, { holdMinor: order.holdMinor, rested: true });
  }

  /** Whether the message itself brought the order. */
  isNew(order: LiveOrder): boolean {
    return this.#before.get(order)?.rested === false;
  }

  step(order: LiveOrder, event: OrderEvent, reason: OrderReason): void {
    const next = nextOrderStatus(order.status, event);
    assert(next !== undefined, 'the order’s life allows what the book did');
    this.touch(order);
    order.status = next;
    order.reason = reason;
    order.updatedAtMs = this.#atMs;
  }

  /** Every order that the message changed, as it is after it; the one that the message is about comes first. */
  finish(): OrderChange[] {
    for (const order of [...this.#before.keys()]) {
      if (order.terms?.list === undefined) order.holdMinor = this.#holdOf(order);
      else this.#holdList(this.#lists.openOf(order), order);
    }
    const changes: OrderChange[] = [];
    for (const [order, before] of this.#before) {
      changes.push({ order: copyOf(order), holdBeforeMinor: before.holdMinor, restedBefore: before.rested });
    }
    return changes;
  }

  #holdOf(order: LiveOrder): bigint {
    if (!isWorking(order.status)) return 0n;
    return holdFor(this.#market, order.side, order.priceTicks, order.quantityLots - order.filledLots);
  }

  /** What one order of a list holds depends on the others. */
  #holdList({ working, legs }: OpenList, order: LiveOrder): void {
    if (!isWorking(order.status)) order.holdMinor = 0n;
    if (working !== undefined) working.holdMinor = this.#holdOf(working);
    const holds = legHolds(this.#market, working, legs);
    for (const [index, leg] of legs.entries()) {
      const holdMinor = holds[index]!;
      if (leg.holdMinor === holdMinor) continue;
      this.touch(leg);
      leg.holdMinor = holdMinor;
    }
  }
}
