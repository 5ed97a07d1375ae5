import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';

/** A count that goes on in a fixed window. */
export interface Counter {
  /** Adds points, negative ones give back. Answers what was consumed and for how long it counts. */
  add(name: string, points?: number): Promise<{ readonly consumed: number; readonly msLeft: number }>;
}

/** Counts along; what the store has counted is told later, or never. */
export type SharedCount = (
  name: string,
  points: number,
  onTold: (told: { readonly consumed: number; readonly endsAtMs: number }) => void,
) => void;

/** Where is counted: in this process's memory, or in a Redis that several share. */
export interface Counters {
  /** @param purpose keeps counts apart */
  counter(purpose: string, seconds: number): Counter;
  /** undefined where nobody else counts. */
  shared(purpose: string, seconds: number): SharedCount | undefined;
  close(): Promise<void>;
}

export function createMemoryCounters(): Counters {
  return {
    counter: (purpose, seconds) => counterOf(memoryLimiter(purpose, seconds)),
    shared: () => undefined,
    close: async () => {},
  };
}

/** A reply of Redis that takes longer is not waited for. */
const COMMAND_TIMEOUT_MS = 250;

/**
 * Counts in Redis. While that can't be reached each process counts for itself: limits go on to hold, and nobody waits.
 */
export function createRedisCounters(url: string, log: Logger): Counters {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (tries) => Math.min(tries * 100, 2_000),
  });
  let isAway = false;
  redis.on('error', (error) => {
    if (!isAway) log.warn({ err: error }, 'Redis can’t be reached: limits are counted in memory meanwhile');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) log.info('Redis is back: limits are shared again');
    isAway = false;
  });
  const counter = (purpose: string, seconds: number): Counter =>
    counterOf(
      new RateLimiterRedis({
        storeClient: redis,
        rejectIfRedisNotReady: true,
        keyPrefix: `bourse:${purpose}`,
        points: Number.MAX_SAFE_INTEGER,
        duration: seconds,
        insuranceLimiter: memoryLimiter(purpose, seconds),
      }),
    );
  return {
    counter,
    shared(purpose, seconds) {
      const { add } = counter(purpose, seconds);
      return (name, points, onTold) => {
        // What was counted in memory since is known here already.
        if (isAway) return;
        add(name, points).then(
          ({ consumed, msLeft }) => onTold({ consumed, endsAtMs: Date.now() + msLeft }),
          (error: unknown) => log.debug({ err: error }, 'a shared count failed'),
        );
      };
    },
    async close() {
      redis.disconnect();
    },
  };
}

function memoryLimiter(purpose: string, seconds: number): RateLimiterMemory {
  return new RateLimiterMemory({ keyPrefix: purpose, points: Number.MAX_SAFE_INTEGER, duration: seconds });
}

/** The limiter only counts: what is too much is for who asks. */
function counterOf(limiter: RateLimiterAbstract): Counter {
  return {
    async add(name, points = 1) {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(name, points);
      return { consumed: consumedPoints, msLeft: Math.max(0, msBeforeNext) };
    },
  };
}
