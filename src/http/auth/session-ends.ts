import type { Logger } from 'pino';
import type { DatabasePool } from 'slonik';
import { recentlyRevokedKeys } from '../../db/api-keys.ts';
import { recentlyEndedSessions } from '../../db/sessions.ts';
import { sessionOfKey } from './key-sessions.ts';
import type { TokenVerifier } from './tokens.ts';

const INTERVAL_MS = 500;
/** A transaction that ends a session may be that old when its commit is seen. */
const SLACK_SECONDS = 10;

export interface SessionEndWatch {
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * Hears of sessions and keys that another process ended, another gateway or the command line, so that they are refused here within a
 * second. It asks twice a second: a notification could be missed while a connection is away, a row can't.
 */
export function watchSessionEnds(pool: DatabasePool, tokens: TokenVerifier, log: Logger): SessionEndWatch {
  let heardAtMs = performance.now();
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, INTERVAL_MS);
  timer.unref();

  async function look(): Promise<void> {
    const beganAtMs = performance.now();
    try {
      const seconds = Math.ceil((beganAtMs - heardAtMs) / 1000) + SLACK_SECONDS;
      for (const sessionId of await recentlyEndedSessions(pool, seconds)) tokens.sessionEnded(sessionId);
      for (const keyId of await recentlyRevokedKeys(pool, seconds)) tokens.sessionEnded(sessionOfKey(keyId));
      heardAtMs = beganAtMs;
    } catch (error) {
      // The next look goes back as far as this one would have.
      log.debug({ err: error }, 'sessions that ended elsewhere could not be read');
    }
  }

  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
