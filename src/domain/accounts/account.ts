import { assert } from '../assert.ts';
import { feeTierFor, type Market } from '../markets/market.ts';
import { holdAssetId, initialHold } from '../orders/order.ts';
import { listReservations, listTickets, type OrderListRequest } from '../orders/order-list.ts';
import { isWorking } from '../orders/order-machine.ts';
import type { OrderRequest } from '../orders/order-request.ts';
import { digestOf } from '../orders/request-digest.ts';
import { type SpecialTicket, ticketFor } from '../orders/ticket.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import type { AccountChanges, AccountSnapshot } from '../snapshots.ts';
import {
  type Admission,
  type AdmittedAmend,
  type AdmittedOrder,
  type AmendRequest,
  freedBy,
  type ListAdmission,
  type Reservation,
  refusalForTickets,
} from './admission.ts';
import { amendFor, onlyLowers } from './amend.ts';
import { ClientOrderIds } from './client-order-ids.ts';
import { Funds } from './funds.ts';
import { PolicyState } from './policy-state.ts';
import { DAY_MS, TradedVolumes } from './traded-volumes.ts';
import { WorkingOrders } from './working-orders.ts';

interface Draft {
  readonly ticket: SpecialTicket;
  readonly clientOrderId: string | undefined;
  readonly requestDigest: number;
}

/**
 * One account: what it may spend, what it has reserved, what it has working. Only this lowers what may be spent;
 * it goes up only by `settle`, after a commit, or when a reservation comes back unused.
 */
export class Account {
  readonly id: number;
  readonly policy: PolicyState;
  readonly #funds: Funds;
  readonly #working = new WorkingOrders();
  readonly #clientOrderIds: ClientOrderIds;
  readonly #volumes: TradedVolumes;

  #nextOrderNo: number;

