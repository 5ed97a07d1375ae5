import { type CommonQueryMethods, sql } from 'slonik';

/** What an assertion or a new passkey is asked for, and by whom: it is good for nothing and nobody else. */
export type PasskeyPurpose =
  /** Nobody is known yet. */
  | { readonly purpose: 'sign_in'; readonly owner: null; readonly userId: null }
  | {
      readonly purpose: 'add' | 'second_factor' | 'step_up';
      /** The session, or the sign-in that waits. */
      readonly owner: string;
      readonly userId: number;
    };

/** Keeps a challenge, in the place of one of the same purpose and owner, and forgets those that are past their end. */
export async function insertPasskeyChallenge(
  db: CommonQueryMethods,
  challenge: {
    readonly hash: Buffer;
    readonly for: PasskeyPurpose;
    readonly nowMs: number;
    readonly expiresAtMs: number;
  },
): Promise<void> {
  const { hash, nowMs, expiresAtMs } = challenge;
  const { purpose, owner, userId } = challenge.for;
  // Another may be forgetting the same ones: nobody waits for that.
  await db.query(sql.unsafe`
    delete from passkey_challenges where challenge_hash in (
      select challenge_hash from passkey_challenges where expires_at_ms <= ${nowMs} for update skip locked)`);
  await db.query(sql.unsafe`
    insert into passkey_challenges (challenge_hash, purpose, owner, user_id, expires_at_ms)
    values (${sql.binary(hash)}, ${purpose}, ${owner}, ${userId}, ${expiresAtMs})
    on conflict (purpose, owner) do update
    set challenge_hash = excluded.challenge_hash, user_id = excluded.user_id, expires_at_ms = excluded.expires_at_ms`);
}

/**
 * Uses a challenge up: of several who show it at once one gets through.
 * @returns false when there is none, it is past its end, or it was for something or somebody else
 */
export async function usePasskeyChallenge(
  db: CommonQueryMethods,
  hash: Buffer,
  { purpose, owner, userId }: PasskeyPurpose,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    delete from passkey_challenges
    where challenge_hash = ${sql.binary(hash)} and purpose = ${purpose} and owner is not distinct from ${owner}
      and user_id is not distinct from ${userId} and expires_at_ms > ${nowMs}`);
  return rowCount === 1;
}
