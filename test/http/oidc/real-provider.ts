import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { Provider } from 'oidc-provider';
import type { OidcProviderConfig } from '../../../src/http/oidc/provider-config.ts';
import { PUBLIC_URL } from '../gateway.ts';

/** Who sits before the browser, as the provider knows him. */
export interface Account {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
}

export interface RealProvider {
  readonly config: OidcProviderConfig;
  /** Goes to the address as a browser does, signs in as this account, and answers the query that the provider sends it back with. */
  visit(authorizationUrl: string, account: Account | 'nobody'): Promise<string>;
  /** From now on nobody answers, until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const JWK = { ...privateKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' };

/** The provider warns that it keeps everything in memory, which is what a test wants. */
function quietly<Value>(make: () => Value): Value {
  const { warn } = console;
  console.warn = () => {};
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** An OpenID provider that is one (oidc-provider), on a port of its own. Closed at the test's end. */
export async function startRealProvider(
  t: ExecutionContext,
  id = 'real',
  options: { readonly isPublicClient?: boolean; readonly callback?: string } = {},
): Promise<RealProvider> {
  const { callback = `${PUBLIC_URL}/sign-in/callback` } = options;
  const accounts = new Map<string, Account>();
  let visitor: Account | 'nobody' = 'nobody';
  let server = createServer();
  const port = await listen(server, 0);
  const issuer = `http://127.0.0.1:${port}`;
  const secret = { client_secret: 'a secret of the client, long enough for anybody' };
  const provider = quietly(
    () =>
      new Provider(issuer, {
        clients: [
          {
            client_id: 'bourse',
            redirect_uris: [callback],
            grant_types: ['authorization_code'],
            response_types: ['code'],
            ...(options.isPublicClient === true ? { token_endpoint_auth_method: 'none' } : secret),
          },
        ],
        jwks: { keys: [JWK] },
        cookies: { keys: ['a key for cookies'] },
        claims: { openid: ['sub'], email: ['email', 'email_verified'] },
        pkce: { required: () => true },
        ttl: {
          AccessToken: 60,
          AuthorizationCode: 60,
          Grant: 600,
          IdToken: 60,
          Interaction: 600,
          Session: 600,
        },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_, { uid }) => `/interaction/${uid}` },
        findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...accounts.get(sub)!, sub }) }),
        // Whoever has signed in has consented as well.
        async loadExistingGrant({ oidc }) {
          const grant = new oidc.provider.Grant({
            clientId: oidc.client!.clientId,
            accountId: oidc.session!.accountId!,
          });
          grant.addOIDCScope('openid email');
          await grant.save();
          return grant;
        },
      }),
  );
  const handle = provider.callback();

  function attend(to: Server): void {
    to.on('request', (request, response) => {
      if (request.url?.startsWith('/interaction/') !== true) return handle(request, response);
      const result =
        visitor === 'nobody'
          ? { error: 'access_denied', error_description: 'the person went away' }
          : { login: { accountId: visitor.sub } };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    });
  }
  attend(server);
  t.teardown(() => closed(server));

  return {
    config: {
      id,
      name: `The provider ${id}`,
      issuer,
      clientId: 'bourse',
      scopes: ['openid', 'email'],
      ...(options.isPublicClient === true ? {} : { clientSecret: secret.client_secret }),
    },
    async visit(authorizationUrl, account) {
      visitor = account;
      if (account !== 'nobody') accounts.set(account.sub, account);
      const cookies = new Map<string, string>();
      let url = authorizationUrl;
      for (let hops = 0; hops < 10; hops += 1) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const reply = await fetch(url, { redirect: 'manual', headers: { cookie } });
        const text = await reply.text();
        for (const line of reply.headers.getSetCookie()) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
          cookies.set(name!, value!);
        }
        const location = reply.headers.get('location');
        if (location === null) throw new Error(`the provider answered ${reply.status}: ${text}`);
        url = new URL(location, url).href;
        if (url.startsWith(callback)) return new URL(url).search;
      }
      throw new Error('the provider sends the browser in circles');
    },
    goAway: () => closed(server),
    async comeBack() {
      server = createServer();
      attend(server);
      await listen(server, port);
    },
  };
}
