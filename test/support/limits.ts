import { createMemoryCounters } from '../../src/http/limits/counters.ts';
import type { RateLimits } from '../../src/http/limits/policies.ts';
import { RequestLimits } from '../../src/http/limits/request-limits.ts';

/** For tests of something else. */
export const NO_LIMITS: RateLimits = Object.freeze({
  addressPoints: 1e9,
  accountPoints: 1e9,
  keyPoints: 1e9,
  unfilledOrders: 1e9,
  unfilledOrdersADay: 1e9,
  socketsOfAddress: 1e9,
});

export function unlimitedRequests(): RequestLimits {
  return new RequestLimits(NO_LIMITS, createMemoryCounters(), Date.now);
}
