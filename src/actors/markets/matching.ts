import type { AdmittedOrder } from '../../domain/accounts/admission.ts';
import { writeReduce } from '../../domain/book/commands.ts';
import type { Market } from '../../domain/markets/market.ts';
import { type MarketClosure, refusalForOrder } from '../../domain/markets/market-machine.ts';
import { initialHold } from '../../domain/orders/order.ts';
import { isWaiting } from '../../domain/orders/order-machine.ts';
import type { MarketSnapshot } from '../../domain/snapshots.ts';
import type { HoldReturned } from '../account-messages.ts';
import type { AnswerEffect, Handled } from '../effects.ts';
import type {
  AmendResting,
  CancelAllResting,
  CancelResting,
  MarketCommand,
  ReplaceOrder,
  ReservingCommand,
  SubmitList,
  SubmitOrder,
} from '../market-messages.ts';
import { answer, coversAmend, type MarketRefusal, refusalOf, returnedBy } from './answers.ts';
import { Cascade } from './cascade.ts';
import { Execution } from './execution.ts';
import { endAuction, expireOrders, fireStops, setStatus, sweepClosed } from './market-life.ts';
import { newOrder } from './new-order.ts';
import { OpenMarket } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';
import { changedOf, effectOf, orderEffect, refusalOfNew, tradesOf } from './outcomes.ts';
import { replaceResting } from './placement.ts';

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

  /** The market as it is: to look at, not to change. */
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
      case 'setMarketStatus':
        return setStatus(this.#on, command, atMs, replyTo);
      case 'endAuction':
        return endAuction(this.#on, command, atMs, replyTo);
      case 'expireOrders':
        return expireOrders(this.#on, command, atMs, replyTo);
      case 'fireStops':
        return fireStops(this.#on, command, atMs, replyTo);
      case 'sweepClosed':
        return sweepClosed(this.#on, command, atMs, replyTo);
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
    const cause = command.cause ?? 'canceled_by_client';
    const execution = new Execution(this.#on, atMs);
    new Cascade(this.#on, execution).cancelEach(orders, cause);
    return effectOf(this.#on, execution, command, replyTo, (changes) => ({
      type: 'canceledAll',
      // The others of their lists end with them; whatever else fires and ends in the same message is not meant.
      orders: changes
        .filter(({ order: { accountId, status, reason } }) => {
          const isMeant = reason === cause || reason === 'list_canceled';
          return accountId === command.accountId && status === 'canceled' && isMeant;
        })
        .map(({ order: { accountId, orderNo } }) => ({ accountId, orderNo }))
        .sort((a, b) => a.orderNo - b.orderNo),
    }));
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
      replaceResting(this.#on, execution, order, priceTicks, quantityLots);
      return;
    }
    const byLots = remaining - quantityLots;
    execution.apply(this.#on.tellBook((buffer) => writeReduce(buffer, 0, { id: order.bookId, byLots })));
  }

  #closedFor(order: AdmittedOrder | LiveOrder): MarketClosure | undefined {
    const { postOnly, timeInForce, terms } = order;
    return refusalForOrder(this.#on.status, { postOnly, timeInForce, waits: terms?.trigger !== undefined });
  }

  #refuse(command: ReservingCommand, code: MarketRefusal, replyTo: number): AnswerEffect<HoldReturned> {
    return answer(
      { type: 'refused', refusal: refusalOf(code) },
      replyTo,
      returnedBy(this.#on.market, command, code),
    );
  }
}
