import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

const whole = z.bigint().transform(Number);

export interface NewMail {
  readonly recipient: string;
  readonly kind: string;
  /** null: nobody wants it; it is only written down that it was asked for. */
  readonly sealedPayload: Buffer | null;
  readonly createdAtMs: number;
  /** From then on it is not worth delivering. */
  readonly expiresAtMs: number;
}

/** Queues a mail, as a part of the transaction that causes it. */
export async function insertMail(db: CommonQueryMethods, mail: NewMail): Promise<void> {
  const { recipient, kind, sealedPayload, createdAtMs, expiresAtMs } = mail;
  const payload = sealedPayload === null ? null : sql.binary(sealedPayload);
  const isWanted = sealedPayload !== null;
  await db.query(sql.unsafe`
    insert into mails (recipient, kind, sealed_payload, created_at_ms, expires_at_ms, next_attempt_at_ms,
                       outcome, ended_at_ms)
    values (${recipient}, ${kind}, ${payload}, ${createdAtMs}, ${expiresAtMs}, ${createdAtMs},
            ${isWanted ? null : 'not_wanted'}, ${isWanted ? null : createdAtMs})`);
}

/** Whether somebody was sent such a mail since then. */
export function wasMailedSince(
  db: CommonQueryMethods,
  recipient: string,
  kind: string,
  sinceMs: number,
): Promise<boolean> {
  return db.exists(sql.unsafe`
    select 1 from mails where recipient = ${recipient} and kind = ${kind} and created_at_ms > ${sinceMs}
      and outcome is distinct from 'not_wanted'`);
}

const dueRow = z.strictObject({
  id: whole,
  recipient: z.string(),
  kind: z.string(),
  sealedPayload: z.instanceof(Buffer),
  attempts: z.int(),
  createdAtMs: whole,
  expiresAtMs: whole,
});
export type DueMail = z.output<typeof dueRow>;

/**
 * Takes the mail that has waited longest, for as long as the lease lasts: no other process takes it meanwhile, and if this one
 * dies, it is taken again.
 */
export async function takeDueMail(
  db: CommonQueryMethods,
  nowMs: number,
  leaseMs: number,
): Promise<DueMail | undefined> {
  const mail = await db.maybeOne(sql.type(dueRow)`
    update mails set attempts = attempts + 1, next_attempt_at_ms = ${nowMs + leaseMs}
    where id = (
      select id from mails where outcome is null and next_attempt_at_ms <= ${nowMs}
      order by next_attempt_at_ms, id limit 1 for update skip locked)
    returning id, recipient, kind, sealed_payload as "sealedPayload", attempts,
              created_at_ms as "createdAtMs", expires_at_ms as "expiresAtMs"`);
  return mail ?? undefined;
}

/** It is over with a mail: what it said is forgotten. */
export async function endMail(
  db: CommonQueryMethods,
  id: number,
  outcome: 'delivered' | 'given_up',
  nowMs: number,
  error: string | null = null,
): Promise<void> {
  await db.query(sql.unsafe`
    update mails set outcome = ${outcome}, ended_at_ms = ${nowMs}, sealed_payload = null, last_error = ${error}
    where id = ${id} and outcome is null`);
}

export async function postponeMail(
  db: CommonQueryMethods,
  id: number,
  nextAttemptAtMs: number,
  error: string,
): Promise<void> {
  await db.query(sql.unsafe`
    update mails set next_attempt_at_ms = ${nextAttemptAtMs}, last_error = ${error}
    where id = ${id} and outcome is null`);
}

/** Forgets mails that ended before then, and tokens that are past their end. */
export async function pruneMails(
  db: CommonQueryMethods,
  endedBeforeMs: number,
  nowMs: number,
): Promise<void> {
  await db.query(sql.unsafe`delete from mails where outcome is not null and ended_at_ms < ${endedBeforeMs}`);
  await db.query(sql.unsafe`delete from mail_tokens where expires_at_ms < ${nowMs}`);
}

export type TokenPurpose = 'confirm_email' | 'reset_password';

/**
 * Keeps the hash of a token in the place of the one before.
 * @param user null does the same work and keeps nothing
 * @param spacingMs one that is younger, and good, stays
 * @returns whether it is kept
 */
export async function replaceMailToken(
  db: CommonQueryMethods,
  token: {
    readonly userId: number | null;
    readonly purpose: TokenPurpose;
    readonly tokenHash: Buffer;
    readonly nowMs: number;
    readonly expiresAtMs: number;
    readonly spacingMs: number;
  },
): Promise<boolean> {
  const { userId, purpose, tokenHash, nowMs, expiresAtMs, spacingMs } = token;
  const { rowCount } = await db.query(sql.unsafe`
    insert into mail_tokens (user_id, purpose, token_hash, created_at_ms, expires_at_ms)
    select id, ${purpose}, ${sql.binary(tokenHash)}, ${nowMs}, ${expiresAtMs} from users where id = ${userId ?? -1}
    on conflict (user_id, purpose) do update
    set token_hash = excluded.token_hash, created_at_ms = excluded.created_at_ms,
        expires_at_ms = excluded.expires_at_ms
    where mail_tokens.created_at_ms <= ${nowMs - spacingMs} or mail_tokens.expires_at_ms <= ${nowMs}`);
  return rowCount === 1;
}

const ownerRow = z.strictObject({ userId: whole });

/** Whose token it is; undefined when it is unknown, used, replaced or past its end. */
export async function findMailToken(
  db: CommonQueryMethods,
  purpose: TokenPurpose,
  tokenHash: Buffer,
  nowMs: number,
): Promise<number | undefined> {
  const userId = await db.maybeOneFirst(sql.type(ownerRow)`
    select user_id as "userId" from mail_tokens
    where token_hash = ${sql.binary(tokenHash)} and purpose = ${purpose} and expires_at_ms > ${nowMs}`);
  return userId ?? undefined;
}

/** Uses a token up: of several who show it at once one gets the user. */
export async function useMailToken(
  db: CommonQueryMethods,
  purpose: TokenPurpose,
  tokenHash: Buffer,
  nowMs: number,
): Promise<number | undefined> {
  const userId = await db.maybeOneFirst(sql.type(ownerRow)`
    delete from mail_tokens
    where token_hash = ${sql.binary(tokenHash)} and purpose = ${purpose} and expires_at_ms > ${nowMs}
    returning user_id as "userId"`);
  return userId ?? undefined;
}

/** What was mailed for this purpose is good no more. */
export async function deleteMailTokens(
  db: CommonQueryMethods,
  userId: number,
  purpose: TokenPurpose,
): Promise<void> {
  await db.query(sql.unsafe`delete from mail_tokens where user_id = ${userId} and purpose = ${purpose}`);
}
