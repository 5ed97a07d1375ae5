import { writePlace, writeReplace } from '../../domain/book/commands.ts';
import { isContinuous } from '../../domain/markets/market-machine.ts';
import type { Execution } from './execution.ts';
import { BOOK_TIMES_IN_FORCE, type OpenMarket, SELF_TRADE_MODES, SIDES } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';

/** How an order comes to the book: repriced, gathered by an auction, or held within what the circuit breaker allows. */

/** A new order, or one that has waited until now. */
export function placeOrder(on: OpenMarket, execution: Execution, order: LiveOrder): void {
  order.priceTicks = on.repriced(order, order.priceTicks, order.quantityLots);
  execution.enter(order);
  const { priceTicks, quantityLots, quoteBudget, terms } = order;
  const events = on.tellBook(
    (buffer) =>
      writePlace(buffer, 0, {
        id: order.bookId,
        side: SIDES[order.side],
        priceTicks,
        quantityLots,
        timeInForce: BOOK_TIMES_IN_FORCE[order.timeInForce],
        quoteBudget,
        // Less than that may be left of it: what pays for a leg has a fee taken from it.
        minimumLots: Math.min(terms?.minimumLots ?? 0, quantityLots),
        postOnly: on.isPassive(order),
        owner: order.tradeGroup,
        selfTrade: SELF_TRADE_MODES[order.selfTrade],
        displayLots: terms?.iceberg?.displayLots ?? 0,
        unmatched: !isContinuous(on.status),
      }),
    on.corridorFor(order, priceTicks, execution.atMs),
  );
  execution.apply(events);
}

/** An amended order that leaves its place and comes back at the end of the queue, with so much open. */
export function replaceResting(
  on: OpenMarket,
  execution: Execution,
  order: LiveOrder,
  priceTicks: number,
  quantityLots: number,
): void {
  const events = on.tellBook(
    (buffer) =>
      writeReplace(buffer, 0, {
        id: order.bookId,
        priceTicks,
        quantityLots,
        postOnly: on.isPassive(order),
        owner: order.tradeGroup,
        selfTrade: SELF_TRADE_MODES[order.selfTrade],
        displayLots: order.terms?.iceberg?.displayLots ?? 0,
        unmatched: !isContinuous(on.status),
      }),
    on.corridorFor(order, priceTicks, execution.atMs),
  );
  execution.apply(events);
}
