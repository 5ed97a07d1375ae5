import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Pinned, so that a token can't choose a weaker one. */
export const TOKEN_ALGORITHM = 'HS256';
export const TOKEN_ISSUER = 'bourse';
const MIN_SECRET_BYTES = 32;

/** What access tokens are signed with, and what they may be signed with: a new secret comes without logging anybody out. */
export interface TokenSecrets {
  /** A token of the newest secret, which its header names. @param subject the user */
  sign(payload: object, subject: string): string;
  /** The secret that a header names. @throws {UnknownSecretError} */
  named(header: { readonly kid?: unknown }): string;
  /** The payload of a token whose signature, issuer and times are right at `nowMs`; undefined otherwise. */
  verify(token: string, nowMs: number): unknown;
}

/** The token was signed with a secret that is not known, or does not say with which. */
export class UnknownSecretError extends Error {
  override readonly name = 'UnknownSecretError';
}

/**
 * @param secrets the first signs; tokens of the others are accepted. At least 32 bytes each
 * @throws RangeError
 */
export function createTokenSecrets(secrets: readonly [string, ...string[]]): TokenSecrets {
  if (secrets.some((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)) {
    throw new RangeError(`A token secret must have at least ${MIN_SECRET_BYTES} bytes.`);
  }
  const [current] = secrets;
  const keyid = idOf(current);
  const byId = new Map(secrets.map((secret) => [idOf(secret), secret]));
  const named: TokenSecrets['named'] = ({ kid }) => {
    const secret = typeof kid === 'string' ? byId.get(kid) : undefined;
    if (secret === undefined) throw new UnknownSecretError('The token names no secret of this exchange.');
    return secret;
  };
  return {
    sign: (payload, subject) =>
      jwt.sign(payload, current, { algorithm: TOKEN_ALGORITHM, issuer: TOKEN_ISSUER, keyid, subject }),
    named,
    verify(token, nowMs) {
      try {
        const header = jwt.decode(token, { complete: true })?.header ?? {};
        return jwt.verify(token, named(header), {
          algorithms: [TOKEN_ALGORITHM],
          issuer: TOKEN_ISSUER,
          clockTimestamp: Math.floor(nowMs / 1000),
        });
      } catch {
        return undefined;
      }
    },
  };
}

/** The same in every process; tells no more of the secret than a token's signature does. */
function idOf(secret: string): string {
  return createHmac('sha256', secret)
    .update('bourse: name of a token secret')
    .digest('base64url')
    .slice(0, 16);
}
