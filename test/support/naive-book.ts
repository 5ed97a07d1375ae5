import {
  BUY,
  FOK,
  GTC,
  type PlaceCommand,
  type ReduceCommand,
  type ReplaceCommand,
  type Side,
  writeCancel,
  writePlace,
  writeReduce,
  writeReplace,
} from '../../src/domain/book/commands.ts';
import type { BookEvent, RefusalReason } from '../../src/domain/book/events.ts';
import * as events from '../../src/domain/book/events.ts';
import { StateHash } from '../../src/domain/book/state-hash.ts';

export type BookCommand =
  | ({ readonly op: 'place' } & PlaceCommand)
  | { readonly op: 'cancel'; readonly id: number }
  | ({ readonly op: 'replace' } & ReplaceCommand)
  | ({ readonly op: 'reduce' } & ReduceCommand);

export function writeCommand(buffer: Float64Array, index: number, command: BookCommand): void {
  if (command.op === 'place') writePlace(buffer, index, command);
  else if (command.op === 'cancel') writeCancel(buffer, index, command.id);
  else if (command.op === 'replace') writeReplace(buffer, index, command);
  else writeReduce(buffer, index, command);
}

export interface NaiveOrder {
  readonly id: number;
  readonly side: Side;
  price: number;
  remaining: number;
  /** Grows with every arrival at the back of a queue. */
  arrival: number;
}

/** What the real book must do, written to be obviously right: one list of orders, sorted whenever something is asked of it. */
export class NaiveBook {
  orders: NaiveOrder[] = [];
  #arrivals = 0;
  #events: BookEvent[] = [];
  #command = 0;

  /** Orders of one side in the order in which they would trade. */
  resting(side: Side): NaiveOrder[] {
    const better = side === BUY ? -1 : 1;
    return this.orders
      .filter((order) => order.side === side)
      .sort((a, b) => (a.price === b.price ? a.arrival - b.arrival : better * (a.price - b.price)));
  }

  depth(side: Side, levels: number) {
    const totals = new Map<number, number>();
    for (const { price, remaining } of this.resting(side))
      totals.set(price, (totals.get(price) ?? 0) + remaining);
    const best = [...totals].slice(0, levels);
    return { pricesTicks: best.map(([price]) => price), totalsLots: best.map(([, total]) => total) };
  }

  hash(): string {
    const hash = new StateHash();
    for (const side of [0, 1] as const) {
      hash.add(side);
      for (const order of this.resting(side)) {
        hash.add(order.price);
        hash.add(order.id);
        hash.add(order.remaining);
      }
    }
    return hash.digest();
  }

  execute(commands: readonly BookCommand[]): BookEvent[] {
    this.#events = [];
    commands.forEach((command, index) => {
      this.#command = index;
      if (command.op === 'place') this.#place(command);
      else if (command.op === 'cancel') this.#cancel(command.id);
      else if (command.op === 'replace') this.#replace(command);
      else this.#reduce(command);
    });
    return this.#events;
  }

