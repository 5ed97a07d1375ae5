import { randomBytes } from 'node:crypto';
import { awaitMailToken } from './outbox.ts';
import type { RestClient } from './rest.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** What signing in gives. */
export interface TokenPair {
  readonly accessToken: string;
  /** Seconds for which the access token is good. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly accountId: string;
  readonly sessionId: string;
}

/** Renew a token when it has less than this left. */
const RENEW_BEFORE_MS = 60_000;

/** Someone who is signed in, and stays so. */
export interface Session {
  readonly accountId: string;
  /** An access token that is good for at least half a minute; exchanges the refresh token when it has to. */
  accessToken(): Promise<string>;
  logOut(): Promise<void>;
}

/** Credentials that nobody else has, for simulated customers. */
export function inventCredentials(prefix: string): Credentials {
  return {
    email: `${prefix}-${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(18).toString('base64url'),
  };
}

/**
 * Registers, confirms the address with the token of the mail and the password, and signs in. An address that is taken with another password is
 * refused at signing in.
 * @param outbox the folder into which an exchange under development puts its mails
 */
export async function register(
  rest: RestClient,
  { email, password }: Credentials,
  outbox: string,
): Promise<Session> {
  await rest.request('POST', '/v1/auth/register', { body: { email, password } });
  const token = await awaitMailToken(outbox, email);
  await rest.request('POST', '/v1/auth/confirm-email', { body: { token, password } });
  return logIn(rest, { email, password });
}

export async function logIn(rest: RestClient, { email, password }: Credentials): Promise<Session> {
  const answer = await rest.request<TokenPair | { readonly challenge: string }>('POST', '/v1/auth/login', {
    body: { email, password },
  });
  if ('challenge' in answer)
    throw new Error(`${email} has a second factor: use a session in which it was shown`);
  let tokens = answer;
  let renewAtMs = renewalTime(tokens);
  let renewal: Promise<void> | undefined;

  async function renew(): Promise<void> {
    const { refreshToken } = tokens;
    tokens = await rest.request<TokenPair>('POST', '/v1/auth/refresh', { body: { refreshToken } });
    renewAtMs = renewalTime(tokens);
  }

  return {
    accountId: tokens.accountId,
    async accessToken() {
      if (Date.now() >= renewAtMs) {
        // A refresh token is good once: all who ask at the same time share one exchange.
        renewal ??= renew().finally(() => {
          renewal = undefined;
        });
        await renewal;
      }
      return tokens.accessToken;
    },
    async logOut() {
      await rest.request('POST', '/v1/auth/logout', { token: tokens.accessToken });
    },
  };
}

function renewalTime(tokens: TokenPair): number {
  return Date.now() + tokens.expiresIn * 1000 - RENEW_BEFORE_MS;
}
