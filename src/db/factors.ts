import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);
const factorRow = z.strictObject({
  sealedSecret: z.instanceof(Buffer),
  confirmedAtMs: whole.nullable(),
});
/** A user's one-time passwords; not confirmed until a code was shown. */
export type TotpFactor = z.output<typeof factorRow>;

export async function findTotp(db: CommonQueryMethods, userId: number): Promise<TotpFactor | undefined> {
  const factor = await db.maybeOne(sql.type(factorRow)`
    select sealed_secret as "sealedSecret", confirmed_at_ms as "confirmedAtMs"
    from totp_factors where user_id = ${userId}`);
  return factor ?? undefined;
}

const ownFactors = z.strictObject({ totp: z.boolean(), passkeys: whole, recoveryCodesLeft: whole });
/** What a user has besides his password. */
export type OwnFactors = z.output<typeof ownFactors>;

export function findFactors(db: CommonQueryMethods, userId: number): Promise<OwnFactors> {
  return db.one(sql.type(ownFactors)`
    select exists (select from totp_factors where user_id = ${userId} and confirmed_at_ms is not null) as totp,
      (select count(*) from passkeys where user_id = ${userId}) as passkeys,
      (select count(*) from recovery_codes where user_id = ${userId} and used_at_ms is null) as "recoveryCodesLeft"`);
}

const hasFactor = (userId: number) => sql.fragment`
  (exists (select from totp_factors where user_id = ${userId} and confirmed_at_ms is not null)
    or exists (select from passkeys where user_id = ${userId}))`;

/** Whether a password alone does not sign in. */
export function hasSecondFactor(db: CommonQueryMethods, userId: number): Promise<boolean> {
  return db.oneFirst(sql.type(z.strictObject({ has: z.boolean() }))`select ${hasFactor(userId)} as has`);
}

/** Whoever else would change the factors of the user waits until the transaction is over. */
export async function lockFactors(db: CommonQueryMethods, userId: number): Promise<void> {
  // No key update: sessions may begin meanwhile.
  await db.query(sql.unsafe`select 1 from users where id = ${userId} for no key update`);
}

/** Whether somebody may do what takes a fresh second factor: he has none, or has shown it in the session since then. */
export function hasFreshFactor(
  db: CommonQueryMethods,
  { userId, sessionId }: { readonly userId: number; readonly sessionId: string },
  sinceMs: number,
): Promise<boolean> {
  return db.oneFirst(sql.type(z.strictObject({ isFresh: z.boolean() }))`
    select not ${hasFactor(userId)}
      or exists (
        select from sessions where id = ${sessionId} and ended_at_ms is null and verified_at_ms >= ${sinceMs}
      ) as "isFresh"`);
}

/**
 * Begins a factor, in the place of one that was begun and never confirmed.
 * @returns false when there is a confirmed one
 */
export async function beginTotp(
  db: CommonQueryMethods,
  userId: number,
  sealedSecret: Buffer,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    insert into totp_factors (user_id, sealed_secret, created_at_ms)
    values (${userId}, ${sql.binary(sealedSecret)}, ${nowMs})
    on conflict (user_id) do update
    set sealed_secret = excluded.sealed_secret, created_at_ms = excluded.created_at_ms, last_step = 0
    where totp_factors.confirmed_at_ms is null`);
  return rowCount === 1;
}

/**
 * Uses the code of a time step up: of several who show it at once one gets through.
 * @param sealedSecret of the factor that the code was checked with
 * @returns false when a code of this step or a later one was used, or the factor is another by now
 */
export async function useTotpStep(
  db: CommonQueryMethods,
  userId: number,
  { sealedSecret, step }: { readonly sealedSecret: Buffer; readonly step: number },
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update totp_factors set last_step = ${step}
    where user_id = ${userId} and sealed_secret = ${sql.binary(sealedSecret)} and last_step < ${step}`);
  return rowCount === 1;
}

/** @returns false when it is confirmed already */
export async function confirmTotp(db: CommonQueryMethods, userId: number, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update totp_factors set confirmed_at_ms = ${nowMs} where user_id = ${userId} and confirmed_at_ms is null`);
  return rowCount === 1;
}

export async function removeTotp(db: CommonQueryMethods, userId: number): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`delete from totp_factors where user_id = ${userId}`);
  return rowCount === 1;
}

/** Recovery codes stand for a factor: without one they are taken away. */
export async function dropOrphanedRecoveryCodes(db: CommonQueryMethods, userId: number): Promise<void> {
  await db.query(sql.unsafe`
    delete from recovery_codes where user_id = ${userId} and not ${hasFactor(userId)}`);
}

export async function replaceRecoveryCodes(
  db: CommonQueryMethods,
  userId: number,
  hashes: readonly Buffer[],
): Promise<void> {
  await db.query(sql.unsafe`delete from recovery_codes where user_id = ${userId}`);
  await db.query(sql.unsafe`
    insert into recovery_codes (user_id, code_hash)
    select ${userId}, code_hash from unnest(${sql.array([...hashes], 'bytea')}) as code_hash`);
}

/** @returns false when there is no such code, or it was used */
export async function useRecoveryCode(
  db: CommonQueryMethods,
  userId: number,
  hash: Buffer,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    update recovery_codes set used_at_ms = ${nowMs}
    where user_id = ${userId} and code_hash = ${sql.binary(hash)} and used_at_ms is null`);
  return rowCount === 1;
}

/** Keeps that a password was right, or a provider says who it is, and forgets the user's challenges that are past their end. */
export async function insertChallenge(
  db: CommonQueryMethods,
  challenge: {
    readonly tokenHash: Buffer;
    readonly userId: number;
    /** Its id, where it stood in the place of the password. */
    readonly provider: string | null;
    readonly nowMs: number;
    readonly expiresAtMs: number;
  },
): Promise<void> {
  const { tokenHash, userId, provider, nowMs, expiresAtMs } = challenge;
  await db.query(
    sql.unsafe`delete from sign_in_challenges where user_id = ${userId} and expires_at_ms <= ${nowMs}`,
  );
  await db.query(sql.unsafe`
    insert into sign_in_challenges (token_hash, user_id, provider, expires_at_ms)
    values (${sql.binary(tokenHash)}, ${userId}, ${provider}, ${expiresAtMs})`);
}

const challengeRow = z.strictObject({ userId: whole, provider: z.string().nullable() });

/** Whose sign-in waits, and the provider through which it began; undefined when there is none, or it is past its end. */
export async function findChallenge(
  db: CommonQueryMethods,
  tokenHash: Buffer,
  nowMs: number,
): Promise<z.output<typeof challengeRow> | undefined> {
  const challenge = await db.maybeOne(sql.type(challengeRow)`
    select user_id as "userId", provider from sign_in_challenges
    where token_hash = ${sql.binary(tokenHash)} and expires_at_ms > ${nowMs}`);
  return challenge ?? undefined;
}

/** @returns false when somebody else used it up meanwhile */
export async function useChallenge(db: CommonQueryMethods, tokenHash: Buffer): Promise<boolean> {
  const { rowCount } = await db.query(
    sql.unsafe`delete from sign_in_challenges where token_hash = ${sql.binary(tokenHash)}`,
  );
  return rowCount === 1;
}

/** Nobody may finish a sign-in that began before. */
export async function deleteChallenges(db: CommonQueryMethods, userId: number): Promise<void> {
  await db.query(sql.unsafe`delete from sign_in_challenges where user_id = ${userId}`);
  await db.query(sql.unsafe`delete from passkey_challenges where user_id = ${userId}`);
}
