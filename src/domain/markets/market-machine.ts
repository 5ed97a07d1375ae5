import { createMachine } from 'xstate';
import { compileLifecycle } from '../lifecycle.ts';
import type { TimeInForce } from '../orders/order.ts';
import { rests } from '../orders/order.ts';
import type { MarketStatus } from './market.ts';

/** Named for the status that they lead to. */
export type MarketEvent = Exclude<MarketStatus, 'pending'>;

/**
 * The life of a market. An operator moves it, and in `auction` also the circuit breaker. Setting a status again changes
 * nothing; what is closed stays closed.
 */
export const marketMachine = createMachine({
  id: 'market',
  initial: 'open',
  states: {
    pending: { on: { auction: 'auction', open: 'open', post_only: 'post_only', closed: 'closed' } },
    open: {
      on: {
        post_only: 'post_only',
        cancel_only: 'cancel_only',
        halted: 'halted',
        auction: 'auction',
        closed: 'closed',
      },
    },
    post_only: {
      on: {
        open: 'open',
        cancel_only: 'cancel_only',
        halted: 'halted',
        auction: 'auction',
        closed: 'closed',
      },
    },
    cancel_only: {
      on: { open: 'open', post_only: 'post_only', halted: 'halted', auction: 'auction', closed: 'closed' },
    },
    halted: {
      on: {
        open: 'open',
        post_only: 'post_only',
        cancel_only: 'cancel_only',
        auction: 'auction',
        closed: 'closed',
      },
    },
    auction: {
      on: {
        open: 'open',
        post_only: 'post_only',
        cancel_only: 'cancel_only',
        halted: 'halted',
        closed: 'closed',
      },
    },
    closed: { type: 'final' },
  },
});

/** Status after an event; undefined when it is refused (the market is there already, or can’t get there). */
export const nextMarketStatus = compileLifecycle<MarketStatus, MarketEvent>(marketMachine);

/** Why a market does not take an order or an amend. */
export type MarketClosure =
  | 'market_auction'
  | 'market_cancel_only'
  | 'market_closed'
  | 'market_halted'
  | 'market_pending'
  | 'market_post_only';

/** What of an order says whether a market takes it now. */
export interface Entry {
  readonly postOnly: boolean;
  readonly timeInForce: TimeInForce;
  /** Whether it waits for a stop price. */
  readonly waits: boolean;
}

/**
 * Why a market with this status refuses a new or amended order; undefined when it takes it. Cancels are always taken. An
 * auction gathers what rests or waits; a post-only market takes what never trades at once.
 */
export function refusalForOrder(status: MarketStatus, entry: Entry): MarketClosure | undefined {
  switch (status) {
    case 'open':
      return undefined;
    case 'post_only':
      return entry.postOnly ? undefined : 'market_post_only';
    case 'auction':
      return entry.waits || rests(entry.timeInForce) ? undefined : 'market_auction';
    case 'cancel_only':
      return 'market_cancel_only';
    case 'halted':
      return 'market_halted';
    case 'pending':
      return 'market_pending';
    case 'closed':
      return 'market_closed';
  }
}

/** What orders trade in as soon as they meet. */
export type Continuous = Extract<MarketStatus, 'open' | 'post_only'>;

export function isContinuous(status: MarketStatus): status is Continuous {
  return status === 'open' || status === 'post_only';
}

/** Whether orders that have reached their stop price enter the market: most of them take. */
export function firesStops(status: MarketStatus): boolean {
  return status === 'open';
}

/** For people: what a market with this status takes. */
export const CLOSURE_DETAILS = Object.freeze({
  market_auction: 'The market is in an auction: it takes orders that rest or wait, and cancels.',
  market_cancel_only: 'The market takes cancels only.',
  market_closed: 'The market is closed for good.',
  market_halted: 'The market is halted.',
  market_pending: 'The market is not open yet.',
  market_post_only: 'The market takes post-only orders only.',
} as const satisfies Record<MarketClosure, string>);
