import { createMachine } from 'xstate';
import { compileLifecycle } from './lifecycle.ts';
import type { MarketStatus } from './market.ts';

export type MarketEvent = 'open' | 'post_only' | 'cancel_only' | 'halted';

/** The life of a market: an operator moves it between these while it runs. Setting a status again changes nothing. */
export const marketMachine = createMachine({
  id: 'market',
  initial: 'open',
  states: {
    open: { on: { post_only: 'post_only', cancel_only: 'cancel_only', halted: 'halted' } },
    post_only: { on: { open: 'open', cancel_only: 'cancel_only', halted: 'halted' } },
    cancel_only: { on: { open: 'open', post_only: 'post_only', halted: 'halted' } },
    halted: { on: { open: 'open', post_only: 'post_only', cancel_only: 'cancel_only' } },
  },
});

/** Status after an event; undefined when it is refused (the market is there already). */
export const nextMarketStatus = compileLifecycle<MarketStatus, MarketEvent>(marketMachine);

/** Why a market with this status refuses a new or amended order; undefined when it takes it. Cancels are always taken. */
export function refusalForOrder(
  status: MarketStatus,
  postOnly: boolean,
): 'market_halted' | 'market_cancel_only' | 'market_post_only' | undefined {
  if (status === 'halted') return 'market_halted';
  if (status === 'cancel_only') return 'market_cancel_only';
  if (status === 'post_only' && !postOnly) return 'market_post_only';
  return undefined;
}
