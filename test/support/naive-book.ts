import type { PriceBounds } from '../../src/domain/book/book-state.ts';
import type { PlaceCommand, ReduceCommand, ReplaceCommand, Side } from '../../src/domain/book/commands.ts';
import * as terms from '../../src/domain/book/commands.ts';
import type { CancelReason, RefusalReason } from '../../src/domain/book/events.ts';
import * as events from '../../src/domain/book/events.ts';
import type { BookEvent } from '../../src/domain/book/read-events.ts';
import { StateHash } from '../../src/domain/book/state-hash.ts';
import type { BookCommand } from './book-command.ts';

/** An event without the number of its command. */
type Told = BookEvent extends infer Event
  ? Event extends BookEvent
    ? Omit<Event, 'command'>
    : never
  : never;

/** An order on its way into the book. */
interface Incoming {
  readonly id: number;
  readonly side: Side;
  readonly price: number;
  readonly owner: number;
  readonly selfTrade: number;
  readonly display: number;
  left: number;
  /** Ticks × lots; absent: no budget. */
  budget: bigint | undefined;
}

export interface NaiveOrder {
  readonly id: number;
  readonly side: Side;
  readonly price: number;
  readonly owner: number;
  readonly display: number;
  shown: number;
  hidden: number;
  /** Grows with every arrival at the back of a queue. */
  arrival: number;
}

/** What the real book must do, written to be obviously right: one list of orders, sorted whenever something is asked of it. */
export class NaiveBook {
  orders: NaiveOrder[] = [];
  #arrivals = 0;
  #events: BookEvent[] = [];
  #command = 0;
  #bounds: PriceBounds | undefined;
  readonly #mostEvents: number;

  constructor(mostEvents = Number.POSITIVE_INFINITY) {
    this.#mostEvents = mostEvents;
  }

  /** Orders of one side in the order in which they would trade. */
  resting(side: Side): NaiveOrder[] {
    const better = side === terms.BUY ? -1 : 1;
    return this.orders
      .filter((order) => order.side === side)
      .sort((a, b) => (a.price === b.price ? a.arrival - b.arrival : better * (a.price - b.price)));
  }

  depth(side: Side, levels: number) {
    const totals = new Map<number, number>();
    for (const { price, shown } of this.resting(side)) totals.set(price, (totals.get(price) ?? 0) + shown);
    const best = [...totals].slice(0, levels);
    return { pricesTicks: best.map(([price]) => price), totalsLots: best.map(([, total]) => total) };
  }

  hash(): string {
    const hash = new StateHash();
    for (const side of [0, 1] as const) {
      hash.add(side);
      for (const { price, id, shown, hidden, display } of this.resting(side)) {
        const words = hidden > 0 ? [price, id, shown, hidden, display] : [price, id, shown];
        for (const word of words) hash.add(word);
      }
    }
    return hash.digest();
  }

  execute(commands: readonly BookCommand[], bounds?: PriceBounds): BookEvent[] {
    this.#events = [];
    this.#bounds = bounds;
    commands.forEach((command, index) => {
      this.#command = index;
      if (command.op === 'place') this.#place(command);
      else if (command.op === 'cancel') this.#cancel(command.id);
      else if (command.op === 'replace') this.#replace(command);
      else this.#reduce(command);
    });
    return this.#events;
  }

  #place(order: PlaceCommand): void {
    const { id, side, priceTicks: price, quantityLots: quantity, timeInForce, minimumLots = 0 } = order;
    const reject = (reason: RefusalReason) => this.#tell({ kind: events.REJECTED, id, reason });
    const incoming = incomingOf(side, order);
    const makers = order.unmatched === true ? [] : this.#crossing(incoming);
    const fillable = least(this.#fillable(incoming, makers), quantity);
    if (order.postOnly === true && makers.length > 0) return reject('post_only_would_take');
    // Where nobody makes way, each lot has a trade and a refill at most.
    const few = incoming.selfTrade === terms.SELF_TRADE_ALLOWED || incoming.owner === 0 ? 2 : Infinity;
    const isTooMuch = (lots: number) =>
      Math.min(this.#eventsFor(incoming, makers, lots), few * lots) > this.#mostEvents;
    if (timeInForce === terms.FOK && (fillable < quantity || isTooMuch(quantity)))
      return reject('fok_not_fillable');
    if (minimumLots > fillable || (minimumLots > 0 && isTooMuch(minimumLots)))
      return reject('minimum_not_fillable');
    if (timeInForce === terms.GTC && this.#overfills(incoming)) return reject('level_full');
    this.#tell({ kind: events.ACCEPTED, id, side, price, quantity });
    if (order.unmatched !== true) this.#take(incoming);
    if (incoming.left === 0) return;
    if (timeInForce === terms.GTC) this.#rest(incoming);
    else this.#tellCanceled({ ...incoming, shown: incoming.left, hidden: 0 }, 'ioc_remainder');
  }

  #cancel(id: number): void {
    const order = this.#find(id);
    if (order === undefined) {
      return this.#tell({ kind: events.CANCEL_REFUSED, id, reason: 'unknown_order' });
    }
    this.#remove(id);
    this.#tellCanceled(order, 'by_command');
  }

  #replace(replacement: ReplaceCommand): void {
    const { id, priceTicks: price, quantityLots: quantity } = replacement;
    const refuse = (reason: RefusalReason) => this.#tell({ kind: events.REPLACE_REFUSED, id, reason });
    const order = this.#find(id);
    if (order === undefined) return refuse('unknown_order');
    const { side, price: oldPrice, shown: oldQuantity, hidden: oldHidden } = order;
    const incoming = incomingOf(side, replacement);
    const makers = replacement.unmatched === true ? [] : this.#crossing(incoming);
    if (replacement.postOnly === true && makers.length > 0) return refuse('post_only_would_take');
    this.#remove(id);
    if (this.#overfills(incoming)) {
      this.orders.push(order);
      return refuse('level_full');
    }
    this.#tell({ kind: events.REPLACED, id, side, price, quantity, oldPrice, oldQuantity, oldHidden });
    if (replacement.unmatched !== true) this.#take(incoming);
    if (incoming.left > 0) this.#rest(incoming);
  }

