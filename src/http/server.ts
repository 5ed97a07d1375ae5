import Router from '@koa/router';
import Koa from 'koa';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import type { Custody } from '../custody/ports.ts';
import { DEFAULT_WITHDRAWAL_HOLD_MS } from '../db/withdrawal-holds.ts';
import { publishLiabilities } from '../liabilities/publish.ts';
import { relyingPartyOf } from '../signatures/relying-party.ts';
import { createAddressBook } from './addresses/address-book.ts';
import { createApprovals } from './approvals/approvals.ts';
import { createApproverKeys } from './approvals/approver-keys.ts';
import { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS } from './auth/attempts.ts';
import { createCodeLimits } from './auth/code-limits.ts';
import { createFactorChanges } from './auth/factor-changes.ts';
import { createFactorCheck } from './auth/factor-check.ts';
import type { KeyVerifier } from './auth/key-verifier.ts';
import { createPasskeyCheck } from './auth/passkey-check.ts';
import { createPasswordReset } from './auth/password-reset.ts';
import { createPasswordHasher } from './auth/passwords.ts';
import { createRegistration } from './auth/registration.ts';
import type { Sealing } from './auth/sealing.ts';
import { createSecondFactor } from './auth/second-factor.ts';
import { createSignIn } from './auth/sign-in.ts';
import type { TokenVerifier } from './auth/tokens.ts';
import type { CertificatePair } from './certificate.ts';
import { createTotp } from './factors/totp.ts';
import { createFigures, type Figures } from './figures/figures.ts';
import type { Gateway } from './gateway.ts';
import { createApiKeys } from './keys/api-keys.ts';
import type { Counters } from './limits/counters.ts';
import type { RequestLimits } from './limits/request-limits.ts';
import { type ConnectionTimeouts, createListener, type Listener } from './listener.ts';
import { createMailQueue } from './mail/queue.ts';
import { createAuthentication } from './middleware/authenticate.ts';
import { cors } from './middleware/cors.ts';
import { errors } from './middleware/errors.ts';
import { exactRoutes } from './middleware/exact-routes.ts';
import { logAccess } from './middleware/log-access.ts';
import { requestMetrics } from './middleware/metrics.ts';
import { requestId } from './middleware/request-id.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { createOidcFlows } from './oidc/flows.ts';
import { createIdentities } from './oidc/identities.ts';
import type { OidcProviderConfig } from './oidc/provider-config.ts';
import { createOidcProvider } from './oidc/providers.ts';
import { type BuiltPages, NO_PAGES } from './pages/built-pages.ts';
import { createPasskeys } from './passkeys/passkeys.ts';
import type { PasswordPolicy } from './passwords/policy.ts';
import { registerRoutes } from './routes.ts';
import type { RequestState } from './state.ts';
import { createPeople } from './users/people.ts';
import { createWithdrawalRequests } from './withdrawals/requests.ts';

export interface HttpServerOptions {
  readonly exchange: Exchange;
  readonly custody: Custody;
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly keys: KeyVerifier;
  /** Seals what the database must not tell. */
  readonly sealing: Sealing;
  readonly passwordPolicy: PasswordPolicy;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Shown to operators; absent: there are none. */
  readonly figures?: Figures;
  /** Allows POST /v1/admin/credits; false in production. */
  readonly simulatedDeposits: boolean;
  readonly version: string;
  readonly attemptLimits?: AttemptLimits;
  readonly requestLimits: RequestLimits;
  /** Where tries are counted. */
  readonly counters: Counters;
  /** Take the client's address and scheme from X-Forwarded-For and -Proto. Only behind a proxy that sets them. */
  readonly trustProxy?: boolean;
  /** Serves HTTPS with it; without one HTTP. */
  readonly certificate?: CertificatePair | undefined;
  /** Whose pages may use the API from a browser, besides the exchange's own. */
  readonly corsOrigins?: readonly string[];
  /** The origin at which people reach the exchange. */
  readonly publicUrl: string;
  /** The trading page and the console; absent: they are not built. */
  readonly pages?: BuiltPages;
  /** Through whom people may sign in besides. */
  readonly oidcProviders?: readonly OidcProviderConfig[];
  readonly timeouts?: Partial<ConnectionTimeouts>;
  /** How long withdrawals wait after a change of the sign-in; a day when left out. */
  readonly withdrawalHoldMs?: number;
  /** How long an address waits after it was listed; a day when left out. */
  readonly addressHoldMs?: number;
}

