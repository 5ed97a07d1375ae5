import type { Counters } from '../limits/counters.ts';

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
export function createCodeLimits(counters: Counters): CodeLimits {
  const tries = counters.counter('code', WINDOW_SECONDS);
  return {
    async take(userId) {
      const { consumed, msLeft } = await tries.add(String(userId));
      return consumed > TRIES ? Math.max(1, Math.ceil(msLeft / 1_000)) : undefined;
    },
    async giveBack(userId) {
      await tries.add(String(userId), -1);
    },
  };
}
