import { assert } from '../../domain/assert.ts';
import { type Book, createBook, type RestingOrder } from '../../domain/book/book.ts';
import type { PriceBounds } from '../../domain/book/book-state.ts';
import {
  BUY,
  CANCEL_BOTH,
  CANCEL_NEWEST,
  CANCEL_OLDEST,
  COMMAND_WORDS,
  DECREMENT_AND_CANCEL,
  FOK,
  GTC,
  IOC,
  SELF_TRADE_ALLOWED,
  SELL,
} from '../../domain/book/commands.ts';
import { EventBuffer } from '../../domain/book/events.ts';
import { ExpiryQueue } from '../../domain/expiry-queue.ts';
import type { Market, MarketStatus } from '../../domain/markets/market.ts';
import { type Continuous, isContinuous } from '../../domain/markets/market-machine.ts';
import { PriceWindow } from '../../domain/markets/price-window.ts';
import { holdFor, type Order } from '../../domain/orders/order.ts';
import { isWaiting } from '../../domain/orders/order-machine.ts';
import type { MarketSnapshot } from '../../domain/snapshots.ts';
import { IndicativePrice } from './auction.ts';
import { OrderLists } from './order-lists.ts';
import { byExpiry, type LiveOrder, OrderTable } from './order-table.ts';
import { WaitingOrders } from './waiting-orders.ts';

export const SIDES = Object.freeze({ buy: BUY, sell: SELL } as const);
export const BOOK_TIMES_IN_FORCE = Object.freeze({ gtc: GTC, ioc: IOC, fok: FOK, gtd: GTC } as const);
export const SELF_TRADE_MODES = Object.freeze({
  none: SELF_TRADE_ALLOWED,
  cancel_newest: CANCEL_NEWEST,
  cancel_oldest: CANCEL_OLDEST,
  cancel_both: CANCEL_BOTH,
  decrement_and_cancel: DECREMENT_AND_CANCEL,
} as const);

/** Few enough that a message is over within some milliseconds. */
const FIRES_A_MESSAGE = 100;

/** One market's state: its book, and the orders on it and around it. */
export class OpenMarket {
  readonly market: Market;
  readonly book: Book;
  readonly orders = new OrderTable();
  readonly waiting = new WaitingOrders();
  /** Stops that were reached, in the order in which they enter the market: a Set keeps it. */
  readonly due = new Set<LiveOrder>();
  /** Stops that enter the market in one message at most. */
  readonly firesAMessage: number;
  readonly lists = new OrderLists();
  readonly expiries = new ExpiryQueue(byExpiry);
  status: MarketStatus;
  seq: number;
  tradeNo: number;
  lastPriceTicks: number | null;
  places: number;
  auctionEndsAtMs: number | null;
  auctionOpensAs: Continuous;
  readonly indicativePrice = new IndicativePrice();
  breakerFromTradeNo: number;
  readonly #prices: PriceWindow | null;
  /** Used again and again: a message must not cost new ones. */
  readonly #commands = new Float64Array(COMMAND_WORDS);
  readonly #events = new EventBuffer();
  #lastBookId = 0;

  constructor(market: Market, snapshot: MarketSnapshot, firesAMessage = FIRES_A_MESSAGE) {
    this.market = market;
    this.firesAMessage = firesAMessage;
    this.status = snapshot.status;
    this.seq = snapshot.seq;
    this.tradeNo = snapshot.tradeNo;
    this.lastPriceTicks = snapshot.lastPriceTicks;
    this.places = snapshot.places;
    this.auctionEndsAtMs = snapshot.auctionEndsAtMs;
    this.auctionOpensAs = snapshot.auctionOpensAs;
    this.breakerFromTradeNo = snapshot.breakerFromTradeNo;
    this.#prices = market.breaker === null ? null : new PriceWindow(market.breaker);
    for (const [priceTicks, atMs] of snapshot.recentPrices) this.#prices?.add(priceTicks, atMs);
    this.book = createBook({ expectedOrders: Math.max(1024, snapshot.orders.length) });
    for (const order of snapshot.orders) this.#restore(order);
  }

