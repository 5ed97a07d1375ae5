import type { Claims } from './auth/tokens.ts';

/** What the middleware leaves for a route in `ctx.state`. */
export interface RequestState {
  /** Names the request in replies and logs. */
  requestId: string;
  /** Who asks: set by `authenticate`, so only routes behind it may read it. */
  claims: Claims;
}
