import { randomBytes } from 'node:crypto';
import { nanoid } from 'nanoid';
import type { DatabasePool } from 'slonik';
import { type ApiKey, insertApiKey, revokeApiKeys } from '../../db/api-keys.ts';
import { appendAudit } from '../../db/audit.ts';
import { hasSecondFactor } from '../../db/factors.ts';
import { findWithdrawalObstacles } from '../../db/withdrawal-holds.ts';
import type { KeyAlgorithm, Scope } from '../../domain/api-keys.ts';
import { hashOfToken, newToken } from '../auth/begin-session.ts';
import { checkPassword, type PasswordFailure } from '../auth/check-password.ts';
import { isFactorFresh } from '../auth/fresh-factor.ts';
import { sessionOfKey } from '../auth/key-sessions.ts';
import { keyContext } from '../auth/key-verifier.ts';
import type { PasswordHasher } from '../auth/passwords.ts';
import type { Sealing } from '../auth/sealing.ts';
import { parseEd25519 } from '../auth/signatures.ts';
import type { Claims, TokenVerifier } from '../auth/tokens.ts';
import { type Caller, inSession } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

export interface KeyRequest {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  /** For ed25519: 32 bytes, base64. */
  readonly publicKey?: string;
  readonly scopes: readonly Scope[];
  readonly networks: readonly string[];
  readonly expiresAtMs: number | null;
  readonly pointsPerMinute: number | null;
  /** Left out by who has none. */
  readonly password?: string | undefined;
}

export interface AddedKey {
  readonly key: ApiKey;
  /** Base64, of a `client-secret` base64url; null where the client has made it. */
  readonly secret: string | null;
}

export type KeyRefusal =
  | PasswordFailure
  | 'account_frozen'
  | 'no_second_factor'
  | 'step_up_required'
  | 'too_many_keys';

/** The keys of a user: what makes one is told once, what revokes one holds everywhere within a second. */
export interface ApiKeys {
  add(who: InSession, request: KeyRequest, from: Caller): Promise<AddedKey | KeyRefusal>;
  /** One, or all. Answers how many were good. */
  revoke(who: InSession, which: { readonly only?: string }, from: Caller): Promise<number>;
}

const SECRET_BYTES = 32;
const ID_LENGTH = 20;

export function createApiKeys(options: {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
  readonly sealing: Sealing;
  readonly mails: MailQueue;
}): ApiKeys {
  const { pool, tokens, passwords, sealing, mails } = options;

  function materialFor(id: string, { algorithm, publicKey }: KeyRequest) {
    if (algorithm === 'ed25519') return { keyMaterial: parseEd25519(publicKey!)!, secret: null };
    if (algorithm === 'client-secret') {
      const secret = newToken();
      return { keyMaterial: hashOfToken(secret), secret };
    }
    const bytes = randomBytes(SECRET_BYTES);
    return { keyMaterial: sealing.seal(bytes, keyContext(id)), secret: bytes.toString('base64') };
  }

  return {
    async add(who, request, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      const nowMs = tokens.now();
      const user = await checkPassword(pool, passwords, who, request.password, nowMs);
      if (user === 'sign_in_busy' || user === 'recent_sign_in_required') return user;
      if (user === 'invalid_credentials') {
        await appendAudit(pool, { action: 'api_key.refused', outcome: 'refused', actor, userId }, nowMs);
        return user;
      }
      if (!(await isFactorFresh(pool, who, nowMs))) return 'step_up_required';
      // Whoever withdraws shows a second factor: the key stands in its place.
      if (request.scopes.includes('withdraw') && !(await hasSecondFactor(pool, userId)))
        return 'no_second_factor';
      const id = `bk_${nanoid(ID_LENGTH)}`;
      const { keyMaterial, secret } = materialFor(id, request);
      const { name, algorithm, expiresAtMs, pointsPerMinute } = request;
      const [scopes, networks] = [[...request.scopes], [...request.networks]];
      const key = {
        id,
        userId,
        name,
        algorithm,
        scopes,
        networks,
        createdAtMs: nowMs,
        expiresAtMs,
        pointsPerMinute,
      };
      const refusal = await pool.transaction(async (db) => {
        // Who froze the account may not be who asks.
        if ((await findWithdrawalObstacles(db, userId, nowMs)).frozen) return 'account_frozen';
        if (!(await insertApiKey(db, { ...key, keyMaterial }))) return 'too_many_keys';
        const detail = { keyId: id, algorithm, scopes, networks, expiresAtMs, pointsPerMinute };
        await appendAudit(db, { action: 'api_key.added', outcome: 'done', actor, userId, detail }, nowMs);
        await mails.notice(db, 'api_key_added', user, from);
        return undefined;
      });
      return refusal ?? { key: { ...key, lastUsedAtMs: null }, secret };
    },

    async revoke(who, { only }, from) {
      const { userId } = who;
      const actor = inSession(from, who);
      const keyIds = await pool.transaction(async (db) => {
        const revoked = await revokeApiKeys(db, userId, tokens.now(), only);
        const detail = { keyIds: revoked };
        if (revoked.length > 0) {
          await appendAudit(
            db,
            { action: 'api_key.revoked', outcome: 'done', actor, userId, detail },
            tokens.now(),
          );
        }
        return revoked;
      });
      for (const id of keyIds) tokens.sessionEnded(sessionOfKey(id));
      return keyIds.length;
    },
  };
}
