import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import pino from 'pino';
import type { CommonQueryMethods } from 'slonik';
import type { Claims } from '../../../src/http/auth/tokens.ts';
import type { RequestLimits } from '../../../src/http/limits/request-limits.ts';
import type { NodeServer } from '../../../src/http/listener.ts';
import type { OriginPolicy } from '../../../src/http/origins.ts';
import type { WebSocketLimits } from '../../../src/http/websocket/limits.ts';
import { createWebSocketGateway } from '../../../src/http/websocket/server.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { scriptedExchange } from './scripted-exchange.ts';

/** A gateway before a scripted exchange, with tokens of the test's making. */
export async function startScriptedGateway(
  t: ExecutionContext,
  options: {
    readonly limits?: Partial<WebSocketLimits>;
    readonly requestLimits?: RequestLimits;
    readonly pool?: CommonQueryMethods;
    readonly origins?: OriginPolicy;
    /** Default a server of Node's that answers nothing but upgrades. */
    readonly server?: NodeServer;
  } = {},
) {
  const server = options.server ?? createServer();
  const script = scriptedExchange();
  const listeners = new Set<(sessionId: string) => void>();
  const tokens = {
    nowMs: 1_000_000,
    good: new Map<string, Claims>(),
    now: () => tokens.nowMs,
    verify: async (token: string) => tokens.good.get(token),
    onSessionEnded: (listener: (sessionId: string) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    endSession: (sessionId: string) => {
      for (const listener of listeners) listener(sessionId);
    },
    /** A token for an account, good for a minute of the gateway's clock. */
    issue(accountId: number, sessionId = `session-${accountId}`, scopes: Claims['scopes'] = null): string {
      const token = `${sessionId}/${tokens.good.size}`;
      const expiresAtMs = tokens.nowMs + 60_000;
      tokens.good.set(token, {
        userId: 1,
        accountId,
        role: 'customer',
        sessionId,
        scopes,
        expiresAtMs,
      });
      return token;
    },
  };
  const gateway = createWebSocketGateway({
    requestLimits: options.requestLimits ?? unlimitedRequests(),
    server,
    exchange: script.exchange,
    tokens,
    pool: options.pool ?? ({} as CommonQueryMethods),
    log: pino({ level: 'silent' }),
    limits: { closeTimeoutMs: 200, ...options.limits },
    ...(options.origins === undefined ? {} : { origins: options.origins }),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    await gateway.close('test over');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ...script, script, tokens, gateway, url };
}
