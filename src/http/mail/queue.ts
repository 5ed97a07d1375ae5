import type { CommonQueryMethods } from 'slonik';
import { insertMail, replaceMailToken, type TokenPurpose, wasMailedSince } from '../../db/mails.ts';
import type { User } from '../../db/users.ts';
import { hashOfToken, newToken } from '../auth/begin-session.ts';
import type { Sealing } from '../auth/sealing.ts';
import type { MailKind, MailPayload, NoticeKind } from './messages.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
export const CONFIRM_TOKEN_MS = DAY_MS;
export const RESET_TOKEN_MS = 30 * MINUTE_MS;
/** Others can't flood an inbox: who has a good mail of a kind in it that is younger gets no other. */
export const MAIL_SPACING_MS = 10 * MINUTE_MS;
/** How long it is tried to deliver a notice. */
const NOTICE_MS = 4 * DAY_MS;

/** What a sealed payload is bound to. */
export const mailContext = (kind: string, recipient: string) => `mail ${kind} to ${recipient}`;

/** An address that would be more than one, or headers. */
export class RecipientError extends Error {
  override readonly name = 'RecipientError';
}

export function checkRecipient(recipient: string): void {
  if (!/^[^\s\p{Cc}<>,;"()[\]\\@]{1,64}@[^\s\p{Cc}<>,;"()\\@]{1,255}$/u.test(recipient))
    throw new RecipientError('not an address that mail can be sent to');
}

/** Queues mails, each as a part of the transaction that causes it. */
export interface MailQueue {
  /**
   * Mails a new token in the place of the one before.
   * @param user undefined: does the same work and mails nobody
   * @param spacingMs when the one before is younger than that, it stays, and nothing is mailed
   * @returns whether it was mailed
   */
  token(
    db: CommonQueryMethods,
    purpose: TokenPurpose,
    user: Pick<User, 'id' | 'email'> | undefined,
    spacingMs?: number,
  ): Promise<boolean>;
  /** Tells somebody what was done. */
  notice(
    db: CommonQueryMethods,
    kind: NoticeKind,
    user: Pick<User, 'email'>,
    from: { readonly ip: string } | null,
  ): Promise<void>;
  /** Tells somebody what became of a withdrawal of his. */
  withdrawal(
    db: CommonQueryMethods,
    user: Pick<User, 'email'>,
    news: MailPayload<'withdrawal'>,
  ): Promise<void>;
}

export function createMailQueue({
  sealing,
  now,
}: {
  readonly sealing: Sealing;
  readonly now: () => number;
}): MailQueue {
  function seal<Kind extends MailKind>(kind: Kind, recipient: string, payload: MailPayload<Kind>): Buffer {
    checkRecipient(recipient);
    return sealing.seal(Buffer.from(JSON.stringify(payload)), mailContext(kind, recipient));
  }

  return {
    async token(db, purpose, user, spacingMs = MAIL_SPACING_MS) {
      const token = newToken();
      const nowMs = now();
      const expiresAtMs = nowMs + (purpose === 'confirm_email' ? CONFIRM_TOKEN_MS : RESET_TOKEN_MS);
      const tokenHash = hashOfToken(token);
      const userId = user?.id ?? null;
      const isNew = await replaceMailToken(db, { userId, purpose, tokenHash, nowMs, expiresAtMs, spacingMs });
      const recipient = user?.email ?? 'nobody@localhost';
      const sealed = seal(purpose, recipient, { token });
      const sealedPayload = isNew ? sealed : null;
      await insertMail(db, { recipient, kind: purpose, sealedPayload, createdAtMs: nowMs, expiresAtMs });
      return isNew;
    },

    async notice(db, kind, { email: recipient }, from) {
      const nowMs = now();
      if (kind === 'registered_again' && (await wasMailedSince(db, recipient, kind, nowMs - MAIL_SPACING_MS)))
        return;
      const sealedPayload = seal(kind, recipient, { atMs: nowMs, ip: from?.ip ?? null });
      const expiresAtMs = nowMs + NOTICE_MS;
      await insertMail(db, { recipient, kind, sealedPayload, createdAtMs: nowMs, expiresAtMs });
    },

    async withdrawal(db, { email: recipient }, news) {
      const kind = 'withdrawal';
      const nowMs = now();
      const sealedPayload = seal(kind, recipient, news);
      const expiresAtMs = nowMs + NOTICE_MS;
      await insertMail(db, { recipient, kind, sealedPayload, createdAtMs: nowMs, expiresAtMs });
    },
  };
}