  #reduce({ id, byLots }: ReduceCommand): void {
    const order = this.#find(id);
    const refuse = (reason: RefusalReason) => this.#tell({ kind: events.REDUCE_REFUSED, id, reason });
    if (order === undefined) return refuse('unknown_order');
    if (byLots >= open(order)) return refuse('not_less_than_open');
    this.#lower(order, byLots);
  }

  /** Lowers `left` of the taker to what has still to rest or to be canceled. */
  #take(taker: Incoming): void {
    const before = this.#events.length;
    for (;;) {
      const maker = this.#crossing(taker)[0];
      if (maker === undefined || taker.left === 0) return;
      if (this.#events.length - before >= this.#mostEvents) {
        this.#tellCanceled({ ...taker, shown: taker.left, hidden: 0 }, 'trades_remainder');
        taker.left = 0;
        return;
      }
      const most =
        taker.budget === undefined ? taker.left : least(taker.budget / BigInt(maker.price), taker.left);
      if (most === 0) return;
      if (isOwn(taker, maker)) this.#prevent(taker, maker, most);
      else if (this.#isOutside(maker)) {
        const { id, side, left: quantity } = taker;
        return this.#tell({ kind: events.STOPPED, id, side, price: maker.price, quantity });
      } else this.#trade(taker, maker, most);
    }
  }

  #trade(taker: Incoming, maker: NaiveOrder, most: number): void {
    const quantity = Math.min(most, maker.shown);
    maker.shown -= quantity;
    spend(taker, quantity, maker.price);
    this.#tellMatch(events.TRADE, taker, maker, quantity, open(maker), taker.left);
    if (maker.shown > 0) return;
    if (maker.hidden === 0) return this.#remove(maker.id);
    maker.shown = Math.min(maker.display, maker.hidden);
    maker.hidden -= maker.shown;
    maker.arrival = this.#arrive();
    const { id, side, price, shown, hidden } = maker;
    this.#tell({ kind: events.REFRESHED, id, side, price, quantity: shown, hidden });
  }

  #prevent(taker: Incoming, maker: NaiveOrder, most: number): void {
    const lots = open(maker);
    const quantity = Math.min(most, lots);
    const tell = (makerLeft: number, takerLeft: number) =>
      this.#tellMatch(events.PREVENTED, taker, maker, quantity, makerLeft, takerLeft);
    const cancelMaker = () => {
      this.#remove(maker.id);
      this.#tellCanceled(maker, 'self_trade');
    };
    const cancelTaker = () => {
      this.#tellCanceled({ ...taker, shown: taker.left, hidden: 0 }, 'self_trade_remainder');
      taker.left = 0;
    };
    if (taker.selfTrade === terms.CANCEL_NEWEST) {
      tell(lots, 0);
      cancelTaker();
    } else if (taker.selfTrade === terms.CANCEL_OLDEST) {
      tell(0, taker.left);
      cancelMaker();
    } else if (taker.selfTrade === terms.CANCEL_BOTH) {
      tell(0, 0);
      cancelMaker();
      cancelTaker();
    } else {
      spend(taker, quantity, maker.price);
      tell(lots - quantity, taker.left);
      if (quantity === lots) cancelMaker();
      else this.#lower(maker, quantity);
      if (quantity < lots || taker.left === 0) cancelTaker();
    }
  }

  /** Lots that can be traded within the bounds: all that is passed by, or all that comes before the first of its owner. */
  #fillable(taker: Incoming, makers: readonly NaiveOrder[]): bigint {
    return total(this.#within(beforeOwn(taker, makers)));
  }

  /** Events that it takes at most to trade so much: of a level that is reached into, every refill counts. */
  #eventsFor(taker: Incoming, makers: readonly NaiveOrder[], lots: number): number {
    let events = 0;
    let missing = lots;
    for (const price of new Set(makers.map((maker) => maker.price))) {
      const level = makers.filter((maker) => maker.price === price);
      for (const maker of level) {
        if (missing <= 0) return events;
        if (isOwn(taker, maker)) {
          events += 2;
          continue;
        }
        missing -= maker.shown;
        events += 1;
      }
      const met = level.filter((maker) => !isOwn(taker, maker));
      if (missing > 0)
        for (const { hidden, display } of met) events += hidden > 0 ? 2 * Math.ceil(hidden / display) : 0;
      for (const { hidden } of met) missing -= hidden;
    }
    return events;
  }

  #isOutside({ price }: Pick<NaiveOrder, 'price'>): boolean {
    return this.#bounds !== undefined && (price < this.#bounds.lowTicks || price > this.#bounds.highTicks);
  }

  /** Those that come before the first outside of the bounds. */
  #within<Order extends Pick<NaiveOrder, 'price'>>(makers: readonly Order[]): readonly Order[] {
    const first = makers.findIndex((maker) => this.#isOutside(maker));
    return first < 0 ? makers : makers.slice(0, first);
  }

  #lower(order: NaiveOrder, lots: number): void {
    const fromHidden = Math.min(lots, order.hidden);
    const by = lots - fromHidden;
    order.hidden -= fromHidden;
    order.shown -= by;
    const { id, side, price, hidden } = order;
    this.#tell({ kind: events.REDUCED, id, side, price, quantity: open(order), by, hidden });
  }

  #rest({ id, side, price, owner, display, left }: Incoming): void {
    const shown = display === 0 ? left : Math.min(display, left);
    const hidden = left - shown;
    this.orders.push({ id, side, price, owner, display, shown, hidden, arrival: this.#arrive() });
    this.#tell({ kind: events.RESTED, id, side, price, quantity: shown, hidden });
  }

  #arrive(): number {
    this.#arrivals += 1;
    return this.#arrivals;
  }

  #tellMatch(
    kind: typeof events.TRADE | typeof events.PREVENTED,
    { id: taker, side: takerSide }: Incoming,
    { id: maker, price }: NaiveOrder,
    quantity: number,
    makerRemaining: number,
    takerRemaining: number,
  ): void {
    this.#tell({ kind, maker, taker, takerSide, price, quantity, makerRemaining, takerRemaining });
  }

  #tellCanceled(
    { id, side, price, shown, hidden }: Pick<NaiveOrder, 'id' | 'side' | 'price' | 'shown' | 'hidden'>,
    reason: CancelReason,
  ): void {
    this.#tell({ kind: events.CANCELED, id, side, price, quantity: shown, hidden, reason });
  }

  #tell(event: Told): void {
    this.#events.push({ command: this.#command, ...event });
  }

  #crossing({ side, price }: Incoming): NaiveOrder[] {
    return side === terms.BUY
      ? this.resting(1).filter((maker) => maker.price <= price)
      : this.resting(0).filter((maker) => maker.price >= price);
  }

  #overfills({ side, price, left }: Incoming): boolean {
    const level = this.orders.filter((order) => order.side === side && order.price === price);
    return total(level) + BigInt(left) >= 2n ** 53n;
  }

  #find(id: number): NaiveOrder | undefined {
    return this.orders.find((order) => order.id === id);
  }

  #remove(id: number): void {
    this.orders = this.orders.filter((order) => order.id !== id);
  }
}

