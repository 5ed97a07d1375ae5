import { ExpiryQueue } from '../domain/expiry-queue.ts';
import { type ActorRef, type ParentRef, spawnActor, tell } from './actor.ts';
import { createAlarm } from './alarm.ts';
import type { Effect } from './effects.ts';

export type CountdownMessage =
  /** Begins an account's countdown anew, or with 0 ends it. */
  | {
      readonly type: 'setCountdown';
      readonly accountId: number;
      readonly durationMs: number;
      readonly replyTo: number;
    }
  | { readonly type: 'clock' };

export interface CountdownPorts {
  readonly clock: { now(): number };
  tellSettlement(effect: Effect): void;
  /** Cancels all orders of an account, in all markets. */
  cancelAll(accountId: number): void;
  onError(error: unknown): void;
}

/** A running countdown: when its account's orders are canceled, in milliseconds since the Unix epoch. */
export type Countdown = readonly [accountId: number, expiresAtMs: number];

export interface Countdowns {
  readonly ref: ActorRef<CountdownMessage>;
  stop(): void;
}

/**
 * Spawns the actor of the dead-man's switch: an account whose client stops renewing its countdown has its orders canceled.
 * Countdowns are in the log and the database, so that one that runs out while the exchange is down is due when it is back.
 */
export function spawnCountdowns(
  parent: ParentRef,
  running: readonly Countdown[],
  ports: CountdownPorts,
): Countdowns {
  const byAccount = new Map<number, Countdown>();
  const queue = new ExpiryQueue<Countdown>((a, b) => a[1] - b[1] || a[0] - b[0]);
  const alarm = createAlarm(ports.clock.now, () => tell(ref, { type: 'clock' }));

  function start(countdown: Countdown): void {
    byAccount.set(countdown[0], countdown);
    queue.add(countdown);
  }

  function end(accountId: number): void {
    const countdown = byAccount.get(accountId);
    if (countdown === undefined) return;
    byAccount.delete(accountId);
    queue.remove(countdown);
  }

  function nextAtMs(): number {
    return queue.first?.[1] ?? Number.POSITIVE_INFINITY;
  }

  function settle(accountId: number, expires: number | null, replyTo: number): void {
    const atMs = ports.clock.now();
    ports.tellSettlement({ type: 'countdownEffect', atMs, accountId, expiresAtMs: expires, replyTo });
  }

  function fireDue(): void {
    const nowMs = ports.clock.now();
    for (let next = queue.first; next !== undefined && next[1] <= nowMs; next = queue.first) {
      const [accountId] = next;
      // In this order: after a crash in between it is due again.
      ports.cancelAll(accountId);
      end(accountId);
      settle(accountId, null, 0);
    }
  }

  const ref = spawnActor<CountdownMessage>(
    parent,
    'countdowns',
    (message) => {
      if (message.type === 'setCountdown') {
        const { accountId, durationMs, replyTo } = message;
        const expires = durationMs === 0 ? null : ports.clock.now() + durationMs;
        end(accountId);
        if (expires !== null) start([accountId, expires]);
        settle(accountId, expires, replyTo);
      }
      fireDue();
      alarm.set(nextAtMs());
    },
    (_message, error) => ports.onError(error),
  );
  for (const countdown of running) start(countdown);
  tell(ref, { type: 'clock' });
  return { ref, stop: () => alarm.set(Number.POSITIVE_INFINITY) };
}
