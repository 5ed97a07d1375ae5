import { isWorking } from '../../domain/orders/order-machine.ts';
import type { LiveOrder } from './order-table.ts';

/** The orders of a list that are open: the working one, and the legs in the order in which they were placed. */
export interface OpenList {
  readonly working: LiveOrder | undefined;
  readonly legs: readonly LiveOrder[];
}

/** The order lists of a market. */
export class OrderLists {
  readonly #members = new Map<string, LiveOrder[]>();

  add(order: LiveOrder): void {
    const name = nameOf(order);
    if (name === undefined) return;
    const members = this.#members.get(name);
    if (members === undefined) this.#members.set(name, [order]);
    else members.push(order);
  }

  remove(order: LiveOrder): void {
    const name = nameOf(order);
    const members = name === undefined ? undefined : this.#members.get(name);
    if (name === undefined || members === undefined) return;
    const left = members.filter((member) => member !== order);
    if (left.length === 0) this.#members.delete(name);
    else this.#members.set(name, left);
  }

  /** What is open of the list that an order belongs to. */
  openOf(order: LiveOrder): OpenList {
    const name = nameOf(order);
    const members = name === undefined ? [] : (this.#members.get(name) ?? []);
    const open = members.filter((member) => isWorking(member.status));
    return {
      working: open.find((member) => member.terms?.list?.role === 'working'),
      legs: open.filter((member) => member.terms?.list?.role === 'leg').sort((a, b) => a.orderNo - b.orderNo),
    };
  }
}

function nameOf(order: LiveOrder): string | undefined {
  const list = order.terms?.list;
  return list === undefined ? undefined : `${order.accountId}/${list.no}`;
}
