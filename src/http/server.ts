import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import type { KeyVerifier } from './auth/api-keys.ts';
import { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS } from './auth/attempts.ts';
import { createCodeLimits } from './auth/code-limits.ts';
import { createPasswordHasher } from './auth/passwords.ts';
import type { Sealing } from './auth/sealing.ts';
import { createSecondFactor } from './auth/second-factor.ts';
import { createSignIn } from './auth/sign-in.ts';
import type { TokenVerifier } from './auth/tokens.ts';
import type { Gateway } from './gateway.ts';
import { createApiKeys } from './keys/api-keys.ts';
import { createAuthentication } from './middleware/authenticate.ts';
import { errors } from './middleware/errors.ts';
import { exactRoutes } from './middleware/exact-routes.ts';
import { requestMetrics } from './middleware/metrics.ts';
import { requestId } from './middleware/request-id.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { type GatewayCode, problemDetails } from './problem.ts';
import { registerRoutes } from './routes.ts';
import type { RequestState } from './state.ts';

export interface HttpServerOptions {
  readonly exchange: Exchange;
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  /** The secret that `tokens` was made with. */
  readonly tokenSecret: string;
  readonly keys: KeyVerifier;
  /** Seals what the database must not tell. */
  readonly sealing: Sealing;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Allows POST /v1/admin/credits; false in production. */
  readonly simulatedDeposits: boolean;
  readonly version: string;
  readonly attemptLimits?: AttemptLimits;
  /** Take the client's address from X-Forwarded-For. Only behind a proxy that sets it. */
  readonly trustProxy?: boolean;
}

export interface HttpServer {
  /** For the WebSocket gateway, which upgrades connections of the same port. */
  readonly server: http.Server;
  /** Port 0 picks a free one; the answer says which. */
  listen(port: number, host?: string): Promise<number>;
  /**
   * Stops accepting, lets requests under way finish, and closes; after `graceMs` it closes what is still open.
   * Upgraded sockets are their gateway's to close.
   */
  close(graceMs?: number): Promise<void>;
}

const DEFAULT_GRACE_MS = 10_000;

/** The REST gateway. It holds no state of the exchange: everything it says comes from `exchange` or PostgreSQL. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { exchange, pool, tokens, log, metrics, simulatedDeposits, version } = options;
  const passwords = createPasswordHasher();
  const secondFactor = createSecondFactor({
    pool,
    tokens,
    passwords,
    sealing: options.sealing,
    limits: createCodeLimits(),
  });
  const gateway: Gateway = {
    exchange,
    pool,
    log,
    metrics,
    simulatedDeposits,
    version,
    signIn: createSignIn({ pool, tokens, passwords, secondFactor }),
    secondFactor,
    tokens,
    apiKeys: createApiKeys({ pool, tokens, passwords, sealing: options.sealing }),
    authentication: createAuthentication(tokens, options.tokenSecret, options.keys),
    attemptLimits: options.attemptLimits ?? DEFAULT_ATTEMPT_LIMITS,
    clock: { now: tokens.now },
  };
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  registerRoutes(router, gateway);

  const app = new Koa();
  app.proxy = options.trustProxy ?? false;
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
  app.use(errors(log));
  app.use(exactRoutes(router));
  app.use(router.routes());

  const server = http.createServer(
    {
      // Slow clients: a request must be complete within these, else 408.
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      connectionsCheckingInterval: 2_000,
      // Above the usual minute of load balancers, so that they and not we close idle connections.
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
      // A request to speak anything else, such as h2c, may be ignored: it is answered as if it had not asked.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
    app.callback(),
  );
  server.on('clientError', answerClientError);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  return {
    server,
    listen: (port, host = '0.0.0.0') =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, backlog: 1024 }, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    close: (graceMs = DEFAULT_GRACE_MS) =>
      new Promise((resolve, reject) => {
        closing = true;
        const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close((error) => {
          clearTimeout(deadline);
          if (error === undefined || (error as NodeJS.ErrnoException).code === 'ERR_SERVER_NOT_RUNNING')
            resolve();
          else reject(error);
        });
        // Browsers open connections ahead of what they may ask. Node counts them as busy until their headers time out.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      }),
  };
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [code: GatewayCode, detail: string]>> = Object.freeze({
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The headers are too large.'],
});

/** What Node's parser refuses never reaches Koa, so the problem is written to the socket by hand. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [
    'malformed_request',
    'This is not a valid HTTP request.',
  ];
  const problem = problemDetails(code, detail);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${http.STATUS_CODES[problem.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
