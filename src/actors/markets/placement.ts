import { writePlace, writeReplace } from '../../domain/book/commands.ts';
import { isContinuous } from '../../domain/markets/market-machine.ts';
import { type OrderReason, rests } from '../../domain/orders/order.ts';
import { isWorking } from '../../domain/orders/order-machine.ts';
import { beginAuction } from './auction.ts';
import type { Execution } from './execution.ts';
import { BOOK_TIMES_IN_FORCE, type OpenMarket, SELF_TRADE_MODES, SIDES } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';

/** Why an order ends whose rest may not wait. */
const REMAINDERS: ReadonlySet<OrderReason> = new Set([
  'immediate_or_cancel',
  'insufficient_liquidity',
] as const);

/** How an order comes to the book: repriced, gathered by an auction, or held within what the circuit breaker allows. */
export class Placement {
  readonly #on: OpenMarket;
  readonly #execution: Execution;

  constructor(on: OpenMarket, execution: Execution) {
    this.#on = on;
    this.#execution = execution;
  }

  /** A new order, or one that has waited until now. */
  place(order: LiveOrder): void {
    order.priceTicks = this.#on.repriced(order, order.priceTicks, order.quantityLots);
    const limitTicks = this.#on.withinCorridor(order, order.priceTicks, this.#execution.atMs);
    if (limitTicks === order.priceTicks) this.#place(order, limitTicks);
    else if (this.#on.reaches(order, limitTicks)) this.#placeWithin(order, limitTicks);
    else this.#halt(order);
  }

  /** An order that leaves its place and comes back at the end of the queue, with so much open. */
  replace(order: LiveOrder, priceTicks: number, quantityLots: number): void {
    const limitTicks = this.#on.withinCorridor(order, priceTicks, this.#execution.atMs);
    if (limitTicks === priceTicks) this.#replace(order, priceTicks, quantityLots, !this.#isContinuous());
    else if (this.#on.reaches(order, limitTicks)) {
      this.#replace(order, limitTicks, quantityLots, false);
      if (isWorking(order.status)) this.#goOn(order, priceTicks);
    } else {
      this.#trip();
      this.#replace(order, priceTicks, quantityLots, true);
    }
  }

  #place(order: LiveOrder, priceTicks: number): void {
    const unmatched = !this.#isContinuous();
    this.#execution.enter(order);
    const events = this.#on.tellBook((buffer) =>
      writePlace(buffer, 0, {
        id: order.bookId,
        side: SIDES[order.side],
        priceTicks,
        quantityLots: order.quantityLots,
        timeInForce: BOOK_TIMES_IN_FORCE[order.timeInForce],
        quoteBudget: order.quoteBudget,
        minimumLots: order.terms?.minimumLots ?? 0,
        postOnly: order.postOnly,
        owner: order.tradeGroup,
        selfTrade: SELF_TRADE_MODES[order.selfTrade],
        displayLots: order.terms?.iceberg?.displayLots ?? 0,
        unmatched,
      }),
    );
    this.#execution.apply(events);
  }

  /** Trades as far as the breaker allows. */
  #placeWithin(order: LiveOrder, limitTicks: number): void {
    const { priceTicks } = order;
    this.#place(order, limitTicks);
    if (isWorking(order.status)) {
      this.#execution.amend(order, priceTicks, order.quantityLots);
      this.#goOn(order, priceTicks);
    } else if (REMAINDERS.has(order.reason) && this.#on.reaches(order, priceTicks)) {
      this.#trip();
      order.reason = 'market_halted';
    }
  }

  /** What is left of an order gets its own price. Where it would trade on there the market halts, and it is gathered. */
  #goOn(order: LiveOrder, priceTicks: number): void {
    const halts = this.#on.reaches(order, priceTicks);
    if (halts) this.#trip();
    this.#replace(order, priceTicks, order.quantityLots - order.filledLots, halts);
  }

  /** The next trade would be beyond what the breaker allows: nothing trades, and an auction begins. */
  #halt(order: LiveOrder): void {
    this.#trip();
    if (rests(order.timeInForce)) this.#place(order, order.priceTicks);
    else this.#execution.end(order, 'canceled', 'market_halted');
  }

  #trip(): void {
    const { breaker } = this.#on.market;
    beginAuction(this.#on, this.#execution.atMs + (breaker?.auctionMs ?? 0));
  }

  #isContinuous(): boolean {
    return isContinuous(this.#on.status);
  }

  #replace(order: LiveOrder, priceTicks: number, quantityLots: number, unmatched: boolean): void {
    const events = this.#on.tellBook((buffer) =>
      writeReplace(buffer, 0, {
        id: order.bookId,
        priceTicks,
        quantityLots,
        postOnly: order.postOnly,
        owner: order.tradeGroup,
        selfTrade: SELF_TRADE_MODES[order.selfTrade],
        displayLots: order.terms?.iceberg?.displayLots ?? 0,
        unmatched,
      }),
    );
    this.#execution.apply(events);
  }
}
