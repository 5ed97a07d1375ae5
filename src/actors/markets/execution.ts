import { assert } from '../../domain/assert.ts';
import type { Book } from '../../domain/book/book.ts';
import { SELL } from '../../domain/book/commands.ts';
import {
  ACCEPTED,
  type BookEvent,
  CANCEL_REFUSED,
  CANCELED,
  type EventBuffer,
  REDUCE_REFUSED,
  REDUCED,
  REJECTED,
  REPLACE_REFUSED,
  REPLACED,
  RESTED,
  type RefusalReason,
  readEvent,
  TRADE,
} from '../../domain/book/events.ts';
import { feeOn } from '../../domain/fees.ts';
import { type Market, valueMinor } from '../../domain/market.ts';
import { holdFor, type OrderReason, type Side } from '../../domain/order.ts';
import { nextOrderStatus, type OrderEvent } from '../../domain/order-machine.ts';
import type { Trade } from '../../domain/trade.ts';
import type { LevelChange, OrderChange } from '../protocol.ts';
import type { MarketRefusal } from './answers.ts';
import { copyOf, type LiveOrder, type OrderTable } from './order-table.ts';

type TradeEvent = Extract<BookEvent, { kind: typeof TRADE }>;
type CanceledEvent = Extract<BookEvent, { kind: typeof CANCELED }>;

/**
 * One message's way through a market: turns the book's events into changed orders, trades with their fees, and
 * changed levels.
 */
export class Execution {
  readonly seq: number;
  readonly atMs: number;
  readonly trades: Trade[] = [];
  readonly levels: LevelChange[] = [];
  tradeNo: number;
  /** Set when the book refused an amend: then nothing was changed. */
  refusal: MarketRefusal | null = null;
  readonly #market: Market;
  readonly #orders: OrderTable;
  readonly #before = new Map<LiveOrder, { readonly holdMinor: bigint; readonly rested: boolean }>();
  /** The order that the message brings or amends: the taker of its trades. */
  #active: LiveOrder | null = null;
  #amend: { readonly priceTicks: number; readonly quantityLots: number } | null = null;

  constructor(market: Market, orders: OrderTable, start: { seq: number; tradeNo: number; atMs: number }) {
    this.#market = market;
    this.#orders = orders;
    this.seq = start.seq;
    this.tradeNo = start.tradeNo;
    this.atMs = start.atMs;
  }

  /** The message brings a new order. */
  enter(order: LiveOrder): void {
    this.#active = order;
    this.#before.set(order, { holdMinor: 0n, rested: false });
  }

  /** The message amends an order that rests; quantityLots is the new total. */
  amend(order: LiveOrder, priceTicks: number, quantityLots: number): void {
    this.#active = order;
    this.#amend = { priceTicks, quantityLots };
    this.#touch(order);
  }

  apply(events: EventBuffer, book: Book): void {
    for (let index = 0; index < events.count; index += 1) this.#apply(readEvent(events, index), book);
  }

  /** Every order that the message changed, as it is after it; the one that the message is about comes first. */
  changes(): OrderChange[] {
    const changes: OrderChange[] = [];
    for (const [order, before] of this.#before) {
      changes.push({ order: copyOf(order), holdBeforeMinor: before.holdMinor, restedBefore: before.rested });
    }
    return changes;
  }

