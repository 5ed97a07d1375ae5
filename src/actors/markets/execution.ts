import { assert } from '../../domain/assert.ts';
import { SELL } from '../../domain/book/commands.ts';
import {
  ACCEPTED,
  CANCEL_REFUSED,
  CANCELED,
  CROSSED,
  type EventBuffer,
  PREVENTED,
  REDUCE_REFUSED,
  REDUCED,
  REFRESHED,
  REJECTED,
  REPLACE_REFUSED,
  REPLACED,
  RESTED,
  type RefusalReason,
  STOPPED,
  TRADE,
} from '../../domain/book/events.ts';
import { type BookEvent, readEvent } from '../../domain/book/read-events.ts';
import { hasLimitPrice, type OrderReason } from '../../domain/orders/order.ts';
import type { OrderEvent } from '../../domain/orders/order-machine.ts';
import type { Prevention } from '../../domain/orders/prevention.ts';
import type { Trade } from '../../domain/trade.ts';
import type { LevelChange } from '../effects.ts';
import { type MarketRefusal, REASONS_OF_REJECTION } from './answers.ts';
import { beginAuction } from './auction.ts';
import { Changes } from './changes.ts';
import type { OpenMarket } from './open-market.ts';
import { type LiveOrder, showLess, showLots } from './order-table.ts';
import { preventionBetween, tradeBetween } from './records.ts';

type Event<Kind extends BookEvent['kind']> = Extract<BookEvent, { kind: Kind }>;

/**
 * One message's way through a market: turns the book's events into changed orders, trades with their fees, and
 * changed levels.
 */
export class Execution {
  readonly seq: number;
  readonly atMs: number;
  readonly trades: Trade[] = [];
  readonly levels: LevelChange[] = [];
  readonly preventions: Prevention[] = [];
  readonly changes: Changes;
  /** Orders of lists that traded, triggered or ended, for what that means to the others of their list. */
  readonly listed: LiveOrder[] = [];
  /** Set when the book refused an amend: then nothing was changed. */
  refusal: MarketRefusal | null = null;
  readonly #on: OpenMarket;
  /** The order that the book was told of last: the taker of its trades. */
  #active: LiveOrder | null = null;
  #amend: { readonly priceTicks: number; readonly quantityLots: number } | null = null;
  /** Why the orders that the book is told to cancel end. */
  #cause: OrderReason = 'canceled_by_client';
  /** Ticks × lots of its budget that the incoming order lost without trading. */
  #forgone = 0n;
  /** Whether the circuit breaker has stopped the incoming order. */
  #isStopped = false;

  constructor(on: OpenMarket, atMs: number) {
    this.#on = on;
    this.seq = on.seq + 1;
    this.atMs = atMs;
    this.changes = new Changes(on.market, on.lists, atMs);
  }

  /** The next events are about an order that comes to the book. */
  enter(order: LiveOrder): void {
    this.#active = order;
    this.#amend = null;
    this.#forgone = 0n;
    this.#isStopped = false;
  }

  /** The next events are about an order that is amended; quantityLots is the new total. */
  amend(order: LiveOrder, priceTicks: number, quantityLots: number): void {
    this.#active = order;
    this.#amend = { priceTicks, quantityLots };
    this.changes.touch(order);
  }

  /** The next events are about orders that are canceled. */
  cancel(cause: OrderReason): void {
    this.#active = null;
    this.#cause = cause;
  }

  apply(events: EventBuffer): void {
    for (let index = 0; index < events.count; index += 1) {
      this.#apply(readEvent(events, index));
    }
  }

  /** Ends an order, in or outside of the book. */
  end(order: LiveOrder, event: OrderEvent, reason: OrderReason): void {
    this.changes.step(order, event, reason);
    this.noticeListed(order);
    this.#on.leave(order);
  }

  noticeListed(order: LiveOrder): void {
    if (order.terms?.list !== undefined) this.listed.push(order);
  }

