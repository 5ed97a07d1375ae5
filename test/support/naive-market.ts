import type {
  AmendResting,
  CancelAllResting,
  MarketCommand,
  ReplaceOrder,
} from '../../src/actors/market-messages.ts';
import type { AdmittedOrder } from '../../src/domain/accounts/admission.ts';
import type { Market, MarketStatus } from '../../src/domain/markets/market.ts';
import { initialHold, type OrderReason, rests } from '../../src/domain/orders/order.ts';
import { isTrailing, type Trigger, trailedStop } from '../../src/domain/orders/order-terms.ts';
import { protectionPrice } from '../../src/domain/orders/order-values.ts';
import type { Rejection } from '../../src/domain/rejection.ts';
import { clearing, type NaiveClearing } from './naive-market-auction.ts';
import { NaiveMarketBook } from './naive-market-book.ts';
import { hold, listOf } from './naive-market-lists.ts';
import {
  affordable,
  brought,
  hasEnded,
  isReached,
  moved,
  type NaiveOrder,
  naiveOrder,
} from './naive-market-orders.ts';

/** What a message did: a refusal, nothing, or something. */
export type Outcome = Rejection | 'nothing' | 'something';

/** What a market must do with its messages, written to be obviously right. */
export class NaiveMarket {
  readonly #market: Market;
  readonly book: NaiveMarketBook;
  status: MarketStatus = 'open';
  seq = 0;
  /** Every order that was open before the message, or that it brought. */
  touchable: readonly NaiveOrder[] = [];
  readonly #firesAMessage: number;
  #due: NaiveOrder[] = [];
  /** Of those that are due, the ones that a message before left so. */
  readonly #reached = new Set<NaiveOrder>();
  #fired = 0;
  #message = 0;
  #entries = 0;
  #atMs = 0;
  auctionEndsAtMs: number | null = null;

  constructor(market: Market, firesAMessage: number) {
    this.#market = market;
    this.#firesAMessage = firesAMessage;
    this.book = new NaiveMarketBook(market);
  }

  /** Whether stops were reached whose turn has not come. */
  get hasDue(): boolean {
    return this.#due.some(({ status }) => status === 'untriggered') && this.status === 'open';
  }

  /** Where the auction would trade now. */
  get clearing(): NaiveClearing | null {
    const { lastPriceTicks } = this.book;
    return this.status === 'auction'
      ? clearing(this.book.resting('buy'), this.book.resting('sell'), lastPriceTicks)
      : null;
  }

  get orders(): readonly NaiveOrder[] {
    return this.book.orders;
  }

  handle(command: MarketCommand, atMs: number): Outcome {
    this.#message += 1;
    this.#atMs = atMs;
    this.touchable = this.orders;
    this.book.trades = [];
    this.book.preventions = [];
    const outcome = this.#follow(command);
    if (outcome === 'something') {
      this.#settle();
      hold(this.#market, this.orders, this.touchable);
      this.seq += 1;
    }
    return outcome;
  }

  #follow(command: MarketCommand): Outcome {
    switch (command.type) {
      case 'submitOrder':
        return this.#submit([command.order]);
      case 'submitList':
        return this.#submit(command.orders);
      case 'replaceOrder':
        return this.#replace(command);
      case 'amendResting':
        return this.#amend(command);
      case 'cancelResting': {
        const order = this.#find(command.accountId, command.orderNo);
        return order === undefined ? 'order_not_open' : this.#cancelEach([order], 'canceled_by_client');
      }
      case 'cancelAllResting':
        return this.#cancelAll(command);
      case 'expireOrders':
        return this.#cancelEach(this.due(this.#atMs), 'expired');
      case 'setMarketStatus':
        if (command.status === this.status && command.auctionMs === undefined) return 'nothing';
        this.#turn(command.status, command.auctionMs);
        return 'something';
      case 'endAuction':
        this.#turn('open');
        return 'something';
      case 'fireStops':
        return this.hasDue ? 'something' : 'nothing';
      default:
        throw new Error(`A naive market knows no ${command.type}.`);
    }
  }

