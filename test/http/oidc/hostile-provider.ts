import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import jwt from 'jsonwebtoken';
import type { OidcProviderConfig } from '../../../src/http/oidc/provider-config.ts';

const SECRET = 'a secret of the client, long enough for anybody';
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** A key that the provider does not show. */
export const strangeKey: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** What it answers; everything is right where nothing is said. */
export interface Lies {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
  /** The ID token itself, instead of one of these claims. */
  readonly idToken?: string;
  /** How the token endpoint answers. */
  readonly tokenStatus?: number;
  readonly issuer?: string;
  /** Where people are sent. */
  readonly authorizationEndpoint?: string;
  readonly userinfo?: object;
  /** It takes requests and answers none. */
  readonly isSilent?: boolean;
}

export interface HostileProvider {
  readonly config: OidcProviderConfig;
  lies: Lies;
  /** How often it was asked anything. */
  readonly asked: number;
  /** How often the token endpoint was asked. */
  redeemed: number;
  /** What the provider sends the person back with, for an address that it was sent to. */
  answerTo(authorizationUrl: string): URLSearchParams;
}

/** A provider that says whatever a test wants, to see what is believed. Closed at the test's end. */
export async function startHostileProvider(t: ExecutionContext): Promise<HostileProvider> {
  let nonce = '';
  let asked = 0;
  const server = createServer((request, response) => {
    const send = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const { lies } = hostile;
    asked += 1;
    if (lies.isSilent === true) return;
    if (request.url === '/.well-known/openid-configuration')
      return send(200, {
        issuer: lies.issuer ?? issuer,
        authorization_endpoint: lies.authorizationEndpoint ?? `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
      });
    if (request.url === '/jwks')
      return send(200, {
        keys: [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'ours', alg: 'RS256', use: 'sig' }],
      });
    if (request.url === '/userinfo')
      return send(200, {
        sub: 'mallory',
        email: 'mallory@example.com',
        email_verified: true,
        ...lies.userinfo,
      });
    if (request.url !== '/token') return send(404, {});
    hostile.redeemed += 1;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: 'mallory',
      aud: 'bourse',
      iat: nowSeconds,
      exp: nowSeconds + 60,
      nonce,
      ...lies.claims,
    };
    const signed = jwt.sign(claims, lies.key ?? ours.privateKey, { algorithm: 'RS256', keyid: 'ours' });
    return send(lies.tokenStatus ?? 200, {
      access_token: 'an access token',
      token_type: 'Bearer',
      id_token: lies.idToken ?? signed,
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hostile: HostileProvider = {
    config: {
      id: 'hostile',
      name: 'Hostile',
      issuer,
      clientId: 'bourse',
      clientSecret: SECRET,
      scopes: ['openid', 'email'],
    },
    lies: {},
    redeemed: 0,
    get asked() {
      return asked;
    },
    answerTo(authorizationUrl) {
      const asked = new URL(authorizationUrl).searchParams;
      nonce = asked.get('nonce')!;
      return new URLSearchParams({ code: 'a code', state: asked.get('state')!, iss: issuer });
    },
  };
  return hostile;
}
