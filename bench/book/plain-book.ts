import {
  BUY,
  CANCEL,
  COMMAND_HEADER,
  COMMAND_ID,
  COMMAND_PRICE,
  COMMAND_QUANTITY,
  COMMAND_WORDS,
  GTC,
  HEADER_OPERATION_MASK,
  HEADER_SIDE_SHIFT,
  HEADER_TIME_IN_FORCE_SHIFT,
  PLACE,
  REDUCE,
  REPLACE,
} from '../../src/domain/book/commands.ts';

interface PlainOrder {
  readonly id: number;
  readonly side: number;
  price: number;
  remaining: number;
}

export interface PlainTrade {
  readonly maker: number;
  readonly taker: number;
  readonly price: number;
  readonly quantity: number;
}

/** The prices of one side in ascending order, and the queue of each. */
class PlainSide {
  readonly prices: number[] = [];
  readonly queues = new Map<number, Map<number, PlainOrder>>();

  add(order: PlainOrder): void {
    let queue = this.queues.get(order.price);
    if (queue === undefined) {
      queue = new Map();
      this.queues.set(order.price, queue);
      this.prices.splice(this.#position(order.price), 0, order.price);
    }
    queue.set(order.id, order);
  }

  remove(order: PlainOrder): void {
    const queue = this.queues.get(order.price)!;
    queue.delete(order.id);
    if (queue.size > 0) return;
    this.queues.delete(order.price);
    this.prices.splice(this.#position(order.price), 1);
  }

  #position(price: number): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.prices[middle]! < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The yardstick: an order book as one writes it without further thought, of objects, Maps and sorted arrays. It tells its
 * trades and nothing else, and it checks nothing. No post-only, fill-or-kill or quote budgets: the flow has none.
 */
export class PlainBook {
  readonly #orders = new Map<number, PlainOrder>();
  readonly #bids = new PlainSide();
  readonly #asks = new PlainSide();

  execute(commands: Float64Array, from: number, to: number, trades: PlainTrade[]): void {
    for (let at = from * COMMAND_WORDS; at < to * COMMAND_WORDS; at += COMMAND_WORDS) {
      const header = commands[at + COMMAND_HEADER]!;
      const id = commands[at + COMMAND_ID]!;
      const price = commands[at + COMMAND_PRICE]!;
      const quantity = commands[at + COMMAND_QUANTITY]!;
      const operation = header & HEADER_OPERATION_MASK;
      if (operation === PLACE) {
        const side = (header >> HEADER_SIDE_SHIFT) & 1;
        const rests = ((header >> HEADER_TIME_IN_FORCE_SHIFT) & 3) === GTC;
        this.#enter({ id, side, price, remaining: quantity }, rests, trades);
        continue;
      }
      const order = this.#orders.get(id);
      if (order === undefined) continue;
      if (operation === CANCEL) {
        this.#remove(order);
      } else if (operation === REPLACE) {
        this.#remove(order);
        order.price = price;
        order.remaining = quantity;
        this.#enter(order, true, trades);
      } else if (operation === REDUCE && quantity < order.remaining) {
        order.remaining -= quantity;
      }
    }
  }

  #enter(order: PlainOrder, rests: boolean, trades: PlainTrade[]): void {
    const makers = order.side === BUY ? this.#asks : this.#bids;
    while (order.remaining > 0 && makers.prices.length > 0) {
      const best = makers.prices[order.side === BUY ? 0 : makers.prices.length - 1]!;
      if (order.side === BUY ? best > order.price : best < order.price) break;
      for (const maker of makers.queues.get(best)!.values()) {
        const quantity = Math.min(order.remaining, maker.remaining);
        order.remaining -= quantity;
        maker.remaining -= quantity;
        trades.push({ maker: maker.id, taker: order.id, price: best, quantity });
        if (maker.remaining === 0) this.#remove(maker);
        if (order.remaining === 0) break;
      }
    }
    if (order.remaining > 0 && rests) {
      this.#orders.set(order.id, order);
      (order.side === BUY ? this.#bids : this.#asks).add(order);
    }
  }

  #remove(order: PlainOrder): void {
    this.#orders.delete(order.id);
    (order.side === BUY ? this.#bids : this.#asks).remove(order);
  }
}
