import { BUY, SELL } from '../../domain/book/commands.ts';
import { EventBuffer } from '../../domain/book/events.ts';
import { type Clearing, clearingOf } from '../../domain/markets/call-auction.ts';
import { isContinuous } from '../../domain/markets/market-machine.ts';
import type { Execution } from './execution.ts';
import type { OpenMarket } from './open-market.ts';

/** Where the auction of a market would trade now; null when it is in none, or nothing would be traded. */
export function clearingNow(on: OpenMarket): Clearing | null {
  return on.status === 'auction' ? clearing(on) : null;
}

/**
 * Goes back to trading at once what meets: whatever crosses, because it was gathered without trading, trades at one price
 * first. Self-trade prevention has no part in it: at one price for all it doesn't matter who meets whom.
 */
export function tradeGathered(on: OpenMarket, execution: Execution): void {
  const at = clearing(on);
  if (at === null || at.volumeLots === 0n) return;
  // The price was found anew; how far the market has moved is measured from it.
  on.restartBreaker();
  const events = new EventBuffer();
  on.book.uncross(at.priceTicks, at.volumeLots, events);
  execution.apply(events);
}

/** Gathers orders without trading until an operator, or the clock, ends it. */
export function beginAuction(on: OpenMarket, endsAtMs: number | null): void {
  on.status = 'auction';
  on.auctionEndsAtMs = endsAtMs;
}

/** @param status any but `auction` */
export function leaveAuction(on: OpenMarket, execution: Execution, status: OpenMarket['status']): void {
  on.status = status;
  on.auctionEndsAtMs = null;
  if (isContinuous(status)) tradeGathered(on, execution);
}

function clearing(on: OpenMarket): Clearing | null {
  return clearingOf(on.book.crossing(BUY), on.book.crossing(SELL), on.lastPriceTicks);
}
