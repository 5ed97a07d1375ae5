import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Tries at a user's codes, right ones given back: a code has a million values, and three of them are good. */
const TRIES = 10;
const WINDOW_SECONDS = 60 * 60;

export interface CodeLimits {
  /** Counts a try before the code is looked at, so that many at once count as well. Answers how long to wait, in seconds. */
  take(userId: number): Promise<number | undefined>;
  /** The code was right. */
  giveBack(userId: number): Promise<void>;
}

/**
 * Limits guesses at codes for each user, from wherever they come. Only who knows his password, or has a session of his, can
 * use them up.
 */
export function createCodeLimits(): CodeLimits {
  const tries = new RateLimiterMemory({ keyPrefix: 'code', points: TRIES, duration: WINDOW_SECONDS });
  return {
    async take(userId) {
      try {
        await tries.consume(userId);
        return undefined;
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        return Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      }
    },
    async giveBack(userId) {
      await tries.reward(userId);
    },
  };
}