function incomingOf(side: Side, command: PlaceCommand | ReplaceCommand): Incoming {
  const { id, priceTicks: price, quantityLots: left, owner = 0, selfTrade = 0, displayLots = 0 } = command;
  const budget = 'quoteBudget' in command && command.quoteBudget ? BigInt(command.quoteBudget) : undefined;
  return { id, side, price, left, owner, selfTrade, display: displayLots, budget };
}

/** What a taker can trade with: all that it passes by, or all that comes before the first order of its owner. */
function beforeOwn(taker: Incoming, makers: readonly NaiveOrder[]) {
  const own = makers.find((maker) => isOwn(taker, maker));
  if (own === undefined) return makers;
  if (taker.selfTrade === terms.CANCEL_OLDEST) return makers.filter((maker) => !isOwn(taker, maker));
  return makers
    .slice(0, makers.indexOf(own))
    .map((maker) => (maker.price === own.price ? { ...maker, hidden: 0 } : maker));
}

function isOwn(taker: Incoming, maker: NaiveOrder): boolean {
  return taker.selfTrade !== terms.SELF_TRADE_ALLOWED && maker.owner === taker.owner;
}

function spend(taker: Incoming, lots: number, price: number): void {
  taker.left -= lots;
  if (taker.budget !== undefined) taker.budget -= BigInt(lots) * BigInt(price);
}

function open({ shown, hidden }: Pick<NaiveOrder, 'shown' | 'hidden'>): number {
  return shown + hidden;
}

/** Exact also where the orders of several levels add up to more than a double can count. */
function total(orders: readonly NaiveOrder[]): bigint {
  return orders.reduce((lots, order) => lots + BigInt(open(order)), 0n);
}

function least(a: bigint, b: number): number {
  return a < BigInt(b) ? Number(a) : b;
}
