import type { ExecutionContext } from 'ava';
import pino, { type Logger } from 'pino';
import { Registry } from 'prom-client';
import type { DatabasePool } from 'slonik';
import type { Exchange } from '../../src/actors/ports.ts';
import type { Custody } from '../../src/custody/ports.ts';
import type { AttemptLimits } from '../../src/http/auth/attempts.ts';
import { createKeyVerifier } from '../../src/http/auth/key-verifier.ts';
import { createSealing } from '../../src/http/auth/sealing.ts';
import { createTokenSecrets } from '../../src/http/auth/token-secrets.ts';
import { createTokenVerifier, type TokenVerifier } from '../../src/http/auth/tokens.ts';
import { createMemoryCounters } from '../../src/http/limits/counters.ts';
import type { RateLimits } from '../../src/http/limits/policies.ts';
import { RequestLimits } from '../../src/http/limits/request-limits.ts';
import type { Listener } from '../../src/http/listener.ts';
import { startMailSender } from '../../src/http/mail/sender.ts';
import type { Envelope } from '../../src/http/mail/transports.ts';
import type { OidcProviderConfig } from '../../src/http/oidc/provider-config.ts';
import { problemCodes } from '../../src/http/openapi/operation.ts';
import { createPasswordPolicy } from '../../src/http/passwords/policy.ts';
import { operations } from '../../src/http/routes.ts';
import { createHttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { NO_CUSTODY } from '../support/custody.ts';
import { createTestDatabase } from '../support/database.ts';
import { NO_LIMITS } from '../support/limits.ts';
import { confirmAddress } from '../support/traders.ts';

export const TOKEN_SECRET = 'a secret for tests, long enough for HS256';
export const PUBLIC_URL = 'http://localhost:3000';
export const PASSWORD = 'correct horse battery';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape.
  readonly body: any;
}

export interface TestGateway extends Listener {
  readonly url: string;
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  /** Milliseconds since the epoch, as the gateway sees it; tests move it. */
  readonly clock: { nowMs: number };
  /** Sends JSON unless `body` is a string, which goes as it is. */
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>;
  /** Delivers what is queued and answers all mails that were delivered so far. */
  mails(): Promise<readonly Envelope[]>;
  /** The token in the newest mail to somebody. */
  mailedToken(email: string): Promise<string>;
  /** Registers and signs in; answers the token pair. */
  signUp(
    email: string,
  ): Promise<{ accessToken: string; refreshToken: string; accountId: string; sessionId: string }>;
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The exchange is not the real one: it may answer what the document does not have. */
  readonly undocumented?: boolean;
}

