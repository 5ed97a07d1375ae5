import type { Context, Middleware } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { sendProblem } from '../problem.ts';

/** How many tries within a window. */
export interface AttemptLimits {
  readonly windowSeconds: number;
  /** From one address (IP) for one person: slows guessing his password. */
  readonly perAddressAndPerson: number;
  /** From one address for all: slows trying one password on many people, and filling the user table. */
  readonly perAddress: number;
}

export const DEFAULT_ATTEMPT_LIMITS: AttemptLimits = Object.freeze({
  windowSeconds: 15 * 60,
  perAddressAndPerson: 20,
  perAddress: 1_000,
});

/**
 * Limits sign-ins, registrations and whatever else takes a password, in memory; beyond, 429 `too_many_requests` with Retry-After. It counts tries,
 * right or wrong, before a password is looked at, so that the limit also bounds the cost. After `validate`.
 * @param personOf names whose password is tried
 */
// biome-ignore lint/suspicious/noExplicitAny: any lets the router take a route's state from its validating layer.
export function limitAttempts(limits: AttemptLimits, personOf: (ctx: Context) => string): Middleware<any> {
  const { windowSeconds: duration, perAddressAndPerson, perAddress } = limits;
  const pairs = new RateLimiterMemory({ keyPrefix: 'pair', points: perAddressAndPerson, duration });
  const addresses = new RateLimiterMemory({ keyPrefix: 'address', points: perAddress, duration });
  return async (ctx: Context, next) => {
    try {
      await addresses.consume(ctx.ip);
      await pairs.consume(`${ctx.ip} ${personOf(ctx)}`);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      sendProblem(ctx, 'too_many_requests', 'Too many attempts: wait and try again.', { retryAfterSeconds });
      return;
    }
    await next();
  };
}
