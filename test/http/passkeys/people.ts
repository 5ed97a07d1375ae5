import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import { DEFAULT_ATTEMPT_LIMITS } from '../../../src/http/auth/attempts.ts';
import { type Algorithm, type Authenticator, createAuthenticator } from '../../support/authenticator.ts';
import { exchangeThatIs, PASSWORD, startGateway, type TestGateway } from '../gateway.ts';

/** Where people reach the exchange: passkeys of these tests are bound to it. */
export const ORIGIN = 'https://trade.example.com';

export interface PersonWithPasskey {
  readonly email: string;
  readonly authenticator: Authenticator;
  readonly passkeyId: string;
  readonly recoveryCodes: readonly string[];
  /** The session that was begun when the passkey was added. */
  readonly token: string;
  /** The one before, which that ended. */
  readonly oldToken: string;
}

export async function start(t: ExecutionContext, triesAtOnePasskey = 20): Promise<TestGateway> {
  const attemptLimits = { ...DEFAULT_ATTEMPT_LIMITS, perAddressAndPerson: triesAtOnePasskey };
  return startGateway(t, exchangeThatIs(true), { attemptLimits, publicUrl: ORIGIN });
}

export function newAuthenticator(algorithm: Algorithm = 'ES256'): Authenticator {
  return createAuthenticator({ origin: ORIGIN, algorithm });
}

export function poster(gateway: TestGateway) {
  return (path: string, body?: unknown, token?: string) =>
    gateway.request('POST', path, {
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    });
}

/** Options for a new passkey. */
export async function optionsToMake(gateway: TestGateway, token: string) {
  return (await poster(gateway)('/v1/me/passkeys/options', { password: PASSWORD }, token)).body;
}

export async function addPasskey(
  gateway: TestGateway,
  token: string,
  authenticator: Authenticator,
  name = 'phone',
) {
  const attestation = authenticator.make(await optionsToMake(gateway, token));
  return poster(gateway)('/v1/me/passkeys', { name, attestation }, token);
}

export async function signUpWithPasskey(
  t: ExecutionContext,
  gateway: TestGateway,
  email: string,
  authenticator = newAuthenticator(),
): Promise<PersonWithPasskey> {
  const { accessToken: oldToken } = await gateway.signUp(email);
  const { status, body } = await addPasskey(gateway, oldToken, authenticator);
  t.is(status, 201);
  const { passkey, recoveryCodes, session } = body;
  return { email, authenticator, passkeyId: passkey.id, recoveryCodes, token: session.accessToken, oldToken };
}

/** Options to sign in without a password. */
export async function optionsToSignIn(gateway: TestGateway) {
  return (await poster(gateway)('/v1/auth/passkey/options')).body;
}

export async function statusOf(gateway: TestGateway, token: string): Promise<number> {
  return (await gateway.request('GET', '/v1/me', { token })).status;
}

/** Why passkeys were refused, the newest last. */
export async function refusals(gateway: TestGateway): Promise<string[]> {
  const payloads = await gateway.pool.anyFirst(sql.type(z.object({ payload: z.string() }))`
    select payload from audit_log where action = 'passkey.refused' order by entry_no`);
  return payloads.map((payload) => JSON.parse(payload).detail.why);
}

/** Begins two requests and lets neither go on until both wait for a lock: the log of what they do is kept from them. */
export async function together<Result>(
  gateway: TestGateway,
  one: () => Promise<Result>,
  other: () => Promise<Result>,
): Promise<readonly Result[]> {
  let replies: Promise<Result[]> | undefined;
  await gateway.pool.transaction(async (db) => {
    await db.query(sql.unsafe`select 1 from audit_head for update`);
    replies = Promise.all([one(), other()]);
    let waiting = 0n;
    while (waiting < 2n) {
      await delay(10);
      // Within a transaction PostgreSQL shows again what it has shown once.
      await db.query(sql.unsafe`select pg_stat_clear_snapshot()`);
      waiting = await db.oneFirst(sql.type(z.object({ count: z.bigint() }))`
        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    }
  });
  return replies!;
}
