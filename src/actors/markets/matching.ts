import type { AdmittedOrder } from '../../domain/accounts/admission.ts';
import { writeReduce } from '../../domain/book/commands.ts';
import type { Market } from '../../domain/markets/market.ts';
import {
  isContinuous,
  type MarketClosure,
  nextMarketStatus,
  refusalForOrder,
} from '../../domain/markets/market-machine.ts';
import { initialHold } from '../../domain/orders/order.ts';
import { isWaiting, isWorking } from '../../domain/orders/order-machine.ts';
import type { MarketSnapshot } from '../../domain/snapshots.ts';
import type { AnswerEffect, MarketEffect, OrderChange, Reply } from '../effects.ts';
import type {
  AmendResting,
  CancelAllResting,
  CancelResting,
  EndAuction,
  ExpireOrders,
  FireStops,
  MarketCommand,
  ReplaceOrder,
  ReservingCommand,
  SetMarketStatus,
  SubmitList,
  SubmitOrder,
  SweepClosed,
} from '../market-messages.ts';
import { answer, coversAmend, type MarketRefusal, refusalOf, returnedBy } from './answers.ts';
import { beginAuction, leaveAuction } from './auction.ts';
import { Cascade } from './cascade.ts';
import { Execution } from './execution.ts';
import { newOrder } from './new-order.ts';
import { OpenMarket } from './open-market.ts';
import { byExpiry, type LiveOrder } from './order-table.ts';
import { changedOf, DONE, effectOf, orderEffect, refusalOfNew, tradesOf } from './outcomes.ts';
import { Placement } from './placement.ts';

/** Orders of a closed market that one message cancels: they are written by one transaction. */
const SWEPT_AT_ONCE = 5_000;

type Handled = MarketEffect | AnswerEffect;

/**
 * How a message changes one market. Pure: time comes with the message, and the same messages give the same effects. A
 * message that throws may leave half a change behind: whoever calls then throws the whole state away and builds it again
 * from the last commit.
 */
export class Matching {
  readonly #on: OpenMarket;

  /** @param firesAMessage how many stops enter the market in one message at most; the usual number when left out */
  constructor(market: Market, snapshot: MarketSnapshot, firesAMessage?: number) {
    this.#on = new OpenMarket(market, snapshot, firesAMessage);
  }

  get state(): OpenMarket {
    return this.#on;
  }

  /**
   * Handles one message.
   * @param atMs never before the time of the message before
   */
  handle(command: MarketCommand, atMs: number, replyTo: number): Handled {
    switch (command.type) {
      case 'submitOrder':
        return this.#submit(command, atMs, replyTo);
      case 'submitList':
        return this.#submitList(command, atMs, replyTo);
      case 'replaceOrder':
        return this.#replace(command, atMs, replyTo);
      case 'cancelResting':
        return this.#cancel(command, atMs, replyTo);
      case 'cancelAllResting':
        return this.#cancelAll(command, atMs, replyTo);
      case 'amendResting':
        return this.#amend(command, atMs, replyTo);
      case 'expireOrders':
        return this.#expire(command, atMs, replyTo);
      case 'setMarketStatus':
        return this.#setStatus(command, atMs, replyTo);
      case 'fireStops':
        return this.#fireStops(command, atMs, replyTo);
      case 'endAuction':
        return this.#endAuction(command, atMs, replyTo);
      case 'sweepClosed':
        return this.#sweepClosed(command, atMs, replyTo);
    }
  }

