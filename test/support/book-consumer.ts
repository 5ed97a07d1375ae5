import * as events from '../../src/domain/book/events.ts';
import type { BookEvent } from '../../src/domain/book/read-events.ts';

/** What a consumer that sees nothing but events knows: shown totals by level, and by order what is open and what it hides. */
export class BookConsumer {
  readonly levels = new Map<string, number>();
  readonly orders = new Map<number, { readonly open: number; readonly hidden: number }>();

  consume(told: readonly BookEvent[]): void {
    for (const event of told) this.#apply(event);
  }

  #apply(event: BookEvent): void {
    switch (event.kind) {
      case events.RESTED:
      case events.REFRESHED:
        this.#add(event.side, event.price, event.quantity);
        this.#set(event.id, event.quantity + event.hidden, event.hidden);
        break;
      case events.TRADE:
        this.#add(1 - event.takerSide, event.price, -event.quantity);
        this.#set(event.maker, event.makerRemaining, this.orders.get(event.maker)?.hidden);
        break;
      case events.CANCELED:
        if (event.reason.endsWith('_remainder')) break;
        this.#add(event.side, event.price, -event.quantity);
        this.orders.delete(event.id);
        break;
      case events.REPLACED:
        this.#add(event.side, event.oldPrice, -event.oldQuantity);
        this.orders.delete(event.id);
        break;
      case events.REDUCED:
        this.#add(event.side, event.price, -event.by);
        this.#set(event.id, event.quantity, event.hidden);
        break;
    }
  }

  #set(id: number, open: number, hidden = 0): void {
    if (open === 0) this.orders.delete(id);
    else this.orders.set(id, { open, hidden });
  }

  #add(side: number, price: number, lots: number): void {
    const key = `${side}@${price}`;
    const total = (this.levels.get(key) ?? 0) + lots;
    if (total === 0) this.levels.delete(key);
    else this.levels.set(key, total);
  }
}
