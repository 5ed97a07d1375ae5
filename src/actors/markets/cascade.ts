import { writeCancel } from '../../domain/book/commands.ts';
import { firesStops } from '../../domain/markets/market-machine.ts';
import type { OrderReason } from '../../domain/orders/order.ts';
import { affordableLots, received } from '../../domain/orders/order-list.ts';
import { isWaiting, isWorking } from '../../domain/orders/order-machine.ts';
import {
  firesAt,
  followedStop,
  isTrailing,
  type Trigger,
  trailedStop,
} from '../../domain/orders/order-terms.ts';
import { protectionPrice } from '../../domain/orders/order-values.ts';
import type { Execution } from './execution.ts';
import type { OpenMarket } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';
import { placeOrder } from './placement.ts';
import { triggerOf } from './waiting-orders.ts';

/** Why an order ends that another of its list has ended: nothing more follows from it. */
const LIST_REASONS: ReadonlySet<OrderReason> = new Set(['list_leg_executed', 'list_canceled'] as const);

/** Stops that follow the price in one message, before no further stop fires in it: some tens of milliseconds of work. */
const MOVES_A_MESSAGE = 20_000;
/** Trades of one message, before no further stop fires in it. One order alone may make twice as many. */
const TRADES_A_MESSAGE = 5_000;

/**
 * What one order leads to: the orders of its list, and the stops that its trades fire, whose trades may fire more. All of
 * it belongs to the message that began it.
 */
export class Cascade {
  readonly #on: OpenMarket;
  readonly #execution: Execution;
  #observedTrades = 0;
  #handledListed = 0;
  #fired = 0;
  #moved = 0;

  constructor(on: OpenMarket, execution: Execution) {
    this.#on = on;
    this.#execution = execution;
  }

