import type { MarketEffect } from '../../src/actors/effects.ts';
import type { OpenMarket } from '../../src/actors/markets/open-market.ts';
import type { LiveOrder } from '../../src/actors/markets/order-table.ts';
import { BUY, SELL, type Side } from '../../src/domain/book/commands.ts';
import { formatPrice, formatQuantity, type Market } from '../../src/domain/markets/market.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { isWaiting } from '../../src/domain/orders/order-machine.ts';
import type { OrderRef, Trade } from '../../src/domain/trade.ts';

/** Says in words what happened and how things stand. */
export class Telling {
  readonly #market: Market;
  readonly #nameOf: (ref: OrderRef) => string;

  constructor(market: Market, nameOf: (ref: OrderRef) => string) {
    this.#market = market;
    this.#nameOf = nameOf;
  }

  /** The trades, the prevented ones, then every order that was changed. */
  effect({ trades, preventions, orders }: MarketEffect): string[] {
    return [
      ...trades.map((trade) => this.#trade(trade)),
      ...preventions.map(
        ({ quantityLots, priceTicks, taker, maker }) =>
          `prevented ${this.#at(quantityLots, priceTicks)}: ${this.#nameOf(taker)} with ${this.#nameOf(maker)}`,
      ),
      ...orders.map(({ order }) => `${this.#nameOf(order)} ${this.#state(order)}`),
    ];
  }

  /** A side of the book: best price first, then as they stand in the queue. */
  book({ book, orders }: OpenMarket, side: Side): string[] {
    const lines: string[] = [];
    book.forEachResting(side, (id, _, priceTicks, shown, hidden) => {
      const name = this.#nameOf(orders.at(id));
      const more = hidden > 0 ? ` (+${formatQuantity(this.#market, hidden)} hidden)` : '';
      lines.push(
        `${formatQuantity(this.#market, shown)}${more} @ ${formatPrice(this.#market, priceTicks)} ${name}`,
      );
    });
    return lines;
  }

  bids(market: OpenMarket): string[] {
    return this.book(market, BUY);
  }

  asks(market: OpenMarket): string[] {
    return this.book(market, SELL);
  }

  /** Orders outside of the book, in the order in which they would fire: up, down, and legs that another order opens. */
  waiting(orders: readonly LiveOrder[]): string[] {
    const waiting = orders.filter(({ status }) => isWaiting(status));
    const rank = ({ status, terms }: LiveOrder) =>
      status === 'pending' ? 2 : terms?.trigger?.fires === 'above' ? 0 : 1;
    const distance = (order: LiveOrder) => {
      const { stopTicks = 0, fires = 'above' } = order.terms?.trigger ?? {};
      return order.status === 'pending' ? 0 : fires === 'above' ? stopTicks : -stopTicks;
    };
    return waiting
      .sort((a, b) => rank(a) - rank(b) || distance(a) - distance(b) || a.priority - b.priority)
      .map((order) => `${this.#nameOf(order)} ${this.#state(order)}`.replace(' waits ', ' '));
  }

  #trade({ quantityLots, priceTicks, takerSide, taker, maker }: Trade): string {
    const does = takerSide === 'buy' ? 'buys from' : 'sells to';
    return `trade ${this.#at(quantityLots, priceTicks)}: ${this.#nameOf(taker)} ${does} ${this.#nameOf(maker)}`;
  }

  #at(lots: number, priceTicks: number): string {
    return `${formatQuantity(this.#market, lots)} at ${formatPrice(this.#market, priceTicks)}`;
  }

  #state({ status, reason, filledLots, terms }: Order): string {
    const filled = formatQuantity(this.#market, filledLots);
    switch (status) {
      case 'partially_filled':
        return `partially_filled ${filled}`;
      case 'canceled':
        return filledLots > 0 ? `canceled after ${filled}: ${reason}` : `canceled: ${reason}`;
      case 'rejected':
        return `rejected: ${reason}`;
      case 'untriggered': {
        const { fires, stopTicks } = terms!.trigger!;
        return `waits ${fires} ${formatPrice(this.#market, stopTicks)}`;
      }
      default:
        return status;
    }
  }
}
