import { ExpiryQueue } from '../domain/markets/expiry-queue.ts';
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
  const expiresAtMs = new Map<number, number>();
  /** May hold countdowns that were renewed since: the map tells. */
  const queue = new ExpiryQueue<number>();
  const alarm = createAlarm(ports.clock.now, () => tell(ref, { type: 'clock' }));

  function start(accountId: number, atMs: number): void {
    expiresAtMs.set(accountId, atMs);
    queue.add(atMs, accountId);
  }

  function settle(accountId: number, expires: number | null, replyTo: number): void {
    const atMs = ports.clock.now();
    ports.tellSettlement({ type: 'countdownEffect', atMs, accountId, expiresAtMs: expires, replyTo });
  }

  function fireDue(): void {
    const nowMs = ports.clock.now();
    while (queue.nextAtMs <= nowMs) {
      const accountId = queue.take()!;
      const expires = expiresAtMs.get(accountId);
      if (expires === undefined || expires > nowMs) continue;
      // In this order: after a crash in between it is due again.
      ports.cancelAll(accountId);
      expiresAtMs.delete(accountId);
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
        if (expires === null) expiresAtMs.delete(accountId);
        else start(accountId, expires);
        settle(accountId, expires, replyTo);
      }
      fireDue();
      alarm.set(queue.nextAtMs);
    },
    (_message, error) => ports.onError(error),
  );
  for (const [accountId, atMs] of running) start(accountId, atMs);
  tell(ref, { type: 'clock' });
  return { ref, stop: () => alarm.set(Number.POSITIVE_INFINITY) };
}