  #submit(command: SubmitOrder, atMs: number, replyTo: number): Handled {
    const closed = this.#closedFor(command.order);
    if (closed !== undefined) return this.#refuse(command, closed, replyTo);
    const order = newOrder(this.#on, command.order, atMs);
    const execution = new Execution(this.#on, atMs);
    const cascade = new Cascade(this.#on, execution);
    cascade.enter(order);
    cascade.settle();
    return orderEffect(this.#on, execution, command, replyTo, order);
  }

  #submitList(command: SubmitList, atMs: number, replyTo: number): Handled {
    for (const order of command.orders) {
      const closed = this.#closedFor(order);
      if (closed !== undefined) return this.#refuse(command, closed, replyTo);
    }
    const orders = command.orders.map((order) => newOrder(this.#on, order, atMs));
    const execution = new Execution(this.#on, atMs);
    const cascade = new Cascade(this.#on, execution);
    // What waits comes first, so that an order that trades at once finds the others of its list.
    for (const order of orders) if (isWaiting(order.status)) cascade.enter(order);
    for (const order of orders) if (!isWaiting(order.status)) cascade.enter(order);
    cascade.settle();
    return effectOf(this.#on, execution, command, replyTo, (changes) => ({
      type: 'orderList',
      orders: orders.map((order) => changedOf(changes, order)),
      trades: orders.flatMap((order) => tradesOf(execution, order)),
    }));
  }

  #replace(command: ReplaceOrder, atMs: number, replyTo: number): Handled {
    const { market, orders } = this.#on;
    const old = orders.find(command.order.accountId, command.orderNo);
    if (old === undefined) return this.#refuse(command, 'order_not_open', replyTo);
    const closed = this.#closedFor(command.order);
    if (closed !== undefined) return this.#refuse(command, closed, replyTo);
    if (BigInt(command.reservedMinor) + old.holdMinor < initialHold(market, command.order)) {
      return this.#refuse(command, 'insufficient_funds', replyTo);
    }
    const order = newOrder(this.#on, command.order, atMs);
    const execution = new Execution(this.#on, atMs);
    const cascade = new Cascade(this.#on, execution);
    cascade.enter(order);
    const refusal = refusalOfNew(order);
    if (refusal !== undefined) return this.#refuse(command, refusal, replyTo);
    cascade.cancel(old, 'replaced');
    cascade.settle();
    return effectOf(this.#on, execution, command, replyTo, (changes) => ({
      type: 'replaced',
      canceled: changedOf(changes, old),
      order: changedOf(changes, order),
      trades: tradesOf(execution, order),
    }));
  }

  #cancel(command: CancelResting, atMs: number, replyTo: number): Handled {
    const order = this.#on.orders.find(command.accountId, command.orderNo);
    if (order === undefined)
      return answer({ type: 'refused', refusal: refusalOf('order_not_open') }, replyTo);
    const execution = new Execution(this.#on, atMs);
    execution.changes.touch(order);
    const cascade = new Cascade(this.#on, execution);
    cascade.cancel(order, 'canceled_by_client');
    cascade.settle();
    return orderEffect(this.#on, execution, command, replyTo, order);
  }

  #cancelAll(command: CancelAllResting, atMs: number, replyTo: number): Handled {
    const orders = this.#on.orders.ofAccount(command.accountId, command);
    if (orders.length === 0) return answer({ type: 'canceledAll', orders: [] }, replyTo);
    const execution = new Execution(this.#on, atMs);
    this.#cancelEach(execution, orders, command.cause ?? 'canceled_by_client');
    return effectOf(this.#on, execution, command, replyTo, (changes) => ({
      type: 'canceledAll',
      // The others of their lists end with them.
      orders: changes
        .filter(({ order }) => order.status === 'canceled')
        .map(({ order: { accountId, orderNo } }) => ({ accountId, orderNo }))
        .sort((a, b) => a.orderNo - b.orderNo),
    }));
  }

  #expire(command: ExpireOrders, atMs: number, replyTo: number): Handled {
    const { expiries } = this.#on;
    const expired: LiveOrder[] = [];
    while (expiries.nextAtMs <= atMs) {
      const order = expiries.take()!;
      if (isWorking(order.status)) expired.push(order);
    }
    if (expired.length === 0) return answer(DONE, replyTo);
    expired.sort(byExpiry);
    const execution = new Execution(this.#on, atMs);
    this.#cancelEach(execution, expired, 'expired');
    return effectOf(this.#on, execution, command, replyTo, () => DONE);
  }

  #cancelEach(
    execution: Execution,
    orders: readonly LiveOrder[],
    reason: Parameters<Cascade['cancel']>[1],
  ): void {
    const cascade = new Cascade(this.#on, execution);
    for (const order of orders) {
      if (isWorking(order.status)) cascade.cancel(order, reason);
    }
    cascade.settle();
  }

  #amend(command: AmendResting, atMs: number, replyTo: number): Handled {
    const order = this.#on.orders.find(command.accountId, command.orderNo);
    if (order === undefined) return this.#refuse(command, 'order_not_open', replyTo);
    const closed = this.#closedFor(order);
    if (closed !== undefined) return this.#refuse(command, closed, replyTo);
    const waits = this.#on.waiting.has(order);
    // One that was reached is about to enter the market.
    if ((command.stopTicks !== undefined || order.status === 'untriggered') && !waits) {
      return this.#refuse(command, 'order_triggered', replyTo);
    }
    if (command.quantityLots <= order.filledLots)
      return this.#refuse(command, 'quantity_below_filled', replyTo);
    if (!coversAmend(this.#on.market, order, command))
      return this.#refuse(command, 'insufficient_funds', replyTo);
    const execution = new Execution(this.#on, atMs);
    const cascade = new Cascade(this.#on, execution);
    if (waits) cascade.rearm(order, command);
    else this.#amendResting(execution, order, command);
    if (execution.refusal !== null) return this.#refuse(command, execution.refusal, replyTo);
    cascade.settle();
    return orderEffect(this.#on, execution, command, replyTo, order);
  }

  /** Less at the same price keeps its place; anything else goes to the back of the queue, and may trade. */
  #amendResting(execution: Execution, order: LiveOrder, command: AmendResting): void {
    const remaining = order.quantityLots - order.filledLots;
    const quantityLots = command.quantityLots - order.filledLots;
    const priceTicks = this.#on.repriced(order, command.priceTicks, quantityLots);
    execution.amend(order, priceTicks, command.quantityLots);
    if (priceTicks === order.priceTicks && quantityLots === remaining) {
      execution.changes.step(order, 'amended', 'none');
      return;
    }
    if (priceTicks !== order.priceTicks || quantityLots > remaining) {
      new Placement(this.#on, execution).replace(order, priceTicks, quantityLots);
      return;
    }
    const byLots = remaining - quantityLots;
    execution.apply(this.#on.tellBook((buffer) => writeReduce(buffer, 0, { id: order.bookId, byLots })));
  }

  #setStatus(command: SetMarketStatus, atMs: number, replyTo: number): Handled {
    const { status, auctionMs } = command;
    if (status === this.#on.status) return answer(DONE, replyTo);
    const next = status === 'pending' ? undefined : nextMarketStatus(this.#on.status, status);
    if (next === undefined) {
      const code = this.#on.status === 'closed' ? 'market_closed' : 'invalid_market_status';
      return answer({ type: 'refused', refusal: refusalOf(code) }, replyTo);
    }
    const execution = new Execution(this.#on, atMs);
    if (next === 'auction') beginAuction(this.#on, auctionMs === undefined ? null : atMs + auctionMs);
    else leaveAuction(this.#on, execution, next);
    this.#followStatus(execution);
    return effectOf(this.#on, execution, command, replyTo, () => DONE);
  }

  #endAuction(command: EndAuction, atMs: number, replyTo: number): Handled {
    const { status, auctionEndsAtMs } = this.#on;
    if (status !== 'auction' || auctionEndsAtMs === null || auctionEndsAtMs > atMs)
      return answer(DONE, replyTo);
    const execution = new Execution(this.#on, atMs);
    leaveAuction(this.#on, execution, 'open');
    this.#followStatus(execution);
    return effectOf(this.#on, execution, command, replyTo, () => DONE);
  }

  #fireStops(command: FireStops, atMs: number, replyTo: number): Handled {
    if (this.#on.due.size === 0 || !isContinuous(this.#on.status)) return answer(DONE, replyTo);
    const execution = new Execution(this.#on, atMs);
    new Cascade(this.#on, execution).settle();
    return effectOf(this.#on, execution, command, replyTo, () => DONE);
  }

  /** Stops fire by the price at which trading begins; what was about to fire when it ended waits again. */
  #followStatus(execution: Execution): void {
    const cascade = new Cascade(this.#on, execution);
    if (isContinuous(this.#on.status)) cascade.observeLast();
    cascade.settle();
  }

  #sweepClosed(command: SweepClosed, atMs: number, replyTo: number): Handled {
    const orders = this.#on.status === 'closed' ? this.#on.orders.first(SWEPT_AT_ONCE) : [];
    if (orders.length === 0) return answer(DONE, replyTo);
    const execution = new Execution(this.#on, atMs);
    this.#cancelEach(execution, orders, 'market_closed');
    return effectOf(this.#on, execution, command, replyTo, () => DONE);
  }

  #closedFor(order: AdmittedOrder | LiveOrder): MarketClosure | undefined {
    const { postOnly, timeInForce, terms } = order;
    return refusalForOrder(this.#on.status, { postOnly, timeInForce, waits: terms?.trigger !== undefined });
  }

  #refuse(command: ReservingCommand, code: MarketRefusal, replyTo: number): AnswerEffect {
    return answer(
      { type: 'refused', refusal: refusalOf(code) },
      replyTo,
      returnedBy(this.#on.market, command, code),
    );
  }
}
