import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DatabasePool } from 'slonik';
import { pruneAccountEvents } from './db/account-events.ts';
import { pruneMails } from './db/mails.ts';

export interface Housekeeping {
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

const PAUSE_MS = 60_000;
const ACCOUNTS_A_STEP = 100;
/** How many frames of its private stream an account can go back, at least. */
const KEPT_FRAMES = 10_000;
/** How long it is known that a mail was sent; what it said is not. */
const KEPT_MAILS_MS = 30 * 24 * 60 * 60 * 1000;

/** Removes, in small steps and now and then, what nobody can ask for any more. Trading doesn't wait for it. */
export function startHousekeeping({ pool, log }: { pool: DatabasePool; log: Logger }): Housekeeping {
  const stopping = new AbortController();

  async function pruneFrames(): Promise<void> {
    let afterAccountId: number | undefined = 0;
    while (afterAccountId !== undefined && !stopping.signal.aborted) {
      afterAccountId = await pruneAccountEvents(pool, {
        keep: KEPT_FRAMES,
        afterAccountId,
        accounts: ACCOUNTS_A_STEP,
      });
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pause(PAUSE_MS, undefined, { signal: stopping.signal, ref: false });
        await pruneFrames();
        await pruneMails(pool, Date.now() - KEPT_MAILS_MS, Date.now());
      } catch (error) {
        if (!stopping.signal.aborted)
          log.warn({ err: error }, 'old private frames and mails could not be removed; trying again later');
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