  /** Brings an order into the market: to the book, or to those that wait. */
  enter(order: LiveOrder): void {
    this.#on.welcome(order);
    this.#execution.changes.add(order);
    if (order.status === 'pending') {
      order.priority = this.#on.nextPlace();
      this.#on.orders.add(order);
    } else if (order.status === 'untriggered') this.#arm(order);
    else placeOrder(this.#on, this.#execution, order);
  }

  /** Cancels an order wherever it is. */
  cancel(order: LiveOrder, reason: OrderReason): void {
    if (isWaiting(order.status)) {
      if (this.#on.waiting.has(order)) this.#on.waiting.remove(order);
      this.#on.due.delete(order);
      this.#execution.end(order, 'canceled', reason);
      return;
    }
    this.#execution.cancel(reason);
    this.#execution.apply(this.#on.tellBook((buffer) => writeCancel(buffer, 0, order.bookId)));
  }

  /** Amends an order that waits for its stop price. */
  rearm(
    order: LiveOrder,
    to: { readonly priceTicks: number; readonly quantityLots: number; readonly stopTicks?: number },
  ): void {
    this.#execution.changes.touch(order);
    this.#on.waiting.remove(order);
    order.priceTicks = to.priceTicks;
    order.quantityLots = to.quantityLots;
    const trigger = triggerOf(order);
    if (to.stopTicks !== undefined)
      order.terms = { ...order.terms, trigger: { ...trigger, stopTicks: to.stopTicks } };
    this.#execution.changes.step(order, 'amended', 'none');
    this.#arm(order);
  }

  /** Cancels those of the orders that have not ended meanwhile, and all that follows. */
  cancelEach(orders: readonly LiveOrder[], reason: OrderReason): void {
    for (const order of orders) {
      if (isWorking(order.status)) this.cancel(order, reason);
    }
    this.settle();
  }

  /**
   * Goes on until nothing more follows. Stops see the prices first, so that one set up later sees none from before; then
   * lists, so that a leg that is canceled doesn't fire; then the stops in the order in which they were reached. Only so many
   * of them have their turn in one message, so that a message is never long; the others have it in messages of their own.
   */
  settle(): void {
    const { listed, trades } = this.#execution;
    for (;;) {
      if (this.#observedTrades < trades.length) {
        this.#observe(trades.slice(this.#observedTrades).map(({ priceTicks }) => priceTicks));
        this.#observedTrades = trades.length;
      } else if (this.#handledListed < listed.length) {
        const order = listed[this.#handledListed]!;
        this.#handledListed += 1;
        this.#followList(order);
      } else {
        const order = this.#isLong() ? undefined : firstOf(this.#on.due);
        if (order === undefined) return this.#keepDue();
        this.#on.due.delete(order);
        this.#fire(order);
      }
    }
  }

  /** Whether the message has done enough. What does not fire waits again all at once. */
  #isLong(): boolean {
    if (!firesStops(this.#on.status)) return false;
    const { trades } = this.#execution;
    return (
      this.#fired >= this.#on.firesAMessage ||
      this.#moved >= MOVES_A_MESSAGE ||
      trades.length >= TRADES_A_MESSAGE
    );
  }

  /** Lets fire what the price has reached while the market did not trade at once. */
  observeLast(): void {
    if (this.#on.lastPriceTicks !== null) this.#observe([this.#on.lastPriceTicks]);
  }

  #observe(prices: readonly number[]): void {
    const due = this.#on.waiting.observe(prices, (order) => {
      this.#execution.changes.touch(order);
      order.priority = this.#on.nextPlace();
      this.#moved += 1;
    });
    for (const order of due) this.#on.due.add(order);
  }

  /** Lets an order wait for its stop price; one that is reached already fires in its turn. */
  #arm(order: LiveOrder): void {
    const { lastPriceTicks } = this.#on;
    const trigger = triggerOf(order);
    const stopTicks =
      isTrailing(trigger) && lastPriceTicks !== null ? followedStop(trigger, lastPriceTicks) : undefined;
    if (stopTicks !== undefined) order.terms = { ...order.terms, trigger: { ...trigger, stopTicks } };
    order.priority = this.#on.nextPlace();
    if (!this.#on.orders.has(order)) this.#on.orders.add(order);
    const isReached = lastPriceTicks !== null && firesAt(triggerOf(order), lastPriceTicks);
    if (isReached && firesStops(this.#on.status)) this.#on.due.add(order);
    else this.#on.waiting.add(order);
  }

  #fire(order: LiveOrder): void {
    const trigger = triggerOf(order);
    // What the circuit breaker has kept from firing waits for the price of the auction.
    if (!firesStops(this.#on.status)) return this.#waitAgain(order, trigger);
    this.#fired += 1;
    const { isReached: _, ...rest } = trigger;
    order.terms = { ...order.terms, trigger: { ...rest, firedAtMs: this.#execution.atMs } };
    this.#execution.changes.step(order, 'triggered', 'none');
    if (isTrailing(trigger)) {
      const priceTicks = protectionPrice(this.#on.market, order.side, trigger.stopTicks);
      // What a buy may cost was reserved when it was placed, and its stop has only come down since. The stop of a sell has
      // risen, and price × quantity stays below 2^53.
      const most = Math.floor(Number.MAX_SAFE_INTEGER / order.quantityLots);
      order.priceTicks = Math.min(priceTicks, order.side === 'buy' ? order.priceTicks : most);
    }
    this.#execution.noticeListed(order);
    placeOrder(this.#on, this.#execution, order);
  }

  /** With a new place, since it comes behind those that have waited meanwhile. */
  #waitAgain(order: LiveOrder, { isReached: _, ...trigger }: Trigger): void {
    this.#execution.changes.touch(order);
    order.terms = { ...order.terms, trigger };
    order.priority = this.#on.nextPlace();
    this.#on.waiting.add(order);
  }

  /** What had no turn in this message is remembered as reached, in its order. */
  #keepDue(): void {
    for (const order of this.#on.due) {
      const trigger = triggerOf(order);
      if (trigger.isReached === true) continue;
      this.#execution.changes.touch(order);
      order.terms = { ...order.terms, trigger: { ...trigger, isReached: true } };
      order.priority = this.#on.nextPlace();
    }
  }

  /** An order of a list traded, fired or ended. */
  #followList(order: LiveOrder): void {
    const { working, legs } = this.#on.lists.openOf(order);
    const isOpen = isWorking(order.status);
    if (order.terms?.list?.role === 'working') {
      if (isOpen) return;
      // Each of its trades is looked at; the first look after it ended has opened or canceled the legs.
      const pending = legs.filter((leg) => leg.status === 'pending');
      if (order.status === 'filled' && pending.length > 0) this.#openLegs(order, pending);
      else for (const leg of pending) this.cancel(leg, 'list_canceled');
      return;
    }
    if ((working !== undefined && isOpen) || LIST_REASONS.has(order.reason)) return;
    const executed = order.filledLots > 0 || order.terms?.trigger?.firedAtMs !== undefined;
    for (const leg of legs) {
      if (leg !== order) this.cancel(leg, executed ? 'list_leg_executed' : 'list_canceled');
    }
  }

  /** The working order is filled: what it brought pays for the legs. */
  #openLegs(working: LiveOrder, legs: readonly LiveOrder[]): void {
    const { market } = this.#on;
    const paid = received(market, working);
    const lots = Math.min(...legs.map((leg) => affordableLots(market, leg, paid)));
    // A leg that waits for its price is set up before one that may trade at once, and thereby cancel it.
    const waits = (leg: LiveOrder) => leg.terms?.trigger !== undefined;
    for (const leg of [...legs.filter(waits), ...legs.filter((leg) => !waits(leg))]) {
      this.#execution.changes.touch(leg);
      if (leg.side !== working.side) leg.quantityLots = lots;
      if (leg.quantityLots === 0) this.cancel(leg, 'nothing_received');
      else if (waits(leg)) this.#armLeg(leg);
      else {
        this.#execution.changes.step(leg, 'opened', 'none');
        placeOrder(this.#on, this.#execution, leg);
      }
    }
  }

  #armLeg(leg: LiveOrder): void {
    const trigger = triggerOf(leg);
    const { lastPriceTicks } = this.#on;
    // It follows the market from now on, not from when the list was placed.
    if (isTrailing(trigger) && lastPriceTicks !== null) {
      leg.terms = { ...leg.terms, trigger: { ...trigger, stopTicks: trailedStop(trigger, lastPriceTicks) } };
    }
    this.#execution.changes.step(leg, 'armed', 'none');
    this.#arm(leg);
  }
}

function firstOf<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}
