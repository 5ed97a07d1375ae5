import type { Order, OrderType, Side, TimeInForce } from '../orders/order.ts';
import { isWaiting } from '../orders/order-machine.ts';
import type { ListPlace, Trigger } from '../orders/order-terms.ts';

/** What an account knows of its own working orders: as of the last commit, or as it admitted them. */
export interface WorkingOrder {
  readonly orderNo: number;
  readonly clientOrderId: string | null;
  readonly marketId: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly filledLots: number;
  /** Lots that an iceberg shows at a time; 0 for other orders. */
  readonly displayLots: number;
  /** Whether it waits outside of the book. */
  readonly waits: boolean;
  readonly trigger: Trigger | null;
  readonly list: ListPlace | null;
  /** The amend that is under way, if any: an account waits for one before it admits the next. */
  readonly amend: Amend | null;
}

/** What an order is amended to. */
export interface Amend {
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly stopTicks?: number;
}

/** The working orders of one account, and how many there are in each market. */
export class WorkingOrders {
  readonly #byNo = new Map<number, WorkingOrder>();
  readonly #inMarket = new Map<number, { orders: number; stops: number }>();

  get size(): number {
    return this.#byNo.size;
  }

  get(orderNo: number): WorkingOrder | undefined {
    return this.#byNo.get(orderNo);
  }

  /** Orders in a market, and how many of them wait for a stop price. */
  countIn(marketId: number): { readonly orders: number; readonly stops: number } {
    return this.#inMarket.get(marketId) ?? { orders: 0, stops: 0 };
  }

  set(order: WorkingOrder): void {
    const before = this.#byNo.get(order.orderNo);
    if (before !== undefined) this.#count(before, -1);
    this.#byNo.set(order.orderNo, order);
    this.#count(order, 1);
  }

  delete(orderNo: number): void {
    const order = this.#byNo.get(orderNo);
    if (order === undefined) return;
    this.#byNo.delete(orderNo);
    this.#count(order, -1);
  }

  /** The amend that was under way is done, or was refused. */
  endAmend(orderNo: number): void {
    const order = this.#byNo.get(orderNo);
    // The order may have been filled before the amend reached it.
    if (order !== undefined) this.set({ ...order, amend: null });
  }

  /** Takes in an order as it was committed. */
  keep(order: Order): void {
    const amend = this.#byNo.get(order.orderNo)?.amend ?? null;
    const trigger = order.terms?.trigger ?? null;
    this.set({
      orderNo: order.orderNo,
      clientOrderId: order.clientOrderId,
      marketId: order.marketId,
      side: order.side,
      type: order.type,
      timeInForce: order.timeInForce,
      postOnly: order.postOnly,
      priceTicks: order.priceTicks,
      quantityLots: order.quantityLots,
      filledLots: order.filledLots,
      displayLots: order.terms?.iceberg?.displayLots ?? 0,
      waits: isWaiting(order.status),
      trigger,
      list: order.terms?.list ?? null,
      amend,
    });
  }

  #count(order: WorkingOrder, by: 1 | -1): void {
    const count = this.#inMarket.get(order.marketId) ?? { orders: 0, stops: 0 };
    count.orders += by;
    if (isStop(order)) count.stops += by;
    if (count.orders === 0) this.#inMarket.delete(order.marketId);
    else this.#inMarket.set(order.marketId, count);
  }
}

/** Whether the order waits for a stop price, or will. */
export function isStop({ waits, trigger }: WorkingOrder): boolean {
  return waits && trigger !== null;
}