/** A gateway on a real listener with a database of its own. Closed at the test's end. */
export async function startGateway(
  t: ExecutionContext,
  exchange: Exchange,
  options: {
    readonly attemptLimits?: AttemptLimits;
    readonly custody?: Custody;
    readonly transport?: Pick<HttpServerOptions, 'certificate' | 'timeouts' | 'trustProxy' | 'corsOrigins'>;
    readonly rateLimits?: RateLimits;
    readonly secrets?: readonly [string, ...string[]];
    /** Where people would reach it, and the port for it; any port when left out. */
    readonly publicUrl?: string;
    readonly port?: number;
    readonly database?: { readonly pool: DatabasePool };
    readonly oidcProviders?: readonly OidcProviderConfig[];
    /** Where its log goes; nowhere when left out. */
    readonly log?: Logger;
  } = {},
): Promise<TestGateway> {
  const { pool } = options.database ?? (await createTestDatabase(t));
  const clock = { nowMs: Date.now() };
  const log = options.log ?? pino({ level: 'silent' });
  const sealing = createSealing('a data key for tests, long enough to be one');
  const keys = createKeyVerifier({ pool, sealing, log, now: () => clock.nowMs });
  const secrets = createTokenSecrets(options.secrets ?? [TOKEN_SECRET]);
  const tokens = createTokenVerifier({ pool, secrets, keys, now: () => clock.nowMs });
  const counters = createMemoryCounters();
  const http = createHttpServer({
    exchange,
    custody: options.custody ?? NO_CUSTODY,
    pool,
    tokens,
    keys,
    sealing,
    passwordPolicy: await createPasswordPolicy(),
    log,
    metrics: new Registry(),
    counters,
    requestLimits: new RequestLimits(options.rateLimits ?? NO_LIMITS, counters, () => clock.nowMs),
    simulatedDeposits: true,
    version: '0.0.0',
    publicUrl: options.publicUrl ?? PUBLIC_URL,
    oidcProviders: options.oidcProviders ?? [],
    ...options.transport,
    ...(options.attemptLimits === undefined ? {} : { attemptLimits: options.attemptLimits }),
  });
  const port = await http.listen(options.port ?? 0, '127.0.0.1');
  const url = `${options.transport?.certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  t.teardown(() => http.close(0));

  async function request(method: string, path: string, sent: RequestOptions = {}): Promise<Reply> {
    const headers = new Headers(sent.headers);
    if (sent.token !== undefined) headers.set('authorization', `Bearer ${sent.token}`);
    if (sent.body !== undefined && !headers.has('content-type'))
      headers.set('content-type', 'application/json');
    const body = typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const reply = {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
    if (sent.undocumented !== true) checkAgainstDocument(method, path, reply);
    return reply;
  }

  const delivered: Envelope[] = [];
  const sender = startMailSender({
    pool,
    sealing,
    transport: { deliver: async (mail) => void delivered.push(mail), close() {} },
    publicUrl: 'https://trade.example.com',
    log,
    now: () => clock.nowMs,
    intervalMs: undefined,
  });
  async function mails(): Promise<readonly Envelope[]> {
    await sender.deliverDue();
    return delivered;
  }
  async function mailedToken(email: string): Promise<string> {
    const found = (await mails()).findLast(({ to, text }) => to === email && text.includes('#token='));
    return /#token=([A-Za-z0-9_-]{43})$/m.exec(found?.text ?? '')![1]!;
  }

  async function signUp(email: string) {
    await request('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
    await confirmAddress(pool, email);
    const { body } = await request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
    return body;
  }

  return { ...http, url, pool, tokens, clock, request, mails, mailedToken, signUp };
}

/** For tests of what never reaches the exchange: only its readiness is ever asked. */
export function exchangeThatIs(ready: boolean): Exchange {
  return { isReady: () => ready } as Exchange;
}

const patterns = Object.entries(operations).map(([key, operation]) => {
  const [method, path] = key.split(' ') as [string, string];
  const isExact = !path.includes(':');
  return { method, operation, isExact, pattern: new RegExp(`^${path.replaceAll(/:[A-Za-z]+/g, '[^/]+')}$`) };
});
/** What any request can be answered with. */
const ANYWHERE = new Set(['internal_error', 'database_unavailable', 'malformed_request', 'not_found']);

/** Every reply that a test sees must be one that the OpenAPI document announces. */
function checkAgainstDocument(method: string, address: string, reply: Reply): void {
  const [path] = address.split('?') as [string];
  const found = patterns
    .filter((one) => one.method === method && one.pattern.test(path))
    .sort((a, b) => Number(b.isExact) - Number(a.isExact))[0];
  if (found === undefined) return;
  const { operation } = found;
  const what = `${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body).slice(0, 500)}`;
  if (reply.status >= 400 && operation.replies[reply.status] === undefined) {
    const { code } = reply.body;
    const announced = ANYWHERE.has(code) || problemCodes(operation).includes(code);
    if (!announced) throw new Error(`${what}, a problem that the document does not have`);
    return;
  }
  const documented = operation.replies[reply.status];
  if (documented === undefined) throw new Error(`${what}, a status that the document does not have`);
  const result = documented.schema?.safeParse(reply.body);
  if (result?.success === false)
    throw new Error(`${what}, not what the document has: ${result.error.message}`);
}
