/** How many clientOrderIds of ended orders an account remembers, apart from those of its working orders. */
export const REMEMBERED_CLIENT_ORDER_IDS = 10_000;

interface Known {
  readonly requestDigest: number;
  readonly orderNo: number;
  readonly settled: boolean;
}

/**
 * The clientOrderIds of an account's working orders and of the latest that ended, so that a repeat is told from a new
 * order. The window is by count, so that memory and start-up cost the same whatever the history; docs/decisions
 * tells why.
 */
export class ClientOrderIds {
  readonly #working = new Map<string, Known>();
  // In the order in which the orders ended: a Map keeps the order in which keys were added.
  readonly #ended = new Map<string, Known>();

  constructor(
    oldestFirst: readonly (readonly [clientOrderId: string, requestDigest: number, orderNo: number])[],
    isWorking: (orderNo: number) => boolean,
  ) {
    for (const [clientOrderId, requestDigest, orderNo] of oldestFirst) {
      const ids = isWorking(orderNo) ? this.#working : this.#ended;
      ids.set(clientOrderId, { requestDigest, orderNo, settled: true });
    }
  }

  get(clientOrderId: string): Known | undefined {
    return this.#working.get(clientOrderId) ?? this.#ended.get(clientOrderId);
  }

  /**
   * Whether orders that are placed together were placed before: the first of them, then; undefined when none was, `conflict`
   * when only some were, or for something else. Orders of a list have numbers one after another.
   */
  findList(
    orders: readonly { readonly clientOrderId?: string | undefined }[],
    requestDigests: readonly number[],
  ): { readonly orderNo: number; readonly settled: boolean } | 'conflict' | undefined {
    const known = orders.map(({ clientOrderId }) =>
      clientOrderId === undefined ? undefined : this.get(clientOrderId),
    );
    const at = known.findIndex((id) => id !== undefined);
    const found = known[at];
    if (found === undefined) return undefined;
    const orderNo = found.orderNo - at;
    const isSame = orders.every(({ clientOrderId }, index) => {
      const id = known[index];
      const isNext = id?.orderNo === orderNo + index && id.requestDigest === requestDigests[index];
      return clientOrderId === undefined || isNext;
    });
    return isSame ? { orderNo, settled: found.settled } : 'conflict';
  }

  add(clientOrderId: string, requestDigest: number, orderNo: number): void {
    this.#working.set(clientOrderId, { requestDigest, orderNo, settled: false });
  }

  /** What a batch did to the order with this id is committed: it works on, or has ended. */
  settle(clientOrderId: string, orderNo: number, ended: boolean): void {
    const known = this.#working.get(clientOrderId);
    if (known === undefined || known.orderNo !== orderNo) return;
    if (!ended) {
      if (!known.settled) this.#working.set(clientOrderId, { ...known, settled: true });
      return;
    }
    this.#working.delete(clientOrderId);
    this.#ended.set(clientOrderId, { ...known, settled: true });
    if (this.#ended.size > REMEMBERED_CLIENT_ORDER_IDS) {
      for (const oldest of this.#ended.keys()) {
        this.#ended.delete(oldest);
        break;
      }
    }
  }

  /** The order was refused: its id is free again. */
  forget(clientOrderId: string, orderNo: number): void {
    if (this.#working.get(clientOrderId)?.orderNo === orderNo) this.#working.delete(clientOrderId);
  }
}