  /**
   * Gives the book one command, which `write` writes.
   * @param bounds outside of them nothing trades
   * @returns what it led to, until the next command
   */
  tellBook(write: (buffer: Float64Array) => void, bounds?: PriceBounds): EventBuffer {
    write(this.#commands);
    this.#events.clear();
    this.book.execute(this.#commands, 1, this.#events, bounds);
    return this.#events;
  }

  /** When the next order expires, in milliseconds since the Unix epoch; Infinity when none does. */
  get nextExpiryMs(): number {
    return this.expiries.first?.terms?.expiresAtMs ?? Number.POSITIVE_INFINITY;
  }

  nextBookId(): number {
    this.#lastBookId += 1;
    return this.#lastBookId;
  }

  /** A place at the back of a queue. */
  nextPlace(): number {
    this.places += 1;
    return this.places;
  }

  /** An order comes to the market, wherever in it. */
  welcome(order: LiveOrder): void {
    this.lists.add(order);
    if (order.terms?.expiresAtMs !== undefined) this.expiries.add(order);
  }

  /** An order that has ended is known no longer. */
  leave(order: LiveOrder): void {
    if (this.orders.has(order)) this.orders.remove(order);
    this.lists.remove(order);
    this.expiries.remove(order);
  }

  /** Whether an order must not take: it says so, or the market is for those that do, and it came there as the leg of a list. */
  isPassive(order: LiveOrder): boolean {
    return order.postOnly || this.status === 'post_only';
  }

  /**
   * The price of an order that is repriced rather than taking: one that asks for it, or a leg that opens in a post-only market.
   * It is one tick away from the best opposite price. Where there is no such price it stays as it is, and the book refuses it.
   */
  repriced(order: LiveOrder, priceTicks: number, quantityLots: number): number {
    const isRepriced = order.terms?.reprice === true || (this.status === 'post_only' && !order.postOnly);
    if (!isRepriced || !isContinuous(this.status) || !this.reaches(order, priceTicks)) return priceTicks;
    const next = order.side === 'buy' ? this.book.bestAsk() - 1 : this.book.bestBid() + 1;
    return next >= 1 && next * quantityLots <= Number.MAX_SAFE_INTEGER ? next : priceTicks;
  }

  /** There was a trade at this price. */
  traded(priceTicks: number, atMs: number): void {
    this.tradeNo += 1;
    this.lastPriceTicks = priceTicks;
    this.#prices?.add(priceTicks, atMs);
  }

  /** How far the price has moved is measured from the next trade on. */
  restartBreaker(): void {
    this.#prices?.clear();
    this.breakerFromTradeNo = this.tradeNo;
  }

  /** Whether an order would trade at once at this price. */
  reaches({ side }: LiveOrder, priceTicks: number): boolean {
    const best = side === 'buy' ? this.book.bestAsk() : this.book.bestBid();
    return best > 0 && (side === 'buy' ? priceTicks >= best : priceTicks <= best);
  }

  /**
   * Where an order that may take at this price trades at most; undefined: at any price. Where the market has no price yet it is
   * the order's own first trade from which it must not go on too far.
   */
  corridorFor(order: LiveOrder, priceTicks: number, atMs: number): PriceBounds | undefined {
    if (this.#prices === null || this.isPassive(order) || !isContinuous(this.status)) return undefined;
    if (!this.reaches(order, priceTicks)) return undefined;
    const corridor = this.#prices.corridor(atMs);
    if (corridor !== undefined) return corridor;
    const avoids = order.selfTrade === 'none' ? 0 : order.tradeGroup;
    const first = this.book.bestOfOthers(SIDES[order.side === 'buy' ? 'sell' : 'buy'], avoids);
    return first === 0 ? undefined : this.#prices.around(first);
  }

  #restore(order: Order): void {
    // There may be a million: the object that was read becomes the one that lives.
    const live: LiveOrder = Object.assign(order, { bookId: this.nextBookId() });
    const remaining = order.quantityLots - order.filledLots;
    this.orders.add(live);
    this.welcome(live);
    const need = holdFor(this.market, order.side, order.priceTicks, remaining);
    const isListed = order.terms?.list !== undefined;
    assert(
      isListed ? order.holdMinor <= need : order.holdMinor === need,
      'an open order holds what its rest can cost',
    );
    if (order.status === 'untriggered') {
      if (order.terms?.trigger?.isReached === true) this.due.add(live);
      else this.waiting.add(live);
    }
    if (!isWaiting(order.status)) this.book.restore(restingOrder(live, remaining));
  }
}

function restingOrder(order: LiveOrder, remainingLots: number): RestingOrder {
  const { bookId: id, side, priceTicks, tradeGroup: owner } = order;
  const { displayLots, shownLots } = order.terms?.iceberg ?? { displayLots: 0, shownLots: remainingLots };
  return {
    id,
    side: SIDES[side],
    priceTicks,
    shownLots,
    hiddenLots: remainingLots - shownLots,
    displayLots,
    owner,
  };
}
