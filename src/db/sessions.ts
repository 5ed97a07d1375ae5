import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

export interface NewSession {
  readonly id: string;
  readonly userId: number;
  /** SHA-256 of the refresh token. */
  readonly refreshHash: Buffer;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export type SessionEndReason = 'logged_out' | 'refresh_token_reused';

export type Rotation =
  | { readonly outcome: 'rotated'; readonly sessionId: string; readonly userId: number }
  /** The token was exchanged before: its session is over now. */
  | { readonly outcome: 'reused'; readonly sessionId: string }
  | { readonly outcome: 'unknown' };

const rotatedRow = z.strictObject({ sessionId: z.string(), userId: z.bigint().transform(Number) });

/** Adds a session, and forgets those of the same user that are past their end. */
export async function insertSession(db: CommonQueryMethods, session: NewSession): Promise<void> {
  await db.query(sql.unsafe`
    delete from sessions where user_id = ${session.userId} and expires_at_ms <= ${session.createdAtMs}`);
  await db.query(sql.unsafe`
    insert into sessions (id, user_id, refresh_hash, created_at_ms, refreshed_at_ms, expires_at_ms)
    values (${session.id}, ${session.userId}, ${sql.binary(session.refreshHash)}, ${session.createdAtMs},
            ${session.createdAtMs}, ${session.expiresAtMs})`);
}

/** Whether a session is neither ended nor past its end. */
export function isSessionAlive(db: CommonQueryMethods, sessionId: string, nowMs: number): Promise<boolean> {
  return db.exists(sql.unsafe`
    select 1 from sessions where id = ${sessionId} and ended_at_ms is null and expires_at_ms > ${nowMs}`);
}

/**
 * Exchanges a refresh token for a new one, once. Of two that try at the same time one gets it and the other counts
 * as reuse: the row lock of the update decides.
 */
export function rotateRefreshToken(
  pool: DatabasePool,
  usedHash: Buffer,
  newHash: Buffer,
  nowMs: number,
): Promise<Rotation> {
  return pool.transaction(async (transaction): Promise<Rotation> => {
    const rotated = await transaction.maybeOne(sql.type(rotatedRow)`
      update sessions set refresh_hash = ${sql.binary(newHash)}, refreshed_at_ms = ${nowMs}
      where refresh_hash = ${sql.binary(usedHash)} and ended_at_ms is null and expires_at_ms > ${nowMs}
      returning id as "sessionId", user_id as "userId"`);
    if (rotated !== null) {
      await transaction.query(sql.unsafe`
        insert into used_refresh_tokens (refresh_hash, session_id, used_at_ms)
        values (${sql.binary(usedHash)}, ${rotated.sessionId}, ${nowMs})`);
      return { outcome: 'rotated', ...rotated };
    }
    const used = await transaction.maybeOne(sql.type(z.strictObject({ sessionId: z.string() }))`
      select session_id as "sessionId" from used_refresh_tokens where refresh_hash = ${sql.binary(usedHash)}`);
    if (used === null) return { outcome: 'unknown' };
    await endSession(transaction, used.sessionId, 'refresh_token_reused', nowMs);
    return { outcome: 'reused', sessionId: used.sessionId };
  });
}

/** Ends a session; one that is over stays as it is. Its used tokens are forgotten: they are refused either way. */
export async function endSession(
  db: CommonQueryMethods,
  sessionId: string,
  reason: SessionEndReason,
  nowMs: number,
): Promise<void> {
  await db.query(sql.unsafe`
    update sessions set ended_at_ms = ${nowMs}, end_reason = ${reason}
    where id = ${sessionId} and ended_at_ms is null`);
  await db.query(sql.unsafe`delete from used_refresh_tokens where session_id = ${sessionId}`);
}