  #place({ id, side, priceTicks: price, quantityLots: quantity, ...options }: PlaceCommand): void {
    const command = this.#command;
    const reject = (reason: RefusalReason) =>
      this.#events.push({ kind: events.REJECTED, command, id, reason });
    const makers = this.#crossing(side, price);
    if (options.postOnly === true && makers.length > 0) return void reject('post_only_would_take');
    if (options.timeInForce === FOK && !enough(makers, quantity)) return void reject('fok_not_fillable');
    if (options.timeInForce === GTC && this.#overfills(side, price, quantity))
      return void reject('level_full');
    this.#events.push({ kind: events.ACCEPTED, command, id, side, price, quantity });
    const remaining = this.#take(id, side, price, quantity, options.quoteBudget ?? 0);
    if (remaining === 0) return;
    if (options.timeInForce === GTC) this.#rest(id, side, price, remaining);
    else
      this.#events.push({
        kind: events.CANCELED,
        command,
        id,
        side,
        price,
        quantity: remaining,
        reason: 'ioc_remainder',
      });
  }

  #cancel(id: number): void {
    const command = this.#command;
    const order = this.#find(id);
    if (order === undefined) {
      this.#events.push({ kind: events.CANCEL_REFUSED, command, id, reason: 'unknown_order' });
      return;
    }
    this.#remove(id);
    const { side, price, remaining } = order;
    this.#events.push({
      kind: events.CANCELED,
      command,
      id,
      side,
      price,
      quantity: remaining,
      reason: 'by_command',
    });
  }

  #replace({ id, priceTicks: price, quantityLots: quantity, postOnly }: ReplaceCommand): void {
    const command = this.#command;
    const refuse = (reason: RefusalReason) =>
      this.#events.push({ kind: events.REPLACE_REFUSED, command, id, reason });
    const order = this.#find(id);
    if (order === undefined) return void refuse('unknown_order');
    const { side, price: oldPrice, remaining: oldQuantity } = order;
    if (postOnly === true && this.#crossing(side, price).length > 0)
      return void refuse('post_only_would_take');
    this.#remove(id);
    if (this.#overfills(side, price, quantity)) {
      this.orders.push(order);
      return void refuse('level_full');
    }
    this.#events.push({ kind: events.REPLACED, command, id, side, price, quantity, oldPrice, oldQuantity });
    const remaining = this.#take(id, side, price, quantity, 0);
    if (remaining > 0) this.#rest(id, side, price, remaining);
  }

  #reduce({ id, byLots: by }: ReduceCommand): void {
    const command = this.#command;
    const order = this.#find(id);
    if (order === undefined || by >= order.remaining) {
      const reason = order === undefined ? 'unknown_order' : 'not_less_than_open';
      this.#events.push({ kind: events.REDUCE_REFUSED, command, id, reason });
      return;
    }
    order.remaining -= by;
    const { side, price, remaining } = order;
    this.#events.push({ kind: events.REDUCED, command, id, side, price, quantity: remaining, by });
  }

  #take(taker: number, takerSide: Side, limit: number, quantity: number, budget: number): number {
    let takerRemaining = quantity;
    let budgetLeft = BigInt(budget);
    for (const maker of this.#crossing(takerSide, limit)) {
      let most = Math.min(takerRemaining, maker.remaining);
      if (budget > 0) most = Math.min(most, Number(budgetLeft / BigInt(maker.price)));
      if (most === 0) break;
      takerRemaining -= most;
      maker.remaining -= most;
      budgetLeft -= BigInt(most) * BigInt(maker.price);
      if (maker.remaining === 0) this.#remove(maker.id);
      this.#events.push({
        kind: events.TRADE,
        command: this.#command,
        maker: maker.id,
        taker,
        takerSide,
        price: maker.price,
        quantity: most,
        makerRemaining: maker.remaining,
        takerRemaining,
      });
    }
    return takerRemaining;
  }

  #rest(id: number, side: Side, price: number, remaining: number): void {
    this.#arrivals += 1;
    this.orders.push({ id, side, price, remaining, arrival: this.#arrivals });
    this.#events.push({ kind: events.RESTED, command: this.#command, id, side, price, quantity: remaining });
  }

  #crossing(side: Side, limit: number): NaiveOrder[] {
    return side === BUY
      ? this.resting(1).filter((maker) => maker.price <= limit)
      : this.resting(0).filter((maker) => maker.price >= limit);
  }

  #overfills(side: Side, price: number, quantity: number): boolean {
    const level = this.orders.filter((order) => order.side === side && order.price === price);
    return sum(level) + BigInt(quantity) >= 2n ** 53n;
  }

  #find(id: number): NaiveOrder | undefined {
    return this.orders.find((order) => order.id === id);
  }

  #remove(id: number): void {
    this.orders = this.orders.filter((order) => order.id !== id);
  }
}

function sum(orders: readonly NaiveOrder[]): bigint {
  return orders.reduce((total, order) => total + BigInt(order.remaining), 0n);
}

function enough(makers: readonly NaiveOrder[], quantity: number): boolean {
  return sum(makers) >= BigInt(quantity);
}
