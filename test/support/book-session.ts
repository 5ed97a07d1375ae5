import { type Book, createBook } from '../../src/domain/book/book.ts';
import type { PriceBounds } from '../../src/domain/book/book-state.ts';
import {
  BUY,
  COMMAND_WORDS,
  GTC,
  type PlaceCommand,
  SELL,
  type Side,
} from '../../src/domain/book/commands.ts';
import {
  ACCEPTED,
  CANCEL_REFUSED,
  CANCELED,
  CROSSED,
  EventBuffer,
  PREVENTED,
  REDUCE_REFUSED,
  REDUCED,
  REFRESHED,
  REJECTED,
  REPLACE_REFUSED,
  REPLACED,
  RESTED,
  STOPPED,
  TRADE,
} from '../../src/domain/book/events.ts';
import { type BookEvent, readEvents } from '../../src/domain/book/read-events.ts';
import { type BookCommand, writeCommand } from './book-command.ts';

/** A book to talk to in tests: commands as objects, events as one short line each. */
export class BookSession {
  readonly book: Book = createBook();

  /** Executes one command; outside of the bounds nothing trades. */
  run(command: BookCommand, bounds?: PriceBounds): string[] {
    const buffer = new Float64Array(COMMAND_WORDS);
    writeCommand(buffer, 0, command);
    const events = new EventBuffer();
    this.book.execute(buffer, 1, events, bounds);
    return readEvents(events).map(describe);
  }

  buy(id: number, priceTicks: number, quantityLots: number, options: Partial<PlaceCommand> = {}): string[] {
    return this.#place({ id, side: BUY, priceTicks, quantityLots, timeInForce: GTC, ...options });
  }

  sell(id: number, priceTicks: number, quantityLots: number, options: Partial<PlaceCommand> = {}): string[] {
    return this.#place({ id, side: SELL, priceTicks, quantityLots, timeInForce: GTC, ...options });
  }

  /** `id:shown@price` or `id:shown+hidden@price` of every resting order, best first. */
  queue(side: Side): string[] {
    const orders: string[] = [];
    this.book.forEachResting(side, (id, _side, price, shown, hidden) =>
      orders.push(`${id}:${shown}${hidden > 0 ? `+${hidden}` : ''}@${price}`),
    );
    return orders;
  }

  #place(command: PlaceCommand): string[] {
    return this.run({ op: 'place', ...command });
  }
}

const sides = ['buy', 'sell'] as const;

function describe(event: BookEvent): string {
  switch (event.kind) {
    case CROSSED:
      return `crossed ${event.buy} buys ${event.quantity}@${event.price} from ${event.sell}, left ${event.buyRemaining} and ${event.sellRemaining}`;
    case ACCEPTED:
      return `accepted ${event.id} ${sides[event.side]} ${event.quantity}@${event.price}`;
    case STOPPED:
      return `stopped ${event.id} ${sides[event.side]} ${event.quantity}@${event.price}`;
    case RESTED:
      return `rested ${event.id} ${sides[event.side]} ${event.quantity}@${event.price}${hides(event.hidden)}`;
    case REFRESHED:
      return `refreshed ${event.id} ${sides[event.side]} ${event.quantity}@${event.price}${hides(event.hidden)}`;
    case TRADE:
      return `trade ${match(event)}`;
    case PREVENTED:
      return `prevented ${match(event)}`;
    case CANCELED:
      return `canceled ${event.id} ${sides[event.side]} ${event.quantity}@${event.price} ${event.reason}${hides(event.hidden)}`;
    case REPLACED:
      return `replaced ${event.id} ${sides[event.side]} ${event.oldQuantity}@${event.oldPrice}${hides(event.oldHidden)} by ${event.quantity}@${event.price}`;
    case REDUCED:
      return `reduced ${event.id} ${sides[event.side]} by ${event.by} to ${event.quantity}@${event.price}${hides(event.hidden)}`;
    case REJECTED:
      return `rejected ${event.id} ${event.reason}`;
    case CANCEL_REFUSED:
      return `cancel refused ${event.id} ${event.reason}`;
    case REPLACE_REFUSED:
      return `replace refused ${event.id} ${event.reason}`;
    case REDUCE_REFUSED:
      return `reduce refused ${event.id} ${event.reason}`;
  }
}

function match(event: Extract<BookEvent, { kind: typeof TRADE | typeof PREVENTED }>): string {
  return `${event.taker} ${sides[event.takerSide]}s ${event.quantity}@${event.price} from ${event.maker}, left ${event.takerRemaining} and ${event.makerRemaining}`;
}

function hides(lots: number): string {
  return lots > 0 ? `, hides ${lots}` : '';
}