/** The REST gateway. It holds no state of the exchange: everything it says comes from `exchange` or PostgreSQL. */
export function createHttpServer(options: HttpServerOptions): Listener {
  const { exchange, custody, pool, tokens, log, metrics, simulatedDeposits, version } = options;
  const passwords = createPasswordHasher();
  const { sealing, publicUrl, passwordPolicy: policy } = options;
  const mails = createMailQueue({ sealing, now: tokens.now });
  const { withdrawalHoldMs = DEFAULT_WITHDRAWAL_HOLD_MS } = options;
  const { addressHoldMs = DEFAULT_WITHDRAWAL_HOLD_MS } = options;
  const relyingParty = relyingPartyOf(publicUrl);
  const passkeyCheck = createPasskeyCheck({ relyingParty, tokens });
  const limits = createCodeLimits(options.counters);
  const reactions = { tokens, mails, withdrawalHoldMs };
  const factorCheck = createFactorCheck({ ...reactions, pool, sealing, limits, passkeyCheck });
  const factorChanges = createFactorChanges(reactions);
  const secondFactor = createSecondFactor({ pool, tokens, factorCheck, passkeyCheck });
  const { now } = tokens;
  const redirectUri = `${publicUrl}/sign-in/callback`;
  const providers = new Map(
    (options.oidcProviders ?? []).map((one) => [one.id, createOidcProvider(one, { redirectUri, log, now })]),
  );
  const flows = createOidcFlows({ pool, sealing, providers, now });
  const gateway: Gateway = {
    exchange,
    custody,
    withdrawalRequests: createWithdrawalRequests({ pool, exchange, custody, now }),
    addressBook: createAddressBook({ pool, now, factorCheck, mails, withdrawalHoldMs, addressHoldMs }),
    approverKeys: createApproverKeys({ pool, now, mails }),
    approvals: createApprovals({ pool, catalog: exchange.catalog, relyingParty, passkeyCheck }),
    factorCheck,
    passkeyCheck,
    pool,
    log,
    metrics,
    figures: options.figures ?? createFigures(),
    publishLiabilities: () => publishLiabilities(pool, now()),
    simulatedDeposits,
    version,
    signIn: createSignIn({ pool, tokens, passwords, secondFactor, mails, withdrawalHoldMs }),
    registration: createRegistration({ pool, tokens, passwords, mails }),
    passwordReset: createPasswordReset({ pool, tokens, passwords, policy, mails, withdrawalHoldMs }),
    secondFactor,
    passwordPolicy: options.passwordPolicy,
    totp: createTotp({ pool, tokens, passwords, sealing, factorCheck, factorChanges }),
    passkeys: createPasskeys({ pool, tokens, passwords, relyingParty, passkeyCheck, factorChanges }),
    tokens,
    identities: createIdentities({
      pool,
      tokens,
      passwords,
      secondFactor,
      providers,
      flows,
      mails,
      withdrawalHoldMs,
    }),
    oidcProviders: providers,
    publicUrl,
    pages: options.pages ?? NO_PAGES,
    apiKeys: createApiKeys({ pool, tokens, passwords, sealing, mails }),
    people: createPeople({ pool, tokens }),
    authentication: createAuthentication(tokens, options.keys, options.requestLimits, pool),
    attemptLimits: options.attemptLimits ?? DEFAULT_ATTEMPT_LIMITS,
    requestLimits: options.requestLimits,
    counters: options.counters,
    clock: { now: tokens.now },
  };
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  registerRoutes(router, gateway);

  const app = new Koa();
  app.proxy = options.trustProxy ?? false;
  // Most proxies append to X-Forwarded-For: all but its last entry is what the client wants to be taken for.
  app.maxIpsCount = 1;
  // Reached only when a reply could not be sent: the connection broke.
  app.on('error', (error) => log.debug({ err: error }, 'reply failed'));
  let closing = false;
  app.use(async (ctx, next) => {
    await next();
    if (closing) ctx.set('Connection', 'close');
  });
  app.use(requestId());
  app.use(securityHeaders());
  app.use(requestMetrics(metrics));
  app.use(logAccess(log, tokens.now));
  const corsOrigins = new Set(options.corsOrigins);
  if (corsOrigins.size > 0) app.use(cors(corsOrigins));
  app.use(errors(log));
  app.use(exactRoutes(router));
  app.use(router.routes());

  const listener = createListener({
    handler: app.callback(),
    certificate: options.certificate,
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  });
  return {
    ...listener,
    close: (graceMs) => {
      closing = true;
      return listener.close(graceMs);
    },
  };
}
