import { assert } from '../../domain/assert.ts';
import { type Book, createBook } from '../../domain/book/book.ts';
import {
  BUY,
  COMMAND_WORDS,
  FOK,
  GTC,
  IOC,
  SELL,
  writeCancel,
  writePlace,
  writeReduce,
  writeReplace,
} from '../../domain/book/commands.ts';
import { EventBuffer } from '../../domain/book/events.ts';
import type { Market, MarketStatus } from '../../domain/market.ts';
import { type MarketEvent, nextMarketStatus, refusalForOrder } from '../../domain/market-machine.ts';
import { holdAssetId, holdFor, initialHold, type Order } from '../../domain/order.ts';
import type { MarketSnapshot } from '../../domain/snapshots.ts';
import type {
  AmendResting,
  AnswerEffect,
  CancelAllResting,
  CancelResting,
  MarketCommand,
  MarketEffect,
  Reply,
  SubmitOrder,
} from '../protocol.ts';
import { answer, holdOf, type MarketRefusal, refusalOf } from './answers.ts';
import { Execution } from './execution.ts';
import { type LiveOrder, OrderTable } from './order-table.ts';

const SIDES = Object.freeze({ buy: BUY, sell: SELL } as const);
const TIMES_IN_FORCE = Object.freeze({ gtc: GTC, ioc: IOC, fok: FOK } as const);

/**
 * One market's state and how a message changes it. Pure: time comes with the message, and the same messages give the
 * same effects. A message that throws may leave half a change behind: whoever calls then throws the whole state
 * away and builds it again from the last commit.
 */
export class Matching {
  readonly market: Market;
  readonly book: Book;
  readonly orders = new OrderTable();
  status: MarketStatus;
  seq: number;
  tradeNo: number;
  lastPriceTicks: number | null;
  #lastBookId = 0;
  #commands = new Float64Array(16 * COMMAND_WORDS);
  readonly #events = new EventBuffer();

  constructor(market: Market, snapshot: MarketSnapshot) {
    this.market = market;
    this.status = snapshot.status;
    this.seq = snapshot.seq;
    this.tradeNo = snapshot.tradeNo;
    this.lastPriceTicks = snapshot.lastPriceTicks;
    this.book = createBook({ expectedOrders: Math.max(1024, snapshot.orders.length) });
    for (const order of snapshot.orders) this.#restore(order);
  }

  /**
   * Handles one message.
   * @param atMs never before the time of the message before
   */
  handle(command: MarketCommand, atMs: number, replyTo: number): MarketEffect | AnswerEffect {
    switch (command.type) {
      case 'submitOrder':
        return this.#submit(command, atMs, replyTo);
      case 'cancelResting':
        return this.#cancel(command, atMs, replyTo);
      case 'cancelAllResting':
        return this.#cancelAll(command, atMs, replyTo);
      case 'amendResting':
        return this.#amend(command, atMs, replyTo);
      case 'setMarketStatus': {
        const next = nextMarketStatus(this.status, command.status satisfies MarketEvent);
        if (next === undefined) return answer({ type: 'done' }, replyTo);
        this.status = next;
        return this.#effect(this.#begin(atMs), command, null, { type: 'done' }, replyTo);
      }
    }
  }

