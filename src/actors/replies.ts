import type { Reply } from './effects.ts';

/**
 * Who waits for which answer. nact's own queries give a reply reference 31 random bits, which collide under load;
 * here correlation ids count up, and one timer watches over all of them.
 */
export interface Replies {
  /** A new correlation id and the promise of its answer; undefined when none came in time. */
  expect(): { readonly replyTo: number; readonly reply: Promise<Reply | undefined> };
  /** Answers who waits under the id. 0 means nobody; an id that is gone means that he stopped waiting. */
  resolve(replyTo: number, reply: Reply): void;
  /** Answers undefined to all who still wait, and from now on to whoever asks. */
  close(): void;
  readonly waiting: number;
  readonly isClosed: boolean;
}

interface Waiter {
  readonly resolve: (reply: Reply | undefined) => void;
  readonly deadlineMs: number;
}

const SWEEP_INTERVAL_MS = 100;

/** @param timeoutMs how long an answer is waited for before its outcome counts as unknown */
export function createReplies(timeoutMs: number): Replies {
  const waiters = new Map<number, Waiter>();
  let lastId = 0;
  let isClosed = false;
  // Ids count up and the time-out is one for all, so the map is in the order of the deadlines.
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const [id, waiter] of waiters) {
      if (waiter.deadlineMs > now) break;
      waiters.delete(id);
      waiter.resolve(undefined);
    }
  }, SWEEP_INTERVAL_MS);
  sweep.unref();

  return {
    expect() {
      lastId += 1;
      const replyTo = lastId;
      // Nobody would wake him: the timer is gone.
      if (isClosed) return { replyTo, reply: Promise.resolve(undefined) };
      const reply = new Promise<Reply | undefined>((resolve) => {
        waiters.set(replyTo, { resolve, deadlineMs: performance.now() + timeoutMs });
      });
      return { replyTo, reply };
    },
    resolve(replyTo, reply) {
      const waiter = waiters.get(replyTo);
      if (waiter === undefined) return;
      waiters.delete(replyTo);
      waiter.resolve(reply);
    },
    close() {
      isClosed = true;
      clearInterval(sweep);
      for (const waiter of waiters.values()) waiter.resolve(undefined);
      waiters.clear();
    },
    get isClosed() {
      return isClosed;
    },
    get waiting() {
      return waiters.size;
    },
  };
}