  constructor(snapshot: AccountSnapshot) {
    this.id = snapshot.accountId;
    this.#nextOrderNo = snapshot.nextOrderNo;
    this.policy = new PolicyState(snapshot.policy);
    this.#volumes = new TradedVolumes(snapshot.volumes);
    this.#funds = new Funds(snapshot.wallets);
    for (const order of snapshot.openOrders) this.#working.keep(order);
    this.#clientOrderIds = new ClientOrderIds(
      snapshot.clientOrderIds,
      (orderNo) => this.#working.get(orderNo) !== undefined,
    );
  }

  /** Whether an order that is open, or one of the latest that ended, has this name. */
  knows(clientOrderId: string | undefined): boolean {
    return clientOrderId !== undefined && this.#clientOrderIds.get(clientOrderId) !== undefined;
  }

  /** Minor units that may be spent, by asset; a copy. */
  get allAvailable(): ReadonlyMap<number, bigint> {
    return this.#funds.all;
  }

  /** Minor units that may be spent. */
  available(assetId: number): bigint {
    return this.#funds.available(assetId);
  }

  /**
   * Decides on a new order and, if it is taken, reserves its funds.
   * @param nowMs milliseconds since the Unix epoch
   * @param replaces the number of an open order of the same market and side whose place it takes: what that one holds
   * needs no second reservation
   * @returns `account_frozen`, refusals of `ticketFor`, `client_order_id_conflict`, `order_expired`, the market's status,
   * `too_many_open_orders`, `too_many_open_stops`, `insufficient_funds`; with `replaces` also `order_in_list` and
   * `invalid_order`
   */
  admitOrder(
    market: Market,
    request: OrderRequest,
    referencePriceTicks: number | null,
    nowMs: number,
    replaces?: number,
  ): Result<Admission> {
    // Without a name no later request can be the same.
    const requestDigest = request.clientOrderId === undefined ? 0 : digestOf(request);
    const known =
      request.clientOrderId === undefined ? undefined : this.#clientOrderIds.get(request.clientOrderId);
    if (known !== undefined) {
      if (known.requestDigest !== requestDigest) return CONFLICT;
      return accept({ kind: 'repeated', repeated: { orderNo: known.orderNo, settled: known.settled } });
    }
    if (this.policy.isFrozen) return FROZEN;
    const ticket = ticketFor(market, request, referencePriceTicks);
    if (!ticket.ok) return ticket;
    const replaced = replaces === undefined ? undefined : this.#working.get(replaces);
    const refusal = refusalForTickets(market, [ticket.value], this.#working, nowMs, replaced);
    if (refusal !== undefined) return { ok: false, refusal };
    const freed = replaces === undefined ? accept(0n) : freedBy(market, replaced!, ticket.value);
    if (!freed.ok) return freed;
    const assetId = holdAssetId(market, ticket.value.side);
    const need = initialHold(market, ticket.value) - freed.value;
    const reserved = { assetId, amountMinor: need > 0n ? need : 0n };
    if (!this.#funds.cover(reserved)) return NOT_ENOUGH;
    this.#funds.reserve(reserved);
    const order = this.#admit(
      market,
      { ticket: ticket.value, clientOrderId: request.clientOrderId, requestDigest },
      nowMs,
    );
    return accept({ kind: 'admitted', order, reserved });
  }

  /**
   * Decides on a list of orders as a whole and, if it is taken, reserves its funds.
   * @returns what `admitOrder` returns, and `invalid_order_list`
   */
  admitList(
    market: Market,
    request: OrderListRequest,
    referencePriceTicks: number | null,
    nowMs: number,
  ): Result<ListAdmission> {
    const listed = request.working === undefined ? request.legs : [request.working, ...request.legs];
    const requests = listed.map((order): OrderRequest => ({ ...order, market: request.market }));
    const digests = requests.map((order) =>
      order.clientOrderId === undefined ? 0 : digestOf(order, request),
    );
    const known = this.#clientOrderIds.findList(requests, digests);
    if (known === 'conflict') return CONFLICT;
    if (known !== undefined) {
      const { orderNo, settled } = known;
      return accept({
        kind: 'repeated',
        repeated: listed.map((_, index) => ({ orderNo: orderNo + index, settled })),
      });
    }
    const named = requests.flatMap(({ clientOrderId }) =>
      clientOrderId === undefined ? [] : [clientOrderId],
    );
    if (new Set(named).size < named.length) return CONFLICT;
    if (this.policy.isFrozen) return FROZEN;
    const drafted = listTickets(market, request, requests, referencePriceTicks, this.#nextOrderNo);
    if (!drafted.ok) return drafted;
    const tickets = drafted.value;
    const refusal = refusalForTickets(market, tickets, this.#working, nowMs);
    if (refusal !== undefined) return { ok: false, refusal };
    const reserved = listReservations(market, tickets);
    if (!reserved.every((one) => this.#funds.cover(one))) return NOT_ENOUGH;
    for (const reservation of reserved) this.#funds.reserve(reservation);
    const orders = tickets.map((ticket, index) =>
      this.#admit(
        market,
        { ticket, clientOrderId: requests[index]!.clientOrderId, requestDigest: digests[index]! },
        nowMs,
      ),
    );
    return accept({ kind: 'admitted', orders, reserved });
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

  /** Decides on an amend (see `amendFor`) and reserves what it may need; also `insufficient_funds`, `account_frozen`. */
  admitAmend(market: Market, orderNo: number, request: AmendRequest): Result<AdmittedAmend> {
    const order = this.#working.get(orderNo);
    assert(order !== undefined && order.marketId === market.id, 'the caller found the order');
    const amend = amendFor(market, order, request);
    if (!amend.ok) return amend;
    const { reserved, ...change } = amend.value;
    if (this.policy.isFrozen && !onlyLowers(order, change)) return FROZEN;
    if (!this.#funds.cover(reserved)) return NOT_ENOUGH;
    this.#funds.reserve(reserved);
    this.#working.set({ ...order, amend: change });
    return accept({ marketId: market.id, orderNo, side: order.side, ...change, reserved });
  }

  /** Reserves what is to be withdrawn. @returns `account_frozen`, `insufficient_funds` */
  admitWithdrawal(reserved: Reservation): Result<Reservation> {
    if (this.policy.isFrozen) return FROZEN;
    if (!this.#funds.cover(reserved)) return NOT_ENOUGH;
    this.#funds.reserve(reserved);
    return accept(reserved);
  }

  /** Gives back what was reserved and is not needed. */
  giveBack(reserved: Reservation): void {
    this.#funds.giveBack(reserved);
  }

  /** Takes in what a committed batch did to the account. */
  settle(changes: AccountChanges): void {
    for (const [assetId, amountMinor] of changes.released) {
      assert(amountMinor >= 0n, 'a commit never lowers what may be spent: that was reserved before');
      this.#funds.giveBack({ assetId, amountMinor });
    }
    for (const order of changes.orders) {
      const { orderNo, clientOrderId } = order;
      const ended = !isWorking(order.status);
      if (clientOrderId !== null) this.#clientOrderIds.settle(clientOrderId, orderNo, ended);
      if (ended) this.#working.delete(orderNo);
      else this.#working.keep(order);
    }
    for (const orderNo of changes.amended) this.#working.endAmend(orderNo);
    for (const [quoteAssetId, day, volumeMinor] of changes.volumes)
      this.#volumes.add(quoteAssetId, day, volumeMinor);
    if (changes.policy !== null) this.policy.settle(changes.policy);
  }

  /** Gives back the reservation of orders that the market refused or lost: they never were. */
  returnOrders(orderNos: readonly number[], reserved: readonly Reservation[]): void {
    for (const orderNo of orderNos) {
      const order = this.#working.get(orderNo);
      assert(order !== undefined, 'a reservation comes back once');
      this.#working.delete(orderNo);
      if (order.clientOrderId !== null) this.#clientOrderIds.forget(order.clientOrderId, orderNo);
    }
    for (const reservation of reserved) this.#funds.giveBack(reservation);
  }

  /** Gives back what an amend had reserved on top; the order stays as it was. */
  returnAmend(orderNo: number, reserved: readonly Reservation[]): void {
    this.#working.endAmend(orderNo);
    for (const reservation of reserved) this.#funds.giveBack(reservation);
  }

  /** 30-day volume in a quote asset. */
  volume(quoteAssetId: number, day: number): bigint {
    return this.#volumes.last30Days(quoteAssetId, day);
  }

  #admit(market: Market, draft: Draft, nowMs: number): AdmittedOrder {
    const { ticket, clientOrderId, requestDigest } = draft;
    const day = Math.floor(nowMs / DAY_MS);
    const tier = feeTierFor(market, this.#volumes.last30Days(market.quote.id, day));
    const { selfTrade = this.policy.committed.selfTrade, terms, ...plain } = ticket;
    const { tradeGroup } = this.policy.committed;
    const orderNo = this.#nextOrderNo;
    this.#nextOrderNo += 1;
    const order: AdmittedOrder = {
      ...plain,
      accountId: this.id,
      orderNo,
      clientOrderId: clientOrderId ?? null,
      requestDigest,
      makerFeePpm: tier.makerFeePpm,
      takerFeePpm: tier.takerFeePpm,
      ...(selfTrade === 'none' ? {} : { selfTrade }),
      ...(tradeGroup === this.id ? {} : { tradeGroup }),
      ...(terms === undefined ? {} : { terms }),
    };
    const { trigger = null, list = null, iceberg } = terms ?? {};
    const displayLots = iceberg?.displayLots ?? 0;
    const waits = trigger !== null || (list?.role === 'leg' && list.type !== 'oco');
    this.#working.set({
      ...order,
      marketId: market.id,
      filledLots: 0,
      displayLots,
      waits,
      trigger,
      list,
      amend: null,
    });
    if (order.clientOrderId !== null) this.#clientOrderIds.add(order.clientOrderId, requestDigest, orderNo);
    return order;
  }
}

const FROZEN = refuse(
  'account_frozen',
  'The account is frozen: orders can only be canceled or lowered, and nothing leaves it.',
);
const NOT_ENOUGH = refuse('insufficient_funds', 'The account has not enough available.');
const CONFLICT = refuse(
  'client_order_id_conflict',
  'This clientOrderId was used for an order with another body.',
);
