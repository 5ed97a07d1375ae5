import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { hasSecondFactor } from '../../db/factors.ts';
import { deleteMailTokens } from '../../db/mails.ts';
import { endSession, endSessionsOf, rotateRefreshToken } from '../../db/sessions.ts';
import { findUserByEmail, findUserById, insertUser, replacePassword, type User } from '../../db/users.ts';
import { holdWithdrawals } from '../../db/withdrawal-holds.ts';
import type { AuditActor } from '../../domain/audit.ts';
import type { Role } from '../../domain/roles.ts';
import { anonymous, type Caller, inSession } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';
import { beginSession, hashOfToken, newToken, type SignedIn, signedIn } from './begin-session.ts';
import { checkPassword } from './check-password.ts';
import { isFactorFresh } from './fresh-factor.ts';
import type { PasswordHasher } from './passwords.ts';
import type { Challenge, SecondFactor } from './second-factor.ts';
import type { Claims, TokenVerifier } from './tokens.ts';

export type SignInFailure =
  | 'email_unconfirmed'
  | 'invalid_credentials'
  | 'invalid_refresh_token'
  | 'recent_sign_in_required'
  | 'sign_in_busy'
  | 'step_up_required';

/** Who asks, in which session. */
type InSession = Pick<Claims, 'userId' | 'sessionId'>;

export interface SignIn {
  /** A challenge where the user has a second factor, which is to be shown next. */
  logIn(email: string, password: string, from: Caller): Promise<SignedIn | Challenge | SignInFailure>;
  refresh(refreshToken: string, from: Caller): Promise<SignedIn | SignInFailure>;
  logOut(who: InSession, from: Caller): Promise<void>;
  /** Ends one session of his own, or all but the one that he asks in. Answers how many were alive. */
  endOwnSessions(who: InSession, which: { readonly only?: string }, from: Caller): Promise<number>;
  /**
   * Ends every session and begins a new one. `invalid_credentials` when the current password is not that, `step_up_required`
   * when the user has a second factor and has not shown it in the last ten minutes. Who has no password gets his first one.
   */
  changePassword(
    who: InSession,
    passwords: { readonly current: string | undefined; readonly next: string },
    from: Caller,
  ): Promise<SignedIn | SignInFailure>;
}

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

export interface SignInOptions {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
  readonly secondFactor: Pick<SecondFactor, 'challenge'>;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
}

/**
 * Users and their sessions. What changes is written down in the audit log in the same transaction; an ended session is ended
 * in the database first, then in memory.
 */
