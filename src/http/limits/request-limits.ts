import type { Claims } from '../auth/tokens.ts';
import type { Counters } from './counters.ts';
import { countedAddress } from './networks.ts';
import { HOPELESS_FACTOR, POINTS_SECONDS, type RateLimits, URGENT_FACTOR } from './policies.ts';
import { Windows } from './windows.ts';

/** How a request stands with one of its limits. */
export interface Standing {
  readonly policy: 'address' | 'account' | 'key';
  /** Points a minute. */
  readonly limit: number;
  readonly consumed: number;
  readonly secondsLeft: number;
}

/** What a request weighs, and whether it is one that must get through: a cancel. */
export interface Weight {
  readonly points: number;
  readonly isUrgent: boolean;
}

/** Counts requests of addresses, accounts and keys; those that are refused count as well. */
export class RequestLimits {
  readonly #limits: RateLimits;
  readonly #now: () => number;
  readonly #addresses: Windows;
  readonly #accounts: Windows;
  readonly #keys: Windows;

  constructor(limits: RateLimits, counters: Counters, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    const windows = (purpose: string) =>
      new Windows({ seconds: POINTS_SECONDS, now, shared: counters.shared(purpose, POINTS_SECONDS) });
    this.#addresses = windows('address');
    this.#accounts = windows('account');
    this.#keys = windows('key');
  }

  takeOfAddress(ip: string, points: number): Standing {
    return this.#take('address', this.#addresses, countedAddress(ip), this.#limits.addressPoints, points);
  }

  /** A program's requests count for its key and for its account. */
  takeOfCaller({ accountId, sessionId, scopes, keyPoints }: Claims, points: number): readonly Standing[] {
    const { accountPoints } = this.#limits;
    const account = this.#take('account', this.#accounts, String(accountId), accountPoints, points);
    if (scopes === null) return [account];
    const limit = Math.min(keyPoints ?? this.#limits.keyPoints, this.#limits.keyPoints);
    return [account, this.#take('key', this.#keys, sessionId, limit, points)];
  }

  #take(policy: Standing['policy'], windows: Windows, name: string, limit: number, points: number): Standing {
    const { consumed, endsAtMs } = windows.add(name, points);
    return { policy, limit, consumed, secondsLeft: Math.max(1, Math.ceil((endsAtMs - this.#now()) / 1_000)) };
  }
}

/** Whether the limit is used up for a request that is counted already. */
export function isExceeded({ consumed, limit }: Standing, isUrgent: boolean): boolean {
  return consumed > (isUrgent ? limit * URGENT_FACTOR : limit);
}

/** Whether the client does not heed that it is refused. */
export function isHopeless({ consumed, limit }: Standing): boolean {
  return consumed > limit * HOPELESS_FACTOR;
}

const NAMES = Object.freeze({
  address: 'of this address',
  account: 'of this account',
  key: 'of this API key',
}) satisfies Record<Standing['policy'], string>;

/** For people. */
export function describeExceeded({ policy, limit, secondsLeft }: Standing): string {
  return `The limit ${NAMES[policy]}, ${limit} points a minute, is used up: wait ${secondsLeft} s.`;
}
