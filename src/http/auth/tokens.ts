import type { CommonQueryMethods } from 'slonik';
import { z } from 'zod';
import { isSessionAlive } from '../../db/sessions.ts';
import { SCOPES, type Scope } from '../../domain/api-keys.ts';
import { ROLES, type Role } from '../../domain/roles.ts';
import { keyOfSession } from './key-sessions.ts';
import type { KeyVerifier } from './key-verifier.ts';
import type { TokenSecrets } from './token-secrets.ts';

/** Who a token speaks for. */
export interface Claims {
  readonly userId: number;
  readonly accountId: number;
  readonly role: Role;
  /** The session of a person, or `key:` and the id of an API key. */
  readonly sessionId: string;
  /** What a program may do; null for a person, who may do all that he may. */
  readonly scopes: readonly Scope[] | null;
  readonly expiresAtMs: number;
  /** Points a minute of a key that has fewer than others. */
  readonly keyPoints?: number;
}

export const ACCESS_TOKEN_SECONDS = 15 * 60;
const CACHE_LIMIT = 100_000;

export interface TokenVerifier {
  /**
   * A new access token, good for {@link ACCESS_TOKEN_SECONDS} or until its session ends.
   * @param seconds for fewer
   */
  sign(claims: Omit<Claims, 'expiresAtMs'>, seconds?: number): string;
  /** Claims of a token that is good, from memory: undefined says only that it has to be verified. */
  remembered(token: string): Claims | undefined;
  /** Checks the session behind a payload whose signature and times are verified; remembers the token. */
  admit(token: string, payload: unknown): Promise<Claims | undefined>;
  /** The whole check, for who has no Koa context; undefined when the token is not good. */
  verify(token: string): Promise<Claims | undefined>;
  /** To be called after a session was ended in the database: its tokens are refused from now on. */
  sessionEnded(sessionId: string): void;
  onSessionEnded(listener: (sessionId: string) => void): () => void;
  readonly secrets: Pick<TokenSecrets, 'named'>;
  readonly now: () => number;
}

export interface TokenVerifierOptions {
  readonly pool: CommonQueryMethods;
  readonly secrets: TokenSecrets;
  readonly keys: Pick<KeyVerifier, 'isAlive'>;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

const payloadSchema = z.object({
  sub: z
    .string()
    .regex(/^[1-9][0-9]{0,15}$/)
    .transform(Number),
  acc: z.number().int().positive(),
  role: z.enum(ROLES),
  sid: z.string(),
  scp: z.array(z.enum(SCOPES)).optional(),
  ppm: z.int().positive().optional(),
  exp: z.number(),
});

/**
 * Signs and checks access tokens. Checking a signature is the dearest step of a small request, so a token that was
 * good once is remembered until it expires or its session ends, here or, as `watchSessionEnds` hears, elsewhere.
 */
export function createTokenVerifier({
  pool,
  secrets,
  keys,
  now = Date.now,
}: TokenVerifierOptions): TokenVerifier {
  // In order of verification, which is nearly the order of expiry.
  const cache = new Map<string, Claims>();
  /** Sessions that ended here, with the time after which no token of theirs can be valid any more. */
  const ended = new Map<string, number>();
  const listeners = new Set<(sessionId: string) => void>();

  function remember(token: string, claims: Claims): void {
    for (const [oldest, { expiresAtMs }] of cache) {
      if (expiresAtMs > now() && cache.size < CACHE_LIMIT) break;
      cache.delete(oldest);
    }
    cache.set(token, claims);
  }

  function forgetOldEnds(): void {
    for (const [sessionId, untilMs] of ended) {
      if (untilMs > now()) break;
      ended.delete(sessionId);
    }
  }

  /** A token for a key is known by its scopes, one for a session by having none: neither is good in the other's place. */
  function isAlive(sessionId: string, scopes: readonly Scope[] | undefined): Promise<boolean> {
    const keyId = keyOfSession(sessionId);
    if (scopes === undefined) return isSessionAlive(pool, sessionId, now());
    return keyId === undefined ? Promise.resolve(false) : keys.isAlive(keyId);
  }

  const verifier: TokenVerifier = {
    now,
    secrets,
    sign({ userId, accountId, role, sessionId, scopes, keyPoints }, seconds = ACCESS_TOKEN_SECONDS) {
      const iat = Math.floor(now() / 1000);
      const payload = {
        iat,
        exp: iat + Math.min(seconds, ACCESS_TOKEN_SECONDS),
        acc: accountId,
        role,
        sid: sessionId,
        ...(scopes === null ? {} : { scp: scopes }),
        ...(keyPoints === undefined ? {} : { ppm: keyPoints }),
      };
      return secrets.sign(payload, String(userId));
    },
    remembered(token) {
      const claims = cache.get(token);
      if (claims === undefined) return undefined;
      if (claims.expiresAtMs > now() && !ended.has(claims.sessionId)) return claims;
      cache.delete(token);
      return undefined;
    },
    async admit(token, payload) {
      const parsed = payloadSchema.safeParse(payload);
      if (!parsed.success) return undefined;
      const { sub, acc, role, sid, scp, ppm, exp } = parsed.data;
      if (ended.has(sid) || !(await isAlive(sid, scp))) return undefined;
      // It may have ended while the database was asked.
      if (ended.has(sid)) return undefined;
      const claims = {
        userId: sub,
        accountId: acc,
        role,
        sessionId: sid,
        scopes: scp ?? null,
        expiresAtMs: exp * 1000,
        ...(ppm === undefined ? {} : { keyPoints: ppm }),
      };
      remember(token, claims);
      return claims;
    },
    async verify(token) {
      const known = verifier.remembered(token);
      if (known !== undefined) return known;
      const payload = secrets.verify(token, now());
      return payload === undefined ? undefined : verifier.admit(token, payload);
    },
    sessionEnded(sessionId) {
      // It is heard of more than once.
      if (ended.has(sessionId)) return;
      forgetOldEnds();
      ended.set(sessionId, now() + ACCESS_TOKEN_SECONDS * 1000);
      for (const listener of listeners) listener(sessionId);
    },
    onSessionEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return verifier;
}