  #apply(event: BookEvent): void {
    switch (event.kind) {
      case ACCEPTED:
        return;
      case TRADE:
        return this.#trade(event);
      case CROSSED:
        return this.#cross(event);
      case PREVENTED:
        return this.#prevent(event);
      case RESTED:
        return this.#rest(event);
      case REFRESHED:
        return this.#refresh(event);
      case CANCELED:
        return this.#canceled(event);
      case REJECTED:
        return this.#reject(event.reason);
      case STOPPED:
        return this.#stop();
      case REPLACED:
        this.levels.push([event.side === SELL ? 'sell' : 'buy', event.oldPrice, -event.oldQuantity]);
        return this.#applyAmend();
      case REDUCED:
        return this.#reduce(event);
      case REPLACE_REFUSED:
        this.refusal =
          event.reason === 'post_only_would_take' ? 'post_only_would_take' : 'quantity_too_large';
        return;
      case CANCEL_REFUSED:
      case REDUCE_REFUSED:
        assert(false, 'the table knows which orders rest');
    }
  }

  #trade(event: Event<typeof TRADE | typeof PREVENTED>): void {
    const maker = this.#on.orders.at(event.maker);
    const taker = this.#incoming();
    this.#exchange(maker, taker, event, event.makerRemaining, event.takerRemaining);
    this.levels.push([maker.side, event.price, -event.quantity]);
    showLess(maker, event.quantity);
  }

  /** In an auction nobody takes: the order that came later stands for the taker. */
  #cross(event: Event<typeof CROSSED>): void {
    const buy = this.#on.orders.at(event.buy);
    const sell = this.#on.orders.at(event.sell);
    for (const order of [buy, sell]) {
      this.levels.push([order.side, order.priceTicks, -event.quantity]);
      showLess(order, event.quantity);
    }
    if (buy.priority > sell.priority)
      this.#exchange(sell, buy, event, event.sellRemaining, event.buyRemaining);
    else this.#exchange(buy, sell, event, event.buyRemaining, event.sellRemaining);
  }

  #exchange(
    maker: LiveOrder,
    taker: LiveOrder,
    { price: priceTicks, quantity: quantityLots }: { readonly price: number; readonly quantity: number },
    makerRemaining: number,
    takerRemaining: number,
  ): void {
    this.changes.touch(maker);
    this.changes.touch(taker);
    this.#on.traded(priceTicks, this.atMs);
    this.trades.push(tradeBetween(this.#on, maker, taker, priceTicks, quantityLots, this.atMs));
    this.#filled(maker, makerRemaining);
    this.#filled(taker, takerRemaining);
  }

  #filled(order: LiveOrder, remaining: number): void {
    if (remaining === 0) return this.end(order, 'filled', 'filled');
    this.changes.step(order, 'partFilled', 'none');
    this.noticeListed(order);
  }

  /** What it led to follows, but for what a taker that goes on has lost. */
  #prevent(event: Event<typeof TRADE | typeof PREVENTED>): void {
    const maker = this.#on.orders.at(event.maker);
    const taker = this.#incoming();
    this.changes.touch(maker);
    const place = this.preventions.length;
    this.preventions.push(preventionBetween(this.#on, maker, taker, event, this, place));
    if (taker.selfTrade !== 'decrement_and_cancel') return;
    this.#forgone += BigInt(event.price) * BigInt(event.quantity);
    if (event.takerRemaining > 0) taker.quantityLots = taker.filledLots + event.takerRemaining;
  }

  #rest(event: Event<typeof RESTED | typeof REFRESHED>): void {
    const order = this.#incoming();
    order.priority = this.#on.nextPlace();
    assert(
      order.quantityLots - order.filledLots === event.quantity + event.hidden,
      'what rests is what is not filled',
    );
    showLots(order, event.quantity);
    if (!this.#on.orders.has(order)) this.#on.orders.add(order);
    this.levels.push([order.side, event.price, event.quantity]);
  }

  #refresh(event: Event<typeof RESTED | typeof REFRESHED>): void {
    const order = this.#on.orders.at(event.id);
    order.priority = this.#on.nextPlace();
    showLots(order, event.quantity);
    this.levels.push([order.side, event.price, event.quantity]);
  }

  #canceled(event: Event<typeof CANCELED>): void {
    switch (event.reason) {
      case 'by_command':
        return this.#removed(event, this.#cause);
      case 'self_trade':
        return this.#removed(event, 'self_trade');
      case 'self_trade_remainder':
        return this.end(this.#incoming(), 'canceled', 'self_trade');
      case 'trades_remainder':
        return this.end(this.#incoming(), 'canceled', 'too_many_trades');
      case 'ioc_remainder':
        return this.#drop(event);
    }
  }

  #removed(event: Event<typeof CANCELED>, reason: OrderReason): void {
    const order = this.#on.orders.at(event.id);
    this.changes.touch(order);
    this.levels.push([order.side, event.price, -event.quantity]);
    this.end(order, 'canceled', reason);
  }

  /** The order would have traded on beyond what the circuit breaker allows: an auction finds the price anew. */
  #stop(): void {
    const { breaker } = this.#on.market;
    assert(breaker !== null, 'only a circuit breaker bounds prices');
    this.#isStopped = true;
    beginAuction(this.#on, this.atMs + breaker.auctionMs);
  }

  /** What is left of an order that may not rest. */
  #drop(event: Event<typeof CANCELED>): void {
    const order = this.#incoming();
    if (this.#isStopped) return this.end(order, 'canceled', 'market_halted');
    if (hasLimitPrice(order.type)) return this.end(order, 'canceled', 'immediate_or_cancel');
    // By quote amount, the quantity is only a bound: the order is filled when what is left of the amount buys no
    // lot at the price it would have to pay next.
    const best = this.#on.book.bestAsk() || this.trades.at(-1)?.priceTicks || 0;
    const nextPrice = Math.min(best, order.priceTicks);
    const spent = order.filledQuoteMinor / this.#on.market.tickLotMinor + this.#forgone;
    const canPay = BigInt(order.quoteBudget) - spent >= BigInt(nextPrice);
    const spentAll = order.quoteBudget > 0 && order.filledLots > 0 && event.quantity > 0 && !canPay;
    if (spentAll) this.end(order, 'filled', 'filled');
    else this.end(order, 'canceled', 'insufficient_liquidity');
  }

  #reject(reason: RefusalReason): void {
    const order = this.#incoming();
    const isNew = this.changes.isNew(order);
    const why = REASONS_OF_REJECTION[reason];
    assert(why !== undefined, 'a new order is refused for one of these reasons');
    // What could not be filled at once was taken all the same, as was what had been accepted before, and waited.
    const isRefused = isNew && (why === 'post_only_would_take' || why === 'level_full');
    this.end(order, isRefused ? 'refused' : 'canceled', why);
  }

  #reduce(event: Event<typeof REDUCED>): void {
    const order = this.#on.orders.at(event.id);
    this.changes.touch(order);
    this.levels.push([order.side, event.price, -event.by]);
    if (order.terms?.iceberg !== undefined) showLots(order, event.quantity - event.hidden);
    // Without an amend it was a self-trade that took from the order.
    if (order === this.#active && this.#amend !== null) return this.#applyAmend();
    order.quantityLots = order.filledLots + event.quantity;
    this.changes.step(order, 'amended', 'none');
  }

  #applyAmend(): void {
    const order = this.#incoming();
    assert(this.#amend !== null, 'only an amend replaces or reduces');
    order.priceTicks = this.#amend.priceTicks;
    order.quantityLots = this.#amend.quantityLots;
    this.changes.step(order, 'amended', 'none');
  }

  #incoming(): LiveOrder {
    assert(this.#active !== null, 'the message brings or amends an order');
    return this.#active;
  }
}
