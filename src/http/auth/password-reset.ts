import type { DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { deleteChallenges } from '../../db/factors.ts';
import { deleteMailTokens, findMailToken, useMailToken } from '../../db/mails.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import { confirmEmail, findUserByEmail, findUserById, setPassword } from '../../db/users.ts';
import { holdWithdrawals } from '../../db/withdrawal-holds.ts';
import { anonymous, type Caller } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';
import type { PasswordPolicy, PasswordWeakness } from '../passwords/policy.ts';
import { hashOfToken } from './begin-session.ts';
import type { PasswordHasher } from './passwords.ts';
import type { TokenVerifier } from './tokens.ts';

export interface PasswordReset {
  /** Mails a link to whoever has this address; does the same work for one that nobody has. */
  ask(email: string, from: Caller): Promise<void>;
  /**
   * Sets the password, shows that the address is his, and ends every session. It begins none: signing in takes the second
   * factor as ever.
   */
  complete(
    token: string,
    password: string,
    from: Caller,
  ): Promise<'done' | 'invalid_mail_token' | PasswordWeakness | 'sign_in_busy'>;
}

export function createPasswordReset(options: {
  readonly pool: DatabasePool;
  readonly tokens: Pick<TokenVerifier, 'now' | 'sessionEnded'>;
  readonly passwords: PasswordHasher;
  readonly policy: PasswordPolicy;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
}): PasswordReset {
  const { pool, tokens, passwords, policy, mails, withdrawalHoldMs: holdMs } = options;
  return {
    async ask(email, from) {
      const actor = anonymous(from);
      await pool.transaction(async (db) => {
        const user = await findUserByEmail(db, email);
        const userId = user?.id ?? null;
        await appendAudit(
          db,
          { action: 'password.reset_asked', outcome: 'done', actor, userId },
          tokens.now(),
        );
        await mails.token(db, 'reset_password', user);
      });
    },

    async complete(token, password, from) {
      const tokenHash = hashOfToken(token);
      const ownerId = await findMailToken(pool, 'reset_password', tokenHash, tokens.now());
      const owner = ownerId === undefined ? undefined : await findUserById(pool, ownerId);
      if (owner === undefined) return 'invalid_mail_token';
      // A password that is refused leaves the token good.
      const weakness = await policy.weaknessOf(password, owner.email);
      if (weakness !== undefined) return weakness;
      const passwordHash = await passwords.hash(password);
      if (passwordHash === undefined) return 'sign_in_busy';
      const userId = owner.id;
      const actor = anonymous(from);
      const ended = await pool.transaction(async (db) => {
        const nowMs = tokens.now();
        if ((await useMailToken(db, 'reset_password', tokenHash, nowMs)) === undefined) return undefined;
        await setPassword(db, userId, passwordHash);
        // Who got the mail has the address.
        await confirmEmail(db, userId, nowMs);
        await deleteMailTokens(db, userId, 'confirm_email');
        await deleteChallenges(db, userId);
        const sessionIds = await endSessionsOf(db, userId, 'password_changed', nowMs);
        await holdWithdrawals(db, userId, 'password_reset', { nowMs, holdMs });
        const detail = { sessionIds };
        await appendAudit(db, { action: 'password.reset', outcome: 'done', actor, userId, detail }, nowMs);
        await mails.notice(db, 'password_reset', owner, from);
        return sessionIds;
      });
      if (ended === undefined) return 'invalid_mail_token';
      for (const sessionId of ended) tokens.sessionEnded(sessionId);
      return 'done';
    },
  };
}
