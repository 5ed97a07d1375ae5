import { timingSafeEqual } from 'node:crypto';
import type { DatabasePool } from 'slonik';
import { findSigningKey, markKeyUsed, type SigningKey } from '../../db/api-keys.ts';
import { appendAudit } from '../../db/audit.ts';
import type { Scope } from '../../domain/api-keys.ts';
import { hashOfToken } from '../auth/begin-session.ts';
import { sessionOfKey } from '../auth/key-sessions.ts';
import { isWithinNetworks } from '../auth/key-verifier.ts';
import { ACCESS_TOKEN_SECONDS, type TokenVerifier } from '../auth/tokens.ts';
import { anonymous, type Caller, inSession } from '../caller.ts';
import type { OAuthRefusal, TokenRequestRead } from './token-request.ts';

export interface IssuedToken {
  readonly accessToken: string;
  readonly scopes: readonly Scope[];
  /** Seconds for which it is good. */
  readonly expiresIn: number;
}

export interface ClientCredentials {
  /** A token with the scopes that were asked for, of those that the client has. */
  issue(request: TokenRequestRead, from: Caller): Promise<IssuedToken | OAuthRefusal>;
}

const CLIENT_ID = /^bk_[A-Za-z0-9_-]{20}$/;
/** Compared with where there is no client, so that it takes the same work. */
const NOBODY = hashOfToken('nobody has this secret');
const UNKNOWN: OAuthRefusal = Object.freeze({
  error: 'invalid_client',
  description: 'The client is unknown, revoked or expired, or the secret is wrong.',
});

/**
 * Tokens for programs that show a secret (RFC 6749, section 4.4). An OAuth client is an API key that signs nothing; its token is in
 * the session of the key, and dies with it like that of a key that signs.
 */
export function createClientCredentials(options: {
  readonly pool: DatabasePool;
  readonly tokens: Pick<TokenVerifier, 'sign' | 'now'>;
}): ClientCredentials {
  const { pool, tokens } = options;

  async function refused(
    refusal: OAuthRefusal,
    from: Caller,
    key: SigningKey | undefined,
    why: string,
  ): Promise<OAuthRefusal> {
    const detail = { keyId: key?.id ?? null, why };
    const [actor, userId] = [anonymous(from), key?.userId ?? null];
    const event = { action: 'oauth_token.refused', outcome: 'refused', actor, userId, detail } as const;
    await appendAudit(pool, event, tokens.now());
    return refusal;
  }

  return {
    async issue({ clientId, secret, scopes: asked }, from) {
      // Read each time: what was revoked a moment ago gets no token.
      const found = CLIENT_ID.test(clientId) ? await findSigningKey(pool, clientId) : undefined;
      const key = found?.algorithm === 'client-secret' ? found : undefined;
      const isRight = timingSafeEqual(hashOfToken(secret), key?.keyMaterial ?? NOBODY);
      if (key === undefined) return refused(UNKNOWN, from, found, 'unknown_client');
      if (!isRight) return refused(UNKNOWN, from, key, 'wrong_secret');
      const nowMs = tokens.now();
      if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return refused(UNKNOWN, from, key, 'expired');
      if (!isWithinNetworks(key.networks, from.ip)) {
        const description = 'The client may not be used from this address.';
        return refused({ error: 'unauthorized_client', description }, from, key, 'ip_not_allowed');
      }
      const scopes = asked ?? key.scopes;
      if (!scopes.every((scope) => key.scopes.includes(scope)))
        return { error: 'invalid_scope', description: `The client has only ${key.scopes.join(' and ')}.` };
      const { userId, accountId, role } = key;
      const sessionId = sessionOfKey(key.id);
      await pool.transaction(async (db) => {
        await markKeyUsed(db, key.id, nowMs);
        const actor = inSession(from, { userId, sessionId });
        const detail = { keyId: key.id, scopes: [...scopes] };
        const event = { action: 'oauth_token.issued', outcome: 'done', actor, userId, detail } as const;
        await appendAudit(db, event, nowMs);
      });
      // It outlives nothing that it was given for.
      const expiresIn = secondsUntil(key.expiresAtMs, nowMs);
      const claims = { userId, accountId, role, sessionId, scopes };
      const keyPoints = key.pointsPerMinute === null ? {} : { keyPoints: key.pointsPerMinute };
      const accessToken = tokens.sign({ ...claims, ...keyPoints }, expiresIn);
      return { accessToken, scopes, expiresIn };
    },
  };
}

function secondsUntil(endMs: number | null, nowMs: number): number {
  if (endMs === null) return ACCESS_TOKEN_SECONDS;
  return Math.min(ACCESS_TOKEN_SECONDS, Math.floor((endMs - nowMs) / 1000));
}
