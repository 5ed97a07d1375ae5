import * as client from 'openid-client';
import type { Logger } from 'pino';
import { isLocalAddress, isReachedSafely, type OidcProviderConfig } from './provider-config.ts';

/** What is kept of a visit at a provider until it ends. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Who somebody is, as a provider says. */
export interface Person {
  readonly issuer: string;
  /** Never changes, and is never given to another. */
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
}

export type ProviderFailure = 'provider_unavailable' | 'provider_refused' | 'invalid_callback';

export interface OidcProvider {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  /** Where the person is to be sent. */
  authorizationUrl(secrets: FlowSecrets): Promise<string | 'provider_unavailable'>;
  /**
   * Trades the code in and checks what the provider says: state, issuer (RFC 9207), signature, audience, times and nonce.
   * @param query of the address to which the provider has sent the person back
   */
  redeem(query: string, secrets: FlowSecrets): Promise<Person | ProviderFailure>;
}

const TIMEOUT_SECONDS = 5;
const TRIES = 2;
/** A provider may change its endpoints; its keys are read anew by themselves. */
const KNOWN_FOR_MS = 60 * 60 * 1000;
/** A provider's clock may be that far off. */
const CLOCK_TOLERANCE_SECONDS = 10;
const MAX_SUBJECT = 255;

export interface OidcProviderOptions {
  /** Where providers send people back to. */
  readonly redirectUri: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => number;
  /** A provider that takes longer counts as away. */
  readonly timeoutSeconds?: number;
}

/**
 * A provider that is asked where its endpoints are when somebody first wants to sign in through it, not before, so that one that is
 * away harms nobody else. However many ask at once, one question is on its way.
 */
export function createOidcProvider(config: OidcProviderConfig, options: OidcProviderOptions): OidcProvider {
  const { id, name, issuer, clientId, scopes } = config;
  const { redirectUri, log, now, timeoutSeconds: timeout = TIMEOUT_SECONDS } = options;
  let known: { readonly found: client.Configuration; readonly atMs: number } | undefined;
  let looking: Promise<client.Configuration> | undefined;

  async function look(): Promise<client.Configuration> {
    const execute = [client.enableNonRepudiationChecks];
    if (isLocalAddress(issuer)) execute.push(client.allowInsecureRequests);
    const found = await client.discovery(
      new URL(issuer),
      clientId,
      { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      clientAuthentication(config),
      { execute, timeout },
    );
    // The library forgives some well-known providers another issuer, with which theirs would be everybody's.
    const { issuer: said, authorization_endpoint: endpoint } = found.serverMetadata();
    if (said !== issuer) throw new Error('the provider is another issuer');
    if (endpoint === undefined || !isReachedSafely(endpoint))
      throw new Error('the provider sends people to an address that is not https');
    known = { found, atMs: now() };
    return found;
  }

  async function lookAgain(): Promise<client.Configuration> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await look();
      } catch (error) {
        if (attempt === TRIES) throw error;
      }
    }
  }

  async function discovered(): Promise<client.Configuration | undefined> {
    if (known !== undefined && now() - known.atMs < KNOWN_FOR_MS) return known.found;
    looking ??= lookAgain().finally(() => {
      looking = undefined;
    });
    try {
      return await looking;
    } catch (error) {
      log.warn({ err: error, provider: id }, 'an OpenID provider can’t be reached');
      return known?.found;
    }
  }

  async function personOf(found: client.Configuration, tokens: Tokens): Promise<Person> {
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('there is no ID token');
    const { sub: subject } = claims;
    if (subject.length > MAX_SUBJECT) throw new Error('the subject is too long');
    let said: Readonly<Record<string, unknown>> = claims;
    // Where there is an access token, the address may be told only for that (OpenID Connect Core, section 5.4).
    if (claims['email'] === undefined && found.serverMetadata().userinfo_endpoint !== undefined)
      said = await client.fetchUserInfo(found, tokens.access_token, subject);
    return {
      issuer,
      subject,
      email: typeof said['email'] === 'string' ? said['email'] : undefined,
      isEmailVerified: said['email_verified'] === true,
    };
  }

  return {
    id,
    name,
    issuer,
    async authorizationUrl({ state, nonce, verifier }) {
      const found = await discovered();
      if (found === undefined) return 'provider_unavailable';
      return client.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).href;
    },
    async redeem(query, { state, nonce, verifier }) {
      const found = await discovered();
      if (found === undefined) return 'provider_unavailable';
      try {
        const tokens = await client.authorizationCodeGrant(found, new URL(`${redirectUri}?${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return await personOf(found, tokens);
      } catch (error) {
        const failure = failureOf(error);
        const level = failure === 'provider_unavailable' ? 'warn' : 'info';
        log[level]({ provider: id, failure, why: describe(error) }, 'a sign-in through a provider failed');
        return failure;
      }
    },
  };
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

function clientAuthentication({ clientSecret }: OidcProviderConfig): client.ClientAuth {
  if (clientSecret === undefined) return client.None();
  const basic = client.ClientSecretBasic(clientSecret);
  const post = client.ClientSecretPost(clientSecret);
  return (server, ...rest) => {
    // Basic is what a provider takes that says nothing (OpenID Connect Discovery, section 3).
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server;
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** Codes of openid-client for what a provider that is ill answers, or does not. */
const AWAY: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

function failureOf(error: unknown): ProviderFailure {
  if (error instanceof client.AuthorizationResponseError) return 'provider_refused';
  // The code is none of this flow: of another, used, or made up. Otherwise we are not the client that the provider knows.
  if (error instanceof client.ResponseBodyError)
    return error.error === 'invalid_grant' ? 'invalid_callback' : 'provider_unavailable';
  if (error instanceof client.ClientError)
    return error.code !== undefined && AWAY.has(error.code) ? 'provider_unavailable' : 'invalid_callback';
  // fetch says a broken connection with a TypeError that has a cause.
  if (error instanceof TypeError && error.cause !== undefined && !('code' in error))
    return 'provider_unavailable';
  return 'invalid_callback';
}

/** For the log: neither codes nor tokens, which the library keeps in `cause`. */
function describe(error: unknown): string {
  if (error instanceof client.ResponseBodyError) return error.error;
  if (error instanceof client.AuthorizationResponseError) return error.error;
  return error instanceof Error ? error.message : 'unknown';
}