  /** Orders whose time is over. */
  due(nowMs: number): NaiveOrder[] {
    // Until the end of an auction those whose time comes later have a part in it.
    const atMs = Math.min(nowMs, this.auctionEndsAtMs ?? nowMs);
    const expiry = ({ terms }: NaiveOrder) => terms.expiresAtMs ?? Infinity;
    return this.orders
      .filter((order) => expiry(order) <= atMs)
      .sort((a, b) => expiry(a) - expiry(b) || a.accountId - b.accountId || a.orderNo - b.orderNo);
  }

  #closedFor({ postOnly, timeInForce, terms }: Pick<AdmittedOrder, 'postOnly' | 'timeInForce' | 'terms'>) {
    if (this.status === 'open' || (this.status === 'post_only' && postOnly)) return undefined;
    if (this.status === 'auction' && (rests(timeInForce) || terms?.trigger !== undefined)) return undefined;
    return `market_${this.status}` as Rejection;
  }

  #turn(status: MarketStatus, auctionMs?: number): void {
    this.status = status;
    this.auctionEndsAtMs = auctionMs === undefined ? null : this.#atMs + auctionMs;
    this.book.isGathering = status !== 'open' && status !== 'post_only';
    this.book.isPassive = status === 'post_only';
    if (!this.book.isGathering) this.book.uncross(this.#atMs);
    // Stops look at the price with which trading begins.
    const { lastPriceTicks } = this.book;
    if (status !== 'open' || lastPriceTicks === null) return;
    this.#observe([lastPriceTicks]);
  }

  #submit(admitted: readonly AdmittedOrder[]): Outcome {
    for (const order of admitted) {
      const closed = this.#closedFor(order);
      if (closed !== undefined) return closed;
    }
    const orders = admitted.map((order) => this.#newOrder(order));
    const waits = ({ status }: NaiveOrder) => status !== 'open';
    for (const order of [...orders.filter(waits), ...orders.filter((order) => !waits(order))]) {
      this.#enter(order);
    }
    return 'something';
  }

  #replace({ orderNo, order: admitted, reservedMinor }: ReplaceOrder): Outcome {
    const old = this.#find(admitted.accountId, orderNo);
    if (old === undefined) return 'order_not_open';
    const closed = this.#closedFor(admitted);
    if (closed !== undefined) return closed;
    if (BigInt(reservedMinor) + old.holdMinor < initialHold(this.#market, admitted))
      return 'insufficient_funds';
    const order = this.#newOrder(admitted);
    if (order.status === 'open') {
      const priceTicks = this.book.repriced(order, order.priceTicks, order.quantityLots);
      const obstacle = this.book.obstacleTo({ ...order, priceTicks }, this.#atMs);
      if (obstacle === 'post_only_would_take') return obstacle;
      if (obstacle !== undefined) return 'replacement_not_fillable';
    }
    this.#enter(order);
    if (!hasEnded(old)) this.book.end(old, 'canceled', 'replaced');
    return 'something';
  }

  #amend({ accountId, orderNo, priceTicks, quantityLots, stopTicks }: AmendResting): Outcome {
    const order = this.#find(accountId, orderNo);
    if (order === undefined) return 'order_not_open';
    const closed = this.#closedFor(order);
    if (closed !== undefined) return closed;
    const waits = order.status === 'untriggered' && !this.#due.includes(order);
    if (!waits && (stopTicks !== undefined || order.status === 'untriggered')) return 'order_triggered';
    if (quantityLots <= order.filledLots) return 'quantity_below_filled';
    if (order.status === 'untriggered') {
      order.priceTicks = priceTicks;
      order.quantityLots = quantityLots;
      if (stopTicks !== undefined) order.trigger = { ...order.trigger!, stopTicks };
      this.#wait(order);
      return 'something';
    }
    const rested = this.book.repriced(order, priceTicks, quantityLots - order.filledLots);
    if (rested === order.priceTicks && quantityLots <= order.quantityLots) {
      this.book.lower(order, order.quantityLots - quantityLots);
      return 'something';
    }
    if (this.book.obstacleTo({ ...order, priceTicks: rested, quantityLots }, this.#atMs) !== undefined)
      return 'post_only_would_take';
    order.priceTicks = rested;
    order.quantityLots = quantityLots;
    order.isOnBook = false;
    this.book.takeAndRest(order, this.#atMs);
    this.#haltIfStopped();
    return 'something';
  }

  #cancelAll({ accountId, side, tag, cause = 'canceled_by_client' }: CancelAllResting): Outcome {
    const orders = this.orders
      .filter((order) => order.accountId === accountId)
      .filter((order) => side === undefined || order.side === side)
      .filter((order) => tag === undefined || order.terms.tag === tag)
      .sort((a, b) => a.orderNo - b.orderNo);
    return this.#cancelEach(orders, cause);
  }

  #cancelEach(orders: readonly NaiveOrder[], reason: OrderReason): Outcome {
    for (const order of orders) this.book.end(order, 'canceled', reason);
    return orders.length === 0 ? 'nothing' : 'something';
  }

  #newOrder(admitted: AdmittedOrder): NaiveOrder {
    this.#entries += 1;
    return naiveOrder(admitted, this.#message, this.#entries);
  }

  #enter(order: NaiveOrder): void {
    this.touchable = [...this.touchable, order];
    this.book.orders = [...this.orders, order];
    if (order.status === 'open') this.#place(order);
    else if (order.status === 'untriggered') this.#wait(order);
    else order.arrival = this.book.nextArrival();
  }

  #place(order: NaiveOrder): void {
    this.book.place(order, this.#message, this.#atMs);
    this.#haltIfStopped();
  }

  /** The circuit breaker has stopped an order: an auction begins. */
  #haltIfStopped(): void {
    if (!this.book.isStopped) return;
    this.book.isStopped = false;
    this.#turn('auction', this.#market.breaker!.auctionMs);
  }

  /** Lets an order wait for its stop price; one that is reached already fires in its turn. */
  #wait(order: NaiveOrder): void {
    const { lastPriceTicks } = this.book;
    order.arrival = this.book.nextArrival();
    if (lastPriceTicks === null) return;
    order.trigger = moved(order.trigger!, lastPriceTicks) ?? order.trigger!;
    if (this.status === 'open' && isReached(order.trigger, lastPriceTicks)) this.#due.push(order);
  }

  #settle(): void {
    const { book } = this;
    this.#fired = 0;
    for (;;) {
      if (book.prices.length > 0) this.#observe(book.prices.splice(0));
      else if (book.listed.length > 0) this.#followList(book.listed.shift()!);
      else if (this.#due.length > 0 && (this.#fired < this.#firesAMessage || this.status !== 'open'))
        this.#fire(this.#due.shift()!);
      else break;
    }
    for (const order of this.#due) {
      if (order.status !== 'untriggered' || this.#reached.has(order)) continue;
      this.#reached.add(order);
      order.arrival = book.nextArrival();
    }
  }

  /** Trades had these prices: stops are reached, those that sell follow its heights and those that buy its depths. */
  #observe(prices: readonly number[]): void {
    const steps = prices.filter((price, index) => price !== prices[index + 1]);
    for (const [index, price] of steps.entries()) {
      const next = steps[index + 1];
      if (next === undefined || next < price) this.#followPrice(price, 'below', next === undefined);
      else this.#followPrice(price, 'above', false);
      this.#reach(price);
    }
  }

  /** In the order of their places. */
  get #waiting(): NaiveOrder[] {
    return this.orders
      .filter((order) => order.status === 'untriggered' && !this.#due.includes(order))
      .sort((a, b) => a.arrival - b.arrival);
  }

  #followPrice(priceTicks: number, fires: Trigger['fires'], isLast: boolean): void {
    for (const order of this.#waiting) {
      if (!isLast && order.trigger!.fires !== fires) continue;
      const trigger = moved(order.trigger!, priceTicks);
      if (trigger === undefined) continue;
      order.trigger = trigger;
      order.arrival = this.book.nextArrival();
    }
  }

  #reach(priceTicks: number): void {
    const waiting = this.#waiting;
    for (const fires of ['above', 'below'] as const) {
      const first = fires === 'above' ? 1 : -1;
      const reached = waiting
        .filter(({ trigger }) => trigger!.fires === fires && isReached(trigger!, priceTicks))
        .sort((a, b) => first * (a.trigger!.stopTicks - b.trigger!.stopTicks) || a.arrival - b.arrival);
      this.#due.push(...reached);
    }
  }

  #fire(order: NaiveOrder): void {
    this.#reached.delete(order);
    if (order.status !== 'untriggered') return;
    // Where stops don't fire it waits again, behind the others.
    if (this.status !== 'open') {
      order.arrival = this.book.nextArrival();
      return;
    }
    this.#fired += 1;
    const trigger = order.trigger!;
    order.status = 'open';
    order.trigger = { ...trigger, firedAtMs: this.#atMs };
    if (isTrailing(trigger)) {
      const price = protectionPrice(this.#market, order.side, trigger.stopTicks);
      order.priceTicks = order.side === 'buy' ? Math.min(order.priceTicks, price) : price;
    }
    this.book.notice(order);
    this.#place(order);
  }

  /** An order of a list traded, fired or ended. */
  #followList(order: NaiveOrder): void {
    const { working, legs } = listOf(order, this.orders);
    if (order.terms.list!.role === 'working') {
      if (order.status === 'filled')
        this.#openLegs(
          order,
          legs.filter(({ status }) => status === 'pending'),
        );
      else if (hasEnded(order)) this.#cancelEach(legs, 'list_canceled');
      return;
    }
    if (working !== undefined && !hasEnded(order)) return;
    // It has ended because of its list, which is what this would be about.
    if (order.reason === 'list_leg_executed' || order.reason === 'list_canceled') return;
    const executed = order.filledLots > 0 || order.trigger?.firedAtMs !== undefined;
    const others = legs.filter((leg) => leg !== order);
    this.#cancelEach(others, executed ? 'list_leg_executed' : 'list_canceled');
  }

  #openLegs(working: NaiveOrder, legs: readonly NaiveOrder[]): void {
    const received = brought(this.#market, working);
    const lots = Math.min(...legs.map((leg) => affordable(this.#market, leg, received)));
    for (const leg of legs) if (leg.side !== working.side) leg.quantityLots = lots;
    for (const leg of [...legs.filter((leg) => leg.trigger), ...legs.filter((leg) => !leg.trigger)]) {
      if (leg.quantityLots === 0) this.book.end(leg, 'canceled', 'nothing_received');
      else if (leg.trigger === undefined) {
        leg.status = 'open';
        this.#place(leg);
      } else {
        const { lastPriceTicks } = this.book;
        if (
          moved({ ...leg.trigger, stopTicks: leg.trigger.fires === 'below' ? 0 : Infinity }, lastPriceTicks!)
        ) {
          leg.trigger = { ...leg.trigger, stopTicks: trailedStop(leg.trigger, lastPriceTicks!) };
        }
        leg.status = 'untriggered';
        this.#wait(leg);
      }
    }
  }

  #find(accountId: number, orderNo: number): NaiveOrder | undefined {
    return this.orders.find((order) => order.accountId === accountId && order.orderNo === orderNo);
  }
}
