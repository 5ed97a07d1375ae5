import { assert } from '../../domain/assert.ts';
import type { Order } from '../../domain/orders/order.ts';
import type { OrderFilter } from '../market-messages.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** An order on the book, on its way through it, or waiting outside of it. Its id in the book is the market's own and dense. */
export type LiveOrder = Mutable<Order> & { readonly bookId: number };

/** The open orders of one market, by their id in the book and by account. */
export class OrderTable {
  readonly #byBookId = new Map<number, LiveOrder>();
  readonly #byAccount = new Map<number, Map<number, LiveOrder>>();

  #lastFirst: LiveOrder[] | null = null;

  get size(): number {
    return this.#byBookId.size;
  }

  add(order: LiveOrder): void {
    this.#byBookId.set(order.bookId, order);
    this.#lastFirst = null;
    let ofAccount = this.#byAccount.get(order.accountId);
    if (ofAccount === undefined) {
      ofAccount = new Map();
      this.#byAccount.set(order.accountId, ofAccount);
    }
    assert(!ofAccount.has(order.orderNo), 'an order is open once');
    ofAccount.set(order.orderNo, order);
  }

  remove(order: LiveOrder): void {
    assert(this.#byBookId.delete(order.bookId), 'an order that leaves was there');
    const ofAccount = this.#byAccount.get(order.accountId);
    ofAccount?.delete(order.orderNo);
    if (ofAccount?.size === 0) this.#byAccount.delete(order.accountId);
  }

  /** The order with this id in the book; it must be open. */
  at(bookId: number): LiveOrder {
    const order = this.#byBookId.get(bookId);
    assert(order !== undefined, 'the book and the table know the same orders');
    return order;
  }

  has(order: LiveOrder): boolean {
    return this.#byBookId.has(order.bookId);
  }

  find(accountId: number, orderNo: number): LiveOrder | undefined {
    return this.#byAccount.get(accountId)?.get(orderNo);
  }

  /**
   * So many of the orders, by their places: the same whether the market ran on or was read back. For a market that takes no more
   * orders, which are sorted once.
   */
  first(count: number): LiveOrder[] {
    this.#lastFirst ??= [...this.#byBookId.values()].sort((a, b) => b.priority - a.priority);
    const orders: LiveOrder[] = [];
    while (orders.length < count && this.#lastFirst.length > 0) {
      const order = this.#lastFirst.pop()!;
      if (this.has(order)) orders.push(order);
    }
    return orders;
  }

  /** In the order of their numbers, which is the same in every replay. */
  ofAccount(accountId: number, { side, tag }: OrderFilter): LiveOrder[] {
    const orders = [...(this.#byAccount.get(accountId)?.values() ?? [])].filter(
      (order) =>
        (side === undefined || order.side === side) && (tag === undefined || order.terms?.tag === tag),
    );
    return orders.sort((a, b) => a.orderNo - b.orderNo);
  }
}

/** By the time at which they expire; the same whether the market ran on or was read back. */
export function byExpiry(a: LiveOrder, b: LiveOrder): number {
  const expiry = (order: LiveOrder) => order.terms?.expiresAtMs ?? 0;
  return expiry(a) - expiry(b) || a.accountId - b.accountId || a.orderNo - b.orderNo;
}

/** A copy that stays as it is while the order goes on. Written out, since leaving a field out of a spread is slow. */
export function copyOf(order: LiveOrder): Order {
  return {
    marketId: order.marketId,
    accountId: order.accountId,
    orderNo: order.orderNo,
    clientOrderId: order.clientOrderId,
    requestDigest: order.requestDigest,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    priceTicks: order.priceTicks,
    quantityLots: order.quantityLots,
    quoteBudget: order.quoteBudget,
    selfTrade: order.selfTrade,
    tradeGroup: order.tradeGroup,
    terms: order.terms,
    makerFeePpm: order.makerFeePpm,
    takerFeePpm: order.takerFeePpm,
    filledLots: order.filledLots,
    filledQuoteMinor: order.filledQuoteMinor,
    feeMinor: order.feeMinor,
    holdMinor: order.holdMinor,
    status: order.status,
    reason: order.reason,
    priority: order.priority,
    createdAtMs: order.createdAtMs,
    updatedAtMs: order.updatedAtMs,
  };
}

/** An iceberg shows so many lots less. */
export function showLess(order: LiveOrder, lots: number): void {
  const iceberg = order.terms?.iceberg;
  if (iceberg !== undefined) showLots(order, iceberg.shownLots - lots);
}

/** Keeps how many lots an iceberg shows; other orders show all they have. */
export function showLots(order: LiveOrder, shownLots: number): void {
  const iceberg = order.terms?.iceberg;
  if (iceberg === undefined || iceberg.shownLots === shownLots) return;
  order.terms = { ...order.terms, iceberg: { ...iceberg, shownLots } };
}
