import { createHash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Counters } from '../limits/counters.ts';
import { countedAddress } from '../limits/networks.ts';
import { sendProblem } from '../problem.ts';

/** How many tries within a window. */
export interface AttemptLimits {
  readonly windowSeconds: number;
  /** From one address (IP) for one person: slows guessing his password. */
  readonly perAddressAndPerson: number;
  /** From one address for all: slows trying one password on many people, and filling the user table. */
  readonly perAddress: number;
  /** For one person from addresses that he has not signed in from before: slows guessing from many places at once. */
  readonly perPerson: number;
}

export const DEFAULT_ATTEMPT_LIMITS: AttemptLimits = Object.freeze({
  windowSeconds: 15 * 60,
  perAddressAndPerson: 20,
  perAddress: 1_000,
  perPerson: 200,
});

/**
 * Limits sign-ins, registrations and whatever else takes a password; beyond, 429 `too_many_requests` with Retry-After. It
 * counts tries, right or wrong, before a password is looked at, so that the limit also bounds the cost. After `validate`.
 * @param purpose what is tried: each has counts of its own
 * @param personOf names whose password is tried; when left out only the address counts
 * @param isKnownPlace whether he has signed in from there before: that is not shut when others guess from elsewhere
 */
export function limitAttempts(
  { attemptLimits, counters }: { readonly attemptLimits: AttemptLimits; readonly counters: Counters },
  purpose: string,
  personOf?: (ctx: Context) => string,
  isKnownPlace?: (ctx: Context) => Promise<boolean>,
  // biome-ignore lint/suspicious/noExplicitAny: any lets the router take a route's state from its validating layer.
): Middleware<any> {
  const { windowSeconds, perAddressAndPerson, perAddress, perPerson } = attemptLimits;
  const addresses = counters.counter(`${purpose}:address`, windowSeconds);
  const pairs = counters.counter(`${purpose}:pair`, windowSeconds);
  const persons = counters.counter(`${purpose}:person`, windowSeconds);

  /** How long to wait, in milliseconds; undefined: go on. */
  async function refusal(ctx: Context): Promise<number | undefined> {
    const address = countedAddress(ctx.ip);
    const ofAddress = await addresses.add(address);
    if (ofAddress.consumed > perAddress) return ofAddress.msLeft;
    if (personOf === undefined) return undefined;
    // Neither the names of counts nor their lengths tell who was tried.
    const person = createHash('sha256').update(personOf(ctx).toLowerCase()).digest('base64url');
    const ofPair = await pairs.add(`${address} ${person}`);
    if (ofPair.consumed > perAddressAndPerson) return ofPair.msLeft;
    if (isKnownPlace === undefined) return undefined;
    const ofPerson = await persons.add(person);
    if (ofPerson.consumed <= perPerson || (await isKnownPlace(ctx))) return undefined;
    return ofPerson.msLeft;
  }

  return async (ctx: Context, next) => {
    const msLeft = await refusal(ctx);
    if (msLeft === undefined) return next();
    const retryAfterSeconds = Math.max(1, Math.ceil(msLeft / 1_000));
    sendProblem(ctx, 'too_many_requests', 'Too many attempts: wait and try again.', { retryAfterSeconds });
  };
}
