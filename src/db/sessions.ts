import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';

/** Who has not asked for a new access token for so long signs in again. */
export const SESSION_IDLE_MS = 7 * 24 * 60 * 60 * 1000;

export interface NewSession {
  readonly id: string;
  readonly userId: number;
  /** SHA-256 of the refresh token. */
  readonly refreshHash: Buffer;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Where it began; null for the command line. */
  readonly ip: string | null;
  /** At most 200 characters. */
  readonly userAgent: string | null;
  /** When the second factor was shown; null: it was not. */
  readonly verifiedAtMs: number | null;
  /** Whether the command line begins it: whoever has the machine and its secrets. */
  readonly byCommandLine?: true;
}

export type SessionEndReason =
  | 'logged_out'
  | 'refresh_token_reused'
  | 'ended_by_owner'
  | 'password_changed'
  | 'factor_changed'
  | 'ended_by_operator';

export type Rotation =
  | { readonly outcome: 'rotated'; readonly sessionId: string; readonly userId: number }
  /** The token was exchanged before: its session is over now. */
  | { readonly outcome: 'reused'; readonly sessionId: string; readonly userId: number }
  | { readonly outcome: 'unknown' };

const whole = z.bigint().transform(Number);
const sessionOfUser = z.strictObject({ sessionId: z.string(), userId: whole });
const idRow = z.strictObject({ id: z.string() });

/** Adds a session, and forgets those of the same user that are past their end. */
export async function insertSession(db: CommonQueryMethods, session: NewSession): Promise<void> {
  await db.query(sql.unsafe`
    delete from sessions where user_id = ${session.userId} and expires_at_ms <= ${session.createdAtMs}`);
  await db.query(sql.unsafe`
    insert into sessions (id, user_id, refresh_hash, created_at_ms, refreshed_at_ms, expires_at_ms, ip, user_agent,
                          verified_at_ms, by_command_line)
    values (${session.id}, ${session.userId}, ${sql.binary(session.refreshHash)}, ${session.createdAtMs},
            ${session.createdAtMs}, ${session.expiresAtMs}, ${session.ip}, ${session.userAgent},
            ${session.verifiedAtMs}, ${session.byCommandLine ?? false})`);
}

/** Neither ended, nor past its end, nor left alone for too long. */
const isAlive = (nowMs: number) => sql.fragment`
  ended_at_ms is null and expires_at_ms > ${nowMs} and refreshed_at_ms > ${nowMs - SESSION_IDLE_MS}`;

/** Whether a session goes on. */
export function isSessionAlive(db: CommonQueryMethods, sessionId: string, nowMs: number): Promise<boolean> {
  return db.exists(sql.unsafe`
    select 1 from sessions where id = ${sessionId} and ${isAlive(nowMs)}`);
}

/** Whether a session of the user with this e-mail address was begun from an IP address and is remembered. */
export function hasSignedInFrom(db: CommonQueryMethods, email: string, ip: string): Promise<boolean> {
  return db.exists(sql.unsafe`
    select 1 from sessions s join users u on u.id = s.user_id
    where lower(u.email) = lower(${email}) and s.ip = ${ip}`);
}

/** Whether somebody has signed in, or shown his second factor in the session, since then. */
export function isSessionFresh(db: CommonQueryMethods, sessionId: string, sinceMs: number): Promise<boolean> {
  return db.exists(sql.unsafe`
    select 1 from sessions where id = ${sessionId} and greatest(created_at_ms, verified_at_ms) >= ${sinceMs}`);
}

/** The second factor was shown in a session just now. */
export async function markVerified(db: CommonQueryMethods, sessionId: string, nowMs: number): Promise<void> {
  await db.query(sql.unsafe`
    update sessions set verified_at_ms = ${nowMs} where id = ${sessionId} and ended_at_ms is null`);
}

