import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { findMailToken, useMailToken } from '../../db/mails.ts';
import {
  confirmEmail,
  findUserByEmail,
  findUserById,
  insertUser,
  replaceUnconfirmedPassword,
  type User,
} from '../../db/users.ts';
import type { AuditAction, AuditOutcome } from '../../domain/audit.ts';
import { anonymous, type Caller } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';
import { hashOfToken } from './begin-session.ts';
import type { PasswordHasher } from './passwords.ts';
import type { TokenVerifier } from './tokens.ts';

/** Somebody who registers again may have mistyped his password; more often than that it is not mailed. */
const AGAIN_SPACING_MS = 60_000;

export interface Registration {
  /**
   * Adds a customer, who is mailed a link with which to show that the address is his. `done` for a taken address as well: only
   * its owner is told, by mail.
   */
  register(
    credentials: { readonly email: string; readonly password: string },
    from: Caller,
  ): Promise<'done' | 'sign_in_busy'>;
  /**
   * Shows that the address is his, by the mail, and that it was he who registered, by the password: whoever registers with the
   * address of another, before or after him, gets no account that its owner confirms.
   */
  confirm(
    token: string,
    password: string,
    from: Caller,
  ): Promise<'done' | 'invalid_credentials' | 'invalid_mail_token' | 'sign_in_busy'>;
  /** Does the same work for whatever address, and mails who has registered and not confirmed. */
  resend(email: string, from: Caller): Promise<void>;
}

export function createRegistration(options: {
  readonly pool: DatabasePool;
  readonly tokens: Pick<TokenVerifier, 'now'>;
  readonly passwords: PasswordHasher;
  readonly mails: MailQueue;
}): Registration {
  const { pool, tokens, passwords, mails } = options;

  const note = (
    db: CommonQueryMethods,
    action: AuditAction,
    outcome: AuditOutcome,
    from: Caller,
    userId: number | null,
    detail?: Readonly<Record<string, unknown>>,
  ) =>
    appendAudit(
      db,
      { action, outcome, actor: anonymous(from), userId, ...(detail === undefined ? {} : { detail }) },
      tokens.now(),
    );

  /** Whose address it is learns of it; who asked does not. */
  async function registeredAgain(db: CommonQueryMethods, user: User, passwordHash: string, from: Caller) {
    const { id: userId } = user;
    await note(db, 'user.registered_again', 'refused', from, userId);
    if (user.emailConfirmedAtMs !== null) return mails.notice(db, 'registered_again', user, from);
    // A password that somebody else chose for this address must not become good when its owner confirms it.
    if (await mails.token(db, 'confirm_email', user, AGAIN_SPACING_MS))
      await replaceUnconfirmedPassword(db, userId, passwordHash);
  }

  return {
    async register({ email, password }, from) {
      const passwordHash = await passwords.hash(password);
      if (passwordHash === undefined) return 'sign_in_busy';
      const role = 'customer';
      const user = { email, passwordHash, role, createdAtMs: tokens.now(), isEmailConfirmed: false } as const;
      const added = await insertUser(pool, user, async (db, { id, email: recipient }) => {
        await note(db, 'user.added', 'done', from, id, { role });
        await mails.token(db, 'confirm_email', { id, email: recipient });
      });
      if (added !== undefined) return 'done';
      await pool.transaction(async (db) => {
        const owner = await findUserByEmail(db, email);
        if (owner !== undefined) await registeredAgain(db, owner, passwordHash, from);
      });
      return 'done';
    },

    async confirm(token, password, from) {
      const tokenHash = hashOfToken(token);
      const userId = await findMailToken(pool, 'confirm_email', tokenHash, tokens.now());
      const user = userId === undefined ? undefined : await findUserById(pool, userId);
      if (user === undefined) return 'invalid_mail_token';
      const right = await passwords.verify(user.passwordHash ?? undefined, password);
      if (right === undefined) return 'sign_in_busy';
      if (!right) {
        await note(pool, 'email.confirmation_refused', 'refused', from, user.id);
        return 'invalid_credentials';
      }
      return pool.transaction(async (db) => {
        const isUsed = (await useMailToken(db, 'confirm_email', tokenHash, tokens.now())) !== undefined;
        // Who registers again meanwhile has replaced the password, and with it the token.
        if (!isUsed) return 'invalid_mail_token';
        await confirmEmail(db, user.id, tokens.now());
        await note(db, 'email.confirmed', 'done', from, user.id);
        return 'done';
      });
    },

    async resend(email, from) {
      await pool.transaction(async (db) => {
        const user = await findUserByEmail(db, email);
        const isWanted = user !== undefined && user.emailConfirmedAtMs === null;
        await note(db, 'email.confirmation_asked', 'done', from, user?.id ?? null);
        await mails.token(db, 'confirm_email', isWanted ? user : undefined);
      });
    },
  };
}