  #apply(event: BookEvent, book: Book): void {
    switch (event.kind) {
      case ACCEPTED:
        return;
      case TRADE:
        return this.#trade(event);
      case RESTED:
        return this.#rest(event.price, event.quantity);
      case CANCELED:
        return event.reason === 'by_command' ? this.#cancel(event) : this.#drop(event, book);
      case REJECTED:
        return this.#reject(event.reason);
      case REPLACED:
        return this.#replace(event.side === SELL ? 'sell' : 'buy', event.oldPrice, event.oldQuantity);
      case REDUCED:
        return this.#reduce(event.price, event.by);
      case REPLACE_REFUSED:
        this.refusal =
          event.reason === 'post_only_would_take' ? 'post_only_would_take' : 'quantity_too_large';
        return;
      case CANCEL_REFUSED:
      case REDUCE_REFUSED:
        assert(false, 'the table knows which orders rest');
    }
  }

  #trade(event: TradeEvent): void {
    const maker = this.#orders.at(event.maker);
    const taker = this.#incoming();
    this.#touch(maker);
    this.tradeNo += 1;
    const quoteMinor = valueMinor(this.#market, event.price, event.quantity);
    const baseMinor = BigInt(event.quantity) * this.#market.lotMinor;
    const makerFeeMinor = feeOn(maker.side === 'buy' ? baseMinor : quoteMinor, maker.makerFeePpm);
    const takerFeeMinor = feeOn(taker.side === 'buy' ? baseMinor : quoteMinor, taker.takerFeePpm);
    this.trades.push({
      marketId: this.#market.id,
      tradeNo: this.tradeNo,
      priceTicks: event.price,
      quantityLots: event.quantity,
      takerSide: taker.side,
      maker: { accountId: maker.accountId, orderNo: maker.orderNo },
      taker: { accountId: taker.accountId, orderNo: taker.orderNo },
      makerFeeMinor,
      takerFeeMinor,
      executedAtMs: this.atMs,
    });
    this.levels.push([maker.side, event.price, -event.quantity]);
    this.#fill(maker, event.quantity, quoteMinor, makerFeeMinor, event.makerRemaining);
    this.#fill(taker, event.quantity, quoteMinor, takerFeeMinor, event.takerRemaining);
    if (event.makerRemaining > 0) maker.holdMinor = this.#holdOf(maker);
  }

  #fill(order: LiveOrder, lots: number, quoteMinor: bigint, feeMinor: bigint, remaining: number): void {
    order.filledLots += lots;
    order.filledQuoteMinor += quoteMinor;
    order.feeMinor += feeMinor;
    if (remaining > 0) this.#step(order, 'partFilled', 'none');
    else this.#end(order, 'filled', 'filled');
  }

  #rest(priceTicks: number, remaining: number): void {
    const order = this.#incoming();
    order.priority = this.seq;
    order.holdMinor = this.#holdOf(order);
    assert(order.quantityLots - order.filledLots === remaining, 'what rests is what is not filled');
    if (this.#amend === null) this.#orders.add(order);
    this.levels.push([order.side, priceTicks, remaining]);
  }

  #cancel(event: CanceledEvent): void {
    const order = this.#orders.at(event.id);
    this.#touch(order);
    this.levels.push([order.side, event.price, -event.quantity]);
    this.#end(order, 'canceled', 'canceled_by_client');
  }

  /** What is left of an order that may not rest. */
  #drop(event: CanceledEvent, book: Book): void {
    const order = this.#incoming();
    if (order.type === 'limit') return this.#end(order, 'canceled', 'immediate_or_cancel');
    // By quote amount, the quantity is only a bound: the order is filled when what is left of the amount buys no
    // lot at the price it would have to pay next.
    const nextPrice = book.bestAsk() || this.trades.at(-1)?.priceTicks || 0;
    const spent = order.filledQuoteMinor / this.#market.tickLotMinor;
    const spentAll =
      order.quoteBudget > 0 &&
      order.filledLots > 0 &&
      event.quantity > 0 &&
      BigInt(order.quoteBudget) - spent < BigInt(nextPrice);
    if (spentAll) this.#end(order, 'filled', 'filled');
    else this.#end(order, 'canceled', 'insufficient_liquidity');
  }

  #reject(reason: RefusalReason): void {
    const order = this.#incoming();
    switch (reason) {
      case 'post_only_would_take':
        return this.#end(order, 'refused', 'post_only_would_take');
      case 'fok_not_fillable':
        return this.#end(order, 'canceled', 'fill_or_kill_not_fillable');
      case 'level_full':
        return this.#end(order, 'refused', 'level_full');
      default:
        assert(false, 'a new order is refused for one of these reasons');
    }
  }

  #replace(side: Side, oldPriceTicks: number, oldRemaining: number): void {
    const order = this.#incoming();
    this.levels.push([side, oldPriceTicks, -oldRemaining]);
    this.#applyAmend(order);
  }

  #reduce(priceTicks: number, by: number): void {
    const order = this.#incoming();
    this.levels.push([order.side, priceTicks, -by]);
    this.#applyAmend(order);
    order.holdMinor = this.#holdOf(order);
  }

  #applyAmend(order: LiveOrder): void {
    assert(this.#amend !== null, 'only an amend replaces or reduces');
    order.priceTicks = this.#amend.priceTicks;
    order.quantityLots = this.#amend.quantityLots;
    this.#step(order, 'amended', 'none');
  }

  #end(order: LiveOrder, event: OrderEvent, reason: OrderReason): void {
    this.#step(order, event, reason);
    order.holdMinor = 0n;
    if (this.#orders.find(order.accountId, order.orderNo) === order) this.#orders.remove(order);
  }

  #step(order: LiveOrder, event: OrderEvent, reason: OrderReason): void {
    const next = nextOrderStatus(order.status, event);
    assert(next !== undefined, 'the order’s life allows what the book did');
    order.status = next;
    order.reason = reason;
    order.updatedAtMs = this.atMs;
  }

  #touch(order: LiveOrder): void {
    if (!this.#before.has(order)) this.#before.set(order, { holdMinor: order.holdMinor, rested: true });
  }

  #incoming(): LiveOrder {
    assert(this.#active !== null, 'the message brings or amends an order');
    return this.#active;
  }

  #holdOf(order: LiveOrder): bigint {
    return holdFor(this.#market, order.side, order.priceTicks, order.quantityLots - order.filledLots);
  }
}