const sessionRow = z.strictObject({
  id: z.string(),
  createdAtMs: whole,
  refreshedAtMs: whole,
  expiresAtMs: whole,
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export type LiveSession = z.output<typeof sessionRow>;

/** A user's sessions that go on, the newest first. */
export function listSessions(
  db: CommonQueryMethods,
  userId: number,
  nowMs: number,
): Promise<readonly LiveSession[]> {
  return db.any(sql.type(sessionRow)`
    select id, created_at_ms as "createdAtMs", refreshed_at_ms as "refreshedAtMs", expires_at_ms as "expiresAtMs",
           ip, user_agent as "userAgent"
    from sessions where user_id = ${userId} and ${isAlive(nowMs)}
    order by created_at_ms desc, id`);
}

/**
 * Exchanges a refresh token for a new one, once. Of two that try at the same time one gets it and the other counts
 * as reuse: the row lock of the update decides.
 * @param onReuse called in the transaction that ends the session
 */
export function rotateRefreshToken(
  pool: DatabasePool,
  usedHash: Buffer,
  newHash: Buffer,
  nowMs: number,
  onReuse: (db: CommonQueryMethods, userId: number, sessionId: string) => Promise<unknown>,
): Promise<Rotation> {
  return pool.transaction(async (transaction): Promise<Rotation> => {
    const rotated = await transaction.maybeOne(sql.type(sessionOfUser)`
      update sessions set refresh_hash = ${sql.binary(newHash)}, refreshed_at_ms = ${nowMs}
      where refresh_hash = ${sql.binary(usedHash)} and ${isAlive(nowMs)}
      returning id as "sessionId", user_id as "userId"`);
    if (rotated !== null) {
      await transaction.query(sql.unsafe`
        insert into used_refresh_tokens (refresh_hash, session_id, used_at_ms)
        values (${sql.binary(usedHash)}, ${rotated.sessionId}, ${nowMs})`);
      return { outcome: 'rotated', ...rotated };
    }
    const used = await transaction.maybeOne(sql.type(sessionOfUser)`
      select s.id as "sessionId", s.user_id as "userId"
      from used_refresh_tokens u join sessions s on s.id = u.session_id
      where u.refresh_hash = ${sql.binary(usedHash)}`);
    if (used === null) return { outcome: 'unknown' };
    await endSession(transaction, used.sessionId, 'refresh_token_reused', nowMs);
    await onReuse(transaction, used.userId, used.sessionId);
    return { outcome: 'reused', ...used };
  });
}

/**
 * Ends a session; one that is over stays as it is. Its used tokens are forgotten: they are refused either way.
 * @returns whether it was alive
 */
export async function endSession(
  db: CommonQueryMethods,
  sessionId: string,
  reason: SessionEndReason,
  nowMs: number,
): Promise<boolean> {
  return (await end(db, sql.fragment`id = ${sessionId}`, reason, nowMs)).length > 0;
}

/**
 * Ends the sessions of a user.
 * @param which one of them, or all but one; all of them when left out
 * @returns the ids of those that were alive
 */
export function endSessionsOf(
  db: CommonQueryMethods,
  userId: number,
  reason: SessionEndReason,
  nowMs: number,
  which: { readonly only?: string; readonly except?: string } = {},
): Promise<readonly string[]> {
  const only = which.only === undefined ? sql.fragment`true` : sql.fragment`id = ${which.only}`;
  const except = which.except === undefined ? sql.fragment`true` : sql.fragment`id <> ${which.except}`;
  return end(db, sql.fragment`user_id = ${userId} and ${only} and ${except}`, reason, nowMs);
}

async function end(
  db: CommonQueryMethods,
  which: ReturnType<typeof sql.fragment>,
  reason: SessionEndReason,
  nowMs: number,
): Promise<readonly string[]> {
  const ended = await db.anyFirst(sql.type(idRow)`
    update sessions set ended_at_ms = ${nowMs}, end_reason = ${reason}, end_recorded_at = clock_timestamp()
    where ended_at_ms is null and ${which} returning id`);
  await db.query(sql.unsafe`
    delete from used_refresh_tokens where session_id = any(${sql.array([...ended], 'text')})`);
  return ended;
}

/** The sessions whose end was written down in the last so many seconds, by whatever process. */
export function recentlyEndedSessions(db: CommonQueryMethods, seconds: number): Promise<readonly string[]> {
  return db.anyFirst(sql.type(idRow)`
    select id from sessions where end_recorded_at > clock_timestamp() - ${seconds} * interval '1 second'`);
}