export function createSignIn(options: SignInOptions): SignIn {
  const { pool, tokens, passwords, secondFactor, mails, withdrawalHoldMs: holdMs } = options;
  const ended = (
    db: CommonQueryMethods,
    actor: AuditActor,
    userId: number,
    sessionIds: readonly string[],
    reason: string,
  ) =>
    appendAudit(
      db,
      { action: 'session.ended', outcome: 'done', actor, userId, detail: { sessionIds, reason } },
      tokens.now(),
    );

  return {
    async logIn(email, password, from) {
      const user = await findUserByEmail(pool, email);
      const right = await passwords.verify(user?.passwordHash ?? undefined, password);
      if (right === undefined) return 'sign_in_busy';
      const isRight = right && user !== undefined;
      if (isRight && user.emailConfirmedAtMs !== null) {
        const challenge = await secondFactor.challenge(user);
        return challenge ?? pool.transaction((db) => beginSession(tokens, db, user, from, false));
      }
      // Told only to who has the password.
      const failure = isRight ? 'email_unconfirmed' : 'invalid_credentials';
      const why = isRight ? failure : user === undefined ? 'unknown_address' : 'wrong_password';
      const detail = { why: user?.passwordHash === null ? 'no_password' : why };
      const userId = user?.id ?? null;
      await appendAudit(
        pool,
        { action: 'session.refused', outcome: 'refused', actor: anonymous(from), userId, detail },
        tokens.now(),
      );
      return failure;
    },

    async refresh(refreshToken, from) {
      const next = newToken();
      const rotation = await rotateRefreshToken(
        pool,
        hashOfToken(refreshToken),
        hashOfToken(next),
        tokens.now(),
        (db, userId, sessionId) => ended(db, anonymous(from), userId, [sessionId], 'refresh_token_reused'),
      );
      if (rotation.outcome === 'reused') tokens.sessionEnded(rotation.sessionId);
      if (rotation.outcome !== 'rotated') return 'invalid_refresh_token';
      const user = await findUserById(pool, rotation.userId);
      if (user === undefined) throw new Error(`session ${rotation.sessionId} belongs to no user`);
      return signedIn(tokens, user, rotation.sessionId, next);
    },

    async logOut(who, from) {
      await pool.transaction(async (db) => {
        const wasAlive = await endSession(db, who.sessionId, 'logged_out', tokens.now());
        if (wasAlive) await ended(db, inSession(from, who), who.userId, [who.sessionId], 'logged_out');
      });
      tokens.sessionEnded(who.sessionId);
    },

    async endOwnSessions(who, { only }, from) {
      const which = only === undefined ? { except: who.sessionId } : { only };
      const ids = await pool.transaction(async (db) => {
        const found = await endSessionsOf(db, who.userId, 'ended_by_owner', tokens.now(), which);
        if (found.length > 0) await ended(db, inSession(from, who), who.userId, found, 'ended_by_owner');
        return found;
      });
      for (const id of ids) tokens.sessionEnded(id);
      return ids.length;
    },

    async changePassword(who, { current, next }, from) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, current, tokens.now());
      if (user === 'sign_in_busy' || user === 'recent_sign_in_required') return user;
      const actor = inSession(from, who);
      if (user === 'invalid_credentials') {
        await appendAudit(
          pool,
          { action: 'password.change_refused', outcome: 'refused', actor, userId },
          tokens.now(),
        );
        return user;
      }
      if (!(await isFactorFresh(pool, who, tokens.now()))) return 'step_up_required';
      const hasFactor = await hasSecondFactor(pool, userId);
      const newHash = await passwords.hash(next);
      if (newHash === undefined) return 'sign_in_busy';
      const changed = await pool.transaction(async (db) => {
        // Of two changes at once one comes too late: what it took for the current password is not any more.
        if (!(await replacePassword(db, userId, user.passwordHash, newHash))) return undefined;
        // A link for a new password that lies in the mailbox is not to undo it.
        await deleteMailTokens(db, userId, 'reset_password');
        const sessionIds = await endSessionsOf(db, userId, 'password_changed', tokens.now());
        const detail = { sessionIds };
        await holdWithdrawals(db, userId, 'password_changed', { nowMs: tokens.now(), holdMs });
        await appendAudit(
          db,
          { action: 'password.changed', outcome: 'done', actor, userId, detail },
          tokens.now(),
        );
        await mails.notice(db, 'password_changed', user, from);
        return { sessionIds, signedIn: await beginSession(tokens, db, user, from, hasFactor) };
      });
      if (changed === undefined) return 'invalid_credentials';
      for (const id of changed.sessionIds) tokens.sessionEnded(id);
      return changed.signedIn;
    },
  };
}

/**
 * Adds a user with a new account for whoever has the machine, who knows that the address is his. The address and password were
 * checked by `Credentials`.
 */
export async function createUser(
  pool: DatabasePool,
  passwords: PasswordHasher,
  { email, password, role }: NewUser,
  actor: AuditActor,
  nowMs: number,
): Promise<User | 'email_taken' | 'sign_in_busy'> {
  const passwordHash = await passwords.hash(password);
  if (passwordHash === undefined) return 'sign_in_busy';
  const added = { email, passwordHash, role, createdAtMs: nowMs, isEmailConfirmed: true };
  const user = await insertUser(pool, added, (db, { id }) =>
    appendAudit(db, { action: 'user.added', outcome: 'done', actor, userId: id, detail: { role } }, nowMs),
  );
  return user ?? 'email_taken';
}
