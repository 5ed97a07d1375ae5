import { assert } from './assert.ts';
import { ClientOrderIds } from './client-order-ids.ts';
import { digest53 } from './digest.ts';
import { feeTierFor, type Market } from './market.ts';
import { refusalForOrder } from './market-machine.ts';
import {
  checkNotional,
  holdAssetId,
  holdFor,
  initialHold,
  MAX_WORKING_ORDERS,
  type Order,
  type OrderRequest,
  type OrderTicket,
  type OrderType,
  parsePrice,
  parseQuantity,
  type Side,
  ticketFor,
} from './order.ts';
import { isWorking } from './order-machine.ts';
import { accept, type Result, refuse } from './rejection.ts';
import type { AccountSnapshot } from './snapshots.ts';
import { TradedVolumes } from './traded-volumes.ts';

/** An order for which funds are reserved. */
export interface AdmittedOrder extends OrderTicket {
  readonly accountId: number;
  readonly orderNo: number;
  readonly clientOrderId: string | null;
  readonly requestDigest: number;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

/** A repeated clientOrderId: the order that it names, and whether its first placement is committed. */
export interface RepeatedOrder {
  readonly orderNo: number;
  readonly settled: boolean;
}

export type Admission =
  | {
      readonly kind: 'admitted';
      readonly order: AdmittedOrder;
      readonly assetId: number;
      readonly holdMinor: bigint;
    }
  | { readonly kind: 'repeated'; readonly repeated: RepeatedOrder };

export interface AdmittedAmend {
  readonly marketId: number;
  readonly orderNo: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly assetId: number;
  readonly extraHoldMinor: bigint;
}

/** What an account knows of its own working orders: as of the last commit, or as it admitted them. */
interface WorkingOrder {
  readonly orderNo: number;
  readonly clientOrderId: string | null;
  readonly marketId: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly postOnly: boolean;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly filledLots: number;
  /** The amend that is under way, if any: an account waits for one before it admits the next. */
  readonly amend: { readonly priceTicks: number; readonly quantityLots: number } | null;
}

export interface AccountChanges {
  readonly released: readonly (readonly [assetId: number, amountMinor: bigint])[];
  readonly orders: readonly Order[];
  readonly volumes: readonly (readonly [quoteAssetId: number, day: number, volumeMinor: bigint])[];
}

/**
 * One account: what it may spend, what it has reserved, what it has working. Only this lowers what may be spent;
 * it goes up only by `settle`, after a commit, or when a reservation comes back unused.
 */
export class Account {
  readonly id: number;
  readonly #available = new Map<number, bigint>();
  readonly #working = new Map<number, WorkingOrder>();
  readonly #clientOrderIds: ClientOrderIds;
  readonly #volumes: TradedVolumes;
  #nextOrderNo: number;

  constructor(snapshot: AccountSnapshot) {
    this.id = snapshot.accountId;
    this.#nextOrderNo = snapshot.nextOrderNo;
    this.#volumes = new TradedVolumes(snapshot.volumes);
    for (const [assetId, availableMinor] of snapshot.wallets) this.#available.set(assetId, availableMinor);
    for (const order of snapshot.openOrders) this.#keep(order);
    this.#clientOrderIds = new ClientOrderIds(snapshot.clientOrderIds, (orderNo) =>
      this.#working.has(orderNo),
    );
  }

  /** Minor units that may be spent. */
  available(assetId: number): bigint {
    return this.#available.get(assetId) ?? 0n;
  }

