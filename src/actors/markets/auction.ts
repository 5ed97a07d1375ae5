import { BUY, SELL } from '../../domain/book/commands.ts';
import { EventBuffer } from '../../domain/book/events.ts';
import { type Clearing, clearingOf } from '../../domain/markets/call-auction.ts';
import { isContinuous } from '../../domain/markets/market-machine.ts';
import type { Execution } from './execution.ts';
import type { OpenMarket } from './open-market.ts';

/** Levels that a message of an auction may walk, on average, for the price that is published while it runs. */
const LEVELS_A_MESSAGE = 200;

/** Where an auction would trade now. It is found anew with every message, unless so much crosses that this would hold it up. */
export class IndicativePrice {
  #latest: Clearing | null = null;
  #messagesLeft = 0;

  /** null when the market is in no auction, or nothing would be traded. */
  of(on: OpenMarket): Clearing | null {
    if (on.status !== 'auction') {
      this.#latest = null;
      this.#messagesLeft = 0;
    } else if (this.#messagesLeft > 0) {
      this.#messagesLeft -= 1;
    } else {
      const [bids, asks] = [on.book.crossing(BUY), on.book.crossing(SELL)];
      this.#latest = clearingOf(bids, asks, on.lastPriceTicks);
      this.#messagesLeft = Math.floor((bids.length + asks.length) / LEVELS_A_MESSAGE);
    }
    return this.#latest;
  }
}

/**
 * Goes back to trading at once what meets: whatever crosses, because it was gathered without trading, trades at one price
 * first. Self-trade prevention has no part in it: at one price for all it doesn't matter who meets whom.
 * @returns whether all of it is done: what one message may not trade any more would trade at the same price
 */
function tradeGathered(on: OpenMarket, execution: Execution): boolean {
  const at = clearingOf(on.book.crossing(BUY), on.book.crossing(SELL), on.lastPriceTicks);
  if (at === null || at.volumeLots === 0n) return true;
  // The price was found anew; how far the market has moved is measured from it.
  on.restartBreaker();
  const events = new EventBuffer();
  const left = on.book.uncross(at.priceTicks, at.volumeLots, events);
  execution.apply(events);
  return left === 0n;
}

/** Gathers orders without trading until an operator, or the clock, ends it. */
export function beginAuction(on: OpenMarket, endsAtMs: number | null): void {
  on.status = 'auction';
  on.auctionEndsAtMs = endsAtMs;
  on.auctionOpensAs = 'open';
}

/**
 * Takes a market to another status. Where its auction makes more trades than one message may, it stays in one that is due: the
 * clock goes on with it before anything else.
 * @param status any but `auction`
 */
export function leaveAuction(on: OpenMarket, execution: Execution, status: OpenMarket['status']): void {
  if (isContinuous(status) && !tradeGathered(on, execution)) {
    on.status = 'auction';
    on.auctionEndsAtMs = execution.atMs;
    on.auctionOpensAs = status;
    return;
  }
  on.status = status;
  on.auctionEndsAtMs = null;
  on.auctionOpensAs = 'open';
}
