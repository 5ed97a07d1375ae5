import type Router from '@koa/router';
import type { Context } from 'koa';
import { SCOPES } from '../../domain/api-keys.ts';
import { hashOfToken } from '../auth/begin-session.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { countedAddress } from '../limits/networks.ts';
import { type FormBody, readForm } from '../middleware/body.ts';
import { documents } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { createClientCredentials } from './client-credentials.ts';
import { type OAuthErrorCode, TokenRequest } from './schema.ts';
import { readTokenRequest } from './token-request.ts';

export function oauthRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { pool, tokens, publicUrl } = gateway;
  const clients = createClientCredentials({ pool, tokens });
  const limits = createClientLimits(gateway);

  router.post('/oauth/token', documents(TokenRequest), async (ctx) => {
    // An address is kept in logs and histories: secrets have no place in it (RFC 6749, section 2.3.1).
    if (ctx.querystring !== '')
      return sendError(ctx, 400, 'invalid_request', 'Parameters belong in the body.');
    const body: FormBody = await readForm(ctx.req);
    if (!body.ok) {
      if (!ctx.req.complete) ctx.set('Connection', 'close');
      return sendError(ctx, body.code === 'body_too_large' ? 413 : 400, 'invalid_request', body.detail);
    }
    const request = readTokenRequest(body.value, ctx.req.headers.authorization);
    if ('error' in request)
      return sendError(ctx, statusOf(request.error), request.error, request.description);
    const retryAfterSeconds = await limits.take(ctx.ip, request.clientId);
    if (retryAfterSeconds !== undefined) {
      // The RFC has no word for it: it looks as everywhere else.
      const detail = 'Too many attempts: wait and try again.';
      return sendProblem(ctx, 'too_many_requests', detail, { retryAfterSeconds });
    }
    const issued = await clients.issue(request, callerOf(ctx));
    if ('error' in issued) return sendError(ctx, statusOf(issued.error), issued.error, issued.description);
    await limits.giveBack(ctx.ip, request.clientId);
    const { accessToken, scopes, expiresIn } = issued;
    ctx.set('Pragma', 'no-cache');
    ctx.body = {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
      scope: scopes.join(' '),
    };
  });

  router.get('/.well-known/oauth-authorization-server', (ctx) => {
    ctx.body = {
      issuer: publicUrl,
      token_endpoint: `${publicUrl}/oauth/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: SCOPES,
      service_documentation: `${publicUrl}/docs`,
    };
  });
}

function statusOf(error: OAuthErrorCode): 400 | 401 {
  return error === 'invalid_client' ? 401 : 400;
}

function sendError(ctx: Context, status: number, error: OAuthErrorCode, description: string): void {
  ctx.status = status;
  if (status === 401) ctx.set('WWW-Authenticate', 'Basic realm="bourse", charset="UTF-8"');
  ctx.body = { error, error_description: description };
}

interface ClientLimits {
  /** Counts a try before the secret is looked at. Answers how long to wait, in seconds. */
  take(ip: string, clientId: string): Promise<number | undefined>;
  /** The secret was right. */
  giveBack(ip: string, clientId: string): Promise<void>;
}

/**
 * Limits guesses at a client's secret from one address, and tries from one address at all; those from elsewhere don't count, so
 * nobody locks a client of another out. What was right is given back: a program may ask for tokens as often as it starts.
 */
function createClientLimits({
  attemptLimits,
  counters,
}: Pick<Gateway, 'attemptLimits' | 'counters'>): ClientLimits {
  const { windowSeconds, perAddress, perAddressAndPerson } = attemptLimits;
  const pairs = counters.counter('client:pair', windowSeconds);
  const addresses = counters.counter('client:address', windowSeconds);
  const pairOf = (ip: string, clientId: string) =>
    `${countedAddress(ip)} ${hashOfToken(clientId).toString('base64url')}`;
  return {
    async take(ip, clientId) {
      const ofAddress = await addresses.add(countedAddress(ip));
      if (ofAddress.consumed > perAddress) return secondsOf(ofAddress.msLeft);
      const ofPair = await pairs.add(pairOf(ip, clientId));
      return ofPair.consumed > perAddressAndPerson ? secondsOf(ofPair.msLeft) : undefined;
    },
    async giveBack(ip, clientId) {
      await pairs.add(pairOf(ip, clientId), -1);
    },
  };
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
