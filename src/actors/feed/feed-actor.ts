import { type ActorRef, type CrashPolicy, type ParentRef, spawnActor, tell } from '../actor.ts';
import type { MarketCommitted } from '../effects.ts';
import type { PublicEvent } from '../ports.ts';
import type { Feed } from './feed.ts';

export type FeedMessage = MarketCommitted | { readonly type: 'flush' };

export interface FeedActorOptions {
  readonly symbol: string;
  readonly feed: Feed;
  /** Takes each event, in order; must not throw. */
  readonly publish: (event: PublicEvent) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly onCrash: CrashPolicy<FeedMessage>;
}

/** The actor `feed-<symbol>`. */
export interface FeedActor {
  readonly ref: ActorRef<FeedMessage>;
  /** Tells nothing any more. */
  stop(): void;
}

/** Spawns the actor that keeps the feed of a market and tells what is due as soon as it is due. */
export function spawnFeedActor(parent: ParentRef, options: FeedActorOptions): FeedActor {
  const { feed, publish } = options;
  const now = forwardOnly(options.now);
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;
  let stopped = false;

  function tellWhatIsDue(atMs: number): void {
    const startedAt = performance.now();
    for (const event of feed.flush(atMs)) publish(event);
    // Gateways write to their sockets at the end of this turn of the event loop, before this.
    setImmediate(() => feed.adaptTo(performance.now() - startedAt));
  }

  function flushAndSchedule(): void {
    if (stopped) return;
    const atMs = now();
    if (feed.nextFlushAtMs() <= atMs) tellWhatIsDue(atMs);
    const dueAtMs = feed.nextFlushAtMs();
    if (dueAtMs === timerAtMs) return;
    clearTimeout(timer);
    timer = undefined;
    timerAtMs = dueAtMs;
    if (dueAtMs === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(
      () => {
        timerAtMs = Number.POSITIVE_INFINITY;
        tell(ref, { type: 'flush' });
      },
      Math.max(0, dueAtMs - atMs),
    );
    // What is left to tell is no reason to keep the process.
    timer.unref();
  }

  const ref = spawnActor<FeedMessage>(
    parent,
    `feed-${options.symbol}`,
    (message) => {
      if (message.type === 'committed') feed.apply(message);
      flushAndSchedule();
    },
    options.onCrash,
  );
  tell(ref, { type: 'flush' });
  return {
    ref,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** When a clock is set back, goes on from where it was: what is due in 40 ms must not wait for an hour. */
function forwardOnly(now: () => number): () => number {
  let lastMs = Number.NEGATIVE_INFINITY;
  let aheadMs = 0;
  return () => {
    const atMs = now() + aheadMs;
    if (atMs < lastMs) {
      aheadMs += lastMs - atMs;
      return lastMs;
    }
    lastMs = atMs;
    return atMs;
  };
}