  #submit(command: SubmitOrder, atMs: number, replyTo: number): MarketEffect | AnswerEffect {
    const closed = refusalForOrder(this.status, command.order.postOnly);
    if (closed !== undefined) return this.#refuse(command, closed, replyTo);
    this.#lastBookId += 1;
    const order: LiveOrder = {
      ...command.order,
      bookId: this.#lastBookId,
      marketId: this.market.id,
      filledLots: 0,
      filledQuoteMinor: 0n,
      feeMinor: 0n,
      holdMinor: 0n,
      status: 'open',
      reason: 'none',
      priority: this.seq + 1,
      createdAtMs: atMs,
      updatedAtMs: atMs,
    };
    writePlace(this.#commands, 0, {
      id: order.bookId,
      side: SIDES[order.side],
      priceTicks: order.priceTicks,
      quantityLots: order.quantityLots,
      timeInForce: TIMES_IN_FORCE[order.timeInForce],
      postOnly: order.postOnly,
      quoteBudget: order.quoteBudget,
    });
    const execution = this.#begin(atMs);
    execution.enter(order);
    this.#execute(execution, 1);
    const reserved = {
      accountId: order.accountId,
      assetId: holdAssetId(this.market, order.side),
      amountMinor: initialHold(this.market, order),
    };
    return this.#effect(execution, command, reserved, null, replyTo);
  }

  #cancel(command: CancelResting, atMs: number, replyTo: number): MarketEffect | AnswerEffect {
    const order = this.orders.find(command.accountId, command.orderNo);
    if (order === undefined)
      return answer({ type: 'refused', refusal: refusalOf('order_not_open') }, replyTo);
    writeCancel(this.#commands, 0, order.bookId);
    const execution = this.#begin(atMs);
    this.#execute(execution, 1);
    return this.#effect(execution, command, null, null, replyTo);
  }

  #cancelAll(command: CancelAllResting, atMs: number, replyTo: number): MarketEffect | AnswerEffect {
    const orders = this.orders.ofAccount(command.accountId);
    const reply: Reply = {
      type: 'canceledAll',
      orders: orders.map(({ accountId, orderNo }) => ({ accountId, orderNo })),
    };
    if (orders.length === 0) return answer(reply, replyTo);
    this.#makeRoom(orders.length);
    for (const [index, order] of orders.entries()) writeCancel(this.#commands, index, order.bookId);
    const execution = this.#begin(atMs);
    this.#execute(execution, orders.length);
    return this.#effect(execution, command, null, reply, replyTo);
  }

  #amend(command: AmendResting, atMs: number, replyTo: number): MarketEffect | AnswerEffect {
    const order = this.orders.find(command.accountId, command.orderNo);
    if (order === undefined) return this.#refuse(command, 'order_not_open', replyTo);
    const closed = refusalForOrder(this.status, order.postOnly);
    if (closed !== undefined) return this.#refuse(command, closed, replyTo);
    const remaining = order.quantityLots - order.filledLots;
    const newRemaining = command.quantityLots - order.filledLots;
    if (newRemaining <= 0) return this.#refuse(command, 'quantity_below_filled', replyTo);

    // Less at the same price keeps its place; anything else goes to the back of the queue, and may trade.
    const keepsPlace = command.priceTicks === order.priceTicks && newRemaining <= remaining;
    if (keepsPlace && newRemaining < remaining) {
      writeReduce(this.#commands, 0, { id: order.bookId, byLots: remaining - newRemaining });
    } else if (!keepsPlace) {
      writeReplace(this.#commands, 0, {
        id: order.bookId,
        priceTicks: command.priceTicks,
        quantityLots: newRemaining,
        postOnly: order.postOnly,
      });
    }
    const execution = this.#begin(atMs);
    execution.amend(order, command.priceTicks, command.quantityLots);
    this.#execute(execution, keepsPlace && newRemaining === remaining ? 0 : 1);
    if (execution.refusal !== null) return this.#refuse(command, execution.refusal, replyTo);
    const reserved = {
      accountId: order.accountId,
      assetId: holdAssetId(this.market, order.side),
      amountMinor: BigInt(command.extraHoldMinor),
    };
    return this.#effect(execution, command, reserved, null, replyTo);
  }

  #begin(atMs: number): Execution {
    return new Execution(this.market, this.orders, { seq: this.seq + 1, tradeNo: this.tradeNo, atMs });
  }

  #execute(execution: Execution, commands: number): void {
    this.#events.clear();
    if (commands > 0) this.book.execute(this.#commands, commands, this.#events);
    execution.apply(this.#events, this.book);
  }

  #effect(
    execution: Execution,
    command: MarketCommand,
    reserved: MarketEffect['reserved'],
    /** null: the order that the message is about, as it is after it. */
    reply: Reply | null,
    replyTo: number,
  ): MarketEffect {
    const orders = execution.changes();
    const { trades } = execution;
    this.seq = execution.seq;
    this.tradeNo = execution.tradeNo;
    this.lastPriceTicks = execution.trades.at(-1)?.priceTicks ?? this.lastPriceTicks;
    return {
      type: 'marketEffect',
      marketId: this.market.id,
      seq: this.seq,
      atMs: execution.atMs,
      command,
      orders,
      trades,
      levels: execution.levels,
      status: this.status,
      reserved,
      replyTo,
      reply: reply ?? { type: 'order', order: orders[0]!.order, trades },
    };
  }

  #refuse(command: SubmitOrder | AmendResting, code: MarketRefusal, replyTo: number): AnswerEffect {
    return answer({ type: 'refused', refusal: refusalOf(code) }, replyTo, holdOf(this.market, command, code));
  }

  #makeRoom(commands: number): void {
    if (this.#commands.length < commands * COMMAND_WORDS) {
      this.#commands = new Float64Array(commands * COMMAND_WORDS);
    }
  }

  #restore(order: Order): void {
    this.#lastBookId += 1;
    // There may be a million: the object that was read becomes the one that lives.
    const live: LiveOrder = Object.assign(order, { bookId: this.#lastBookId });
    const remaining = order.quantityLots - order.filledLots;
    assert(
      order.holdMinor === holdFor(this.market, order.side, order.priceTicks, remaining),
      'an open order holds what its rest can cost',
    );
    this.book.restore(live.bookId, SIDES[order.side], order.priceTicks, remaining);
    this.orders.add(live);
  }
}