  /**
   * Decides on a new order and, if it is taken, reserves its funds.
   * @param day days since the epoch, for the fee tier
   * @returns refusals of `ticketFor`, `client_order_id_conflict`, the market's status, `too_many_open_orders`,
   * `insufficient_funds`
   */
  admitOrder(
    market: Market,
    request: OrderRequest,
    referencePriceTicks: number | null,
    day: number,
  ): Result<Admission> {
    // Without a name no later request can be the same.
    const requestDigest = request.clientOrderId === undefined ? 0 : digestOf(request);
    const known =
      request.clientOrderId === undefined ? undefined : this.#clientOrderIds.get(request.clientOrderId);
    if (known !== undefined) {
      if (known.requestDigest !== requestDigest) {
        return refuse(
          'client_order_id_conflict',
          'This clientOrderId was used for an order with another body.',
        );
      }
      return accept({ kind: 'repeated', repeated: { orderNo: known.orderNo, settled: known.settled } });
    }
    const ticket = ticketFor(market, request, referencePriceTicks);
    if (!ticket.ok) return ticket;
    const closed = refusalForOrder(market.status, ticket.value.postOnly);
    if (closed !== undefined) return refuse(closed, `The market is ${market.status.replace('_', '-')}.`);
    if (ticket.value.timeInForce === 'gtc' && this.#working.size >= MAX_WORKING_ORDERS)
      return refuse('too_many_open_orders', `An account may have ${MAX_WORKING_ORDERS} open orders.`);
    const assetId = holdAssetId(market, ticket.value.side);
    const holdMinor = initialHold(market, ticket.value);
    if (holdMinor > this.available(assetId))
      return refuse('insufficient_funds', 'The account has not enough available.');

    const orderNo = this.#nextOrderNo;
    const tier = feeTierFor(market, this.#volumes.last30Days(market.quote.id, day));
    const order: AdmittedOrder = {
      ...ticket.value,
      accountId: this.id,
      orderNo,
      clientOrderId: request.clientOrderId ?? null,
      requestDigest,
      makerFeePpm: tier.makerFeePpm,
      takerFeePpm: tier.takerFeePpm,
    };
    this.#nextOrderNo += 1;
    this.#reserve(assetId, holdMinor);
    this.#working.set(orderNo, { ...order, marketId: market.id, filledLots: 0, amend: null });
    if (order.clientOrderId !== null) this.#clientOrderIds.add(order.clientOrderId, requestDigest, orderNo);
    return accept({ kind: 'admitted', order, assetId, holdMinor });
  }

  /**
   * Finds the order that a cancel or amend names.
   * @returns `order_not_found` when there never was one, `order_not_open` when it has ended
   */
  working(
    name: { readonly orderNo: number } | { readonly clientOrderId: string },
  ): Result<{ orderNo: number; marketId: number }> {
    const orderNo = 'orderNo' in name ? name.orderNo : this.#clientOrderIds.get(name.clientOrderId)?.orderNo;
    if (orderNo === undefined || orderNo >= this.#nextOrderNo)
      return refuse('order_not_found', 'There is no such order.');
    const order = this.#working.get(orderNo);
    if (order === undefined) return refuse('order_not_open', 'The order has ended.');
    return accept({ orderNo, marketId: order.marketId });
  }

  /**
   * Decides on an amend and reserves what it may need on top. How much of the order is filled by the time the
   * market gets to it isn't known here; the need is linear in that, so the greater of its two ends covers it.
   */
  admitAmend(
    market: Market,
    orderNo: number,
    price: string | undefined,
    quantity: string | undefined,
  ): Result<AdmittedAmend> {
    const order = this.#working.get(orderNo);
    assert(order !== undefined && order.marketId === market.id, 'the caller found the order');
    if (order.type === 'market') return refuse('order_not_open', 'A market order can’t be amended.');
    if (order.amend !== null)
      return refuse('order_amend_pending', 'Another amend of this order is under way.');
    const newPrice = price === undefined ? accept(order.priceTicks) : parsePrice(market, price);
    if (!newPrice.ok) return newPrice;
    const newQuantity = quantity === undefined ? accept(order.quantityLots) : parseQuantity(market, quantity);
    if (!newQuantity.ok) return newQuantity;
    const notional = checkNotional(market, newPrice.value, newQuantity.value);
    if (!notional.ok) return notional;
    const closed = refusalForOrder(market.status, order.postOnly);
    if (closed !== undefined) return refuse(closed, `The market is ${market.status.replace('_', '-')}.`);
    if (newQuantity.value <= order.filledLots) {
      return refuse('quantity_below_filled', 'As much as that is filled already; cancel the order instead.');
    }
    const extra = (filled: number): bigint =>
      holdFor(market, order.side, newPrice.value, newQuantity.value - filled) -
      holdFor(market, order.side, order.priceTicks, order.quantityLots - filled);
    const ends = [extra(order.filledLots), extra(Math.min(order.quantityLots, newQuantity.value)), 0n];
    const extraHoldMinor = ends.reduce((most, end) => (end > most ? end : most));
    const assetId = holdAssetId(market, order.side);
    if (extraHoldMinor > this.available(assetId))
      return refuse('insufficient_funds', 'The account has not enough available.');

    this.#reserve(assetId, extraHoldMinor);
    const amend = { priceTicks: newPrice.value, quantityLots: newQuantity.value };
    this.#working.set(orderNo, { ...order, amend });
    return accept({ marketId: market.id, orderNo, side: order.side, ...amend, assetId, extraHoldMinor });
  }

  /** Takes in what a committed batch did to the account. */
  settle(changes: AccountChanges): void {
    for (const [assetId, amountMinor] of changes.released) {
      assert(amountMinor >= 0n, 'a commit never lowers what may be spent: that was reserved before');
      this.#available.set(assetId, this.available(assetId) + amountMinor);
    }
    for (const order of changes.orders) {
      const { orderNo, clientOrderId } = order;
      const ended = !isWorking(order.status);
      if (clientOrderId !== null) this.#clientOrderIds.settle(clientOrderId, orderNo, ended);
      if (ended) this.#working.delete(orderNo);
      else this.#keep(order);
    }
    for (const [quoteAssetId, day, volumeMinor] of changes.volumes)
      this.#volumes.add(quoteAssetId, day, volumeMinor);
  }

  /** Gives back the reservation of an order that the market refused or lost: it never was. */
  returnOrder(orderNo: number, assetId: number, amountMinor: bigint): void {
    const order = this.#working.get(orderNo);
    assert(order !== undefined, 'a reservation comes back once');
    this.#working.delete(orderNo);
    if (order.clientOrderId !== null) this.#clientOrderIds.forget(order.clientOrderId, orderNo);
    this.#available.set(assetId, this.available(assetId) + amountMinor);
  }

  /** Gives back what an amend had reserved on top; the order stays as it was. */
  returnAmend(orderNo: number, assetId: number, amountMinor: bigint): void {
    const order = this.#working.get(orderNo);
    // The order may have been filled before the amend reached it.
    if (order !== undefined) this.#working.set(orderNo, { ...order, amend: null });
    this.#available.set(assetId, this.available(assetId) + amountMinor);
  }

  /** 30-day volume in a quote asset. */
  volume(quoteAssetId: number, day: number): bigint {
    return this.#volumes.last30Days(quoteAssetId, day);
  }

  #reserve(assetId: number, amountMinor: bigint): void {
    const rest = this.available(assetId) - amountMinor;
    assert(amountMinor >= 0n && rest >= 0n, 'a reservation is covered');
    this.#available.set(assetId, rest);
  }

  #keep(order: Order): void {
    const pending = this.#working.get(order.orderNo)?.amend ?? null;
    const applied =
      pending !== null &&
      pending.priceTicks === order.priceTicks &&
      pending.quantityLots === order.quantityLots;
    this.#working.set(order.orderNo, {
      orderNo: order.orderNo,
      clientOrderId: order.clientOrderId,
      marketId: order.marketId,
      side: order.side,
      type: order.type,
      postOnly: order.postOnly,
      priceTicks: order.priceTicks,
      quantityLots: order.quantityLots,
      filledLots: order.filledLots,
      amend: applied ? null : pending,
    });
  }
}

/** The same for two requests exactly if they ask for the same, whatever the order of their fields. */
function digestOf(request: OrderRequest): number {
  return digest53(
    JSON.stringify([
      request.market,
      request.side,
      request.type,
      request.timeInForce ?? null,
      request.postOnly ?? false,
      request.price ?? null,
      request.quantity ?? null,
      request.quoteAmount ?? null,
    ]),
  );
}
