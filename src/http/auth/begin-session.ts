import { createHash, randomBytes } from 'node:crypto';
import { nanoid } from 'nanoid';
import type { CommonQueryMethods } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { insertSession } from '../../db/sessions.ts';
import type { User } from '../../db/users.ts';
import { type Caller, inSession } from '../caller.ts';
import type { TokenVerifier } from './tokens.ts';

const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

/** What a client gets to keep. */
export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly sessionId: string;
}

/**
 * Begins a session, in the transaction that says why it may.
 * @param isVerified whether the second factor was shown
 * @param how what else the audit log is to keep
 */
export async function beginSession(
  tokens: TokenVerifier,
  db: CommonQueryMethods,
  user: User,
  from: Caller,
  isVerified: boolean,
  how: Readonly<Record<string, unknown>> = {},
): Promise<SignedIn> {
  const sessionId = nanoid();
  const refreshToken = newToken();
  const createdAtMs = tokens.now();
  const userId = user.id;
  await insertSession(db, {
    id: sessionId,
    userId,
    refreshHash: hashOfToken(refreshToken),
    createdAtMs,
    expiresAtMs: createdAtMs + SESSION_MS,
    ip: from.ip,
    userAgent: from.userAgent,
    verifiedAtMs: isVerified ? createdAtMs : null,
  });
  const actor = inSession(from, { userId, sessionId });
  const detail = { secondFactor: isVerified, ...how };
  await appendAudit(db, { action: 'session.begun', outcome: 'done', actor, userId, detail }, createdAtMs);
  return signedIn(tokens, user, sessionId, refreshToken);
}

export function signedIn(
  tokens: TokenVerifier,
  user: User,
  sessionId: string,
  refreshToken: string,
): SignedIn {
  const { id: userId, accountId, role } = user;
  const accessToken = tokens.sign({ userId, accountId, role, sessionId, scopes: null });
  return { accessToken, refreshToken, user, sessionId };
}

/** 256 random bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A fast hash is enough for 256 random bits: there is nothing to guess. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
