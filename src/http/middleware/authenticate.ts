import type { Context, Middleware } from 'koa';
import koaJwt from 'koa-jwt';
import type { CommonQueryMethods } from 'slonik';
import { findStanding, type Standing } from '../../db/operators.ts';
import type { Scope } from '../../domain/api-keys.ts';
import { isAllowed, type Permission } from '../../domain/roles.ts';
import { DEFAULT_WINDOW_MS, type KeyFailure, type KeyVerifier, MAX_WINDOW_MS } from '../auth/key-verifier.ts';
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from '../auth/token-secrets.ts';
import type { Claims, TokenVerifier } from '../auth/tokens.ts';
import { admitCaller } from '../limits/limit-requests.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { sendProblem } from '../problem.ts';
import { readBytes, sendBodyProblem } from './body.ts';

// biome-ignore lint/suspicious/noExplicitAny: any lets the router take a route's state from its validating layer.
export type AnyMiddleware = Middleware<any>;

/** Who is let in where; each leaves `ctx.state.claims`. */
export interface Authentication {
  /** Only people, in a session of theirs. */
  readonly session: AnyMiddleware;
  /** Only programs, with a signature of this request: a token can't be made to last by asking for the next one with it. */
  readonly key: AnyMiddleware;
  /** People, and programs that have the scope; to withdraw, they sign the request. */
  allow(scope: Scope): AnyMiddleware;
  /** Operators in a session of theirs, whose role allows it and who have shown a second factor in it. */
  operator(permission: Permission): AnyMiddleware;
}

/**
 * Lets in who shows a good bearer token or has signed the request with an API key, as often as he may; others get 401. koa-jwt checks a token that
 * isn't remembered, with the secret that the token names and the one algorithm.
 */
export function createAuthentication(
  tokens: TokenVerifier,
  keys: KeyVerifier,
  limits: RequestLimits,
  pool: CommonQueryMethods,
): Authentication {
  const byToken = tokenAuthentication(tokens);
  const byKey = keyAuthentication(keys);
  const identified =
    (refusalOf: (claims: Claims, isSigned: boolean) => Refused | undefined): AnyMiddleware =>
    (ctx, next) => {
      const isSigned = ctx.req.headers['x-bourse-key'] !== undefined;
      return (isSigned ? byKey : byToken)(ctx, async () => {
        const { claims } = ctx.state;
        if (!admitCaller(ctx, limits, claims)) return;
        const refused = refusalOf(claims, isSigned);
        if (refused === undefined) await next();
        else sendProblem(ctx, ...refused);
      });
    };
  const session = identified(({ scopes }) => (scopes === null ? undefined : SESSION_REQUIRED));
  return {
    session,
    operator: (permission) => (ctx, next) =>
      session(ctx, async () => {
        const standing = await findStanding(pool, ctx.state.claims, tokens.now());
        const refused = refusalOfOperator(standing, permission);
        if (refused !== undefined) return sendProblem(ctx, ...refused);
        ctx.state.byCommandLine = standing?.byCommandLine === true;
        ctx.state.permission = permission;
        await next();
      }),
    key: identified((_, isSigned) => (isSigned ? undefined : KEY_REQUIRED)),
    allow: (scope) =>
      identified(({ scopes }, isSigned) => {
        if (scopes === null) return undefined;
        if (!scopes.includes(scope))
          return ['insufficient_scope', `The key does not have the scope ${scope}.`];
        // A token of a key is good from anywhere; what a key withdraws comes from its networks.
        return scope === 'withdraw' && !isSigned ? KEY_REQUIRED : undefined;
      }),
  };
}

type Refused = readonly ['session_required' | 'key_required' | 'insufficient_scope', string];
const SESSION_REQUIRED: Refused = ['session_required', 'This takes a person who is signed in, not a key.'];
const KEY_REQUIRED: Refused = ['key_required', 'This takes a request that is signed with an API key.'];

/** By his role as it is now: a token may be older. */
function refusalOfOperator(
  standing: Standing | undefined,
  permission: Permission,
): readonly ['unauthenticated' | 'forbidden' | 'second_factor_required', string] | undefined {
  if (standing === undefined) return ['unauthenticated', 'The session is over.'];
  const { role, showedFactor, byCommandLine } = standing;
  if (!isAllowed(role, permission)) return ['forbidden', `The role ${role} may not ${permission}.`];
  if (showedFactor || byCommandLine) return undefined;
  return [
    'second_factor_required',
    'Operators show a second factor, every twelve hours: step up, or add one if you have none.',
  ];
}

function tokenAuthentication(tokens: TokenVerifier): AnyMiddleware {
  const options = {
    secret: async (header: { readonly kid?: unknown }) => tokens.secrets.named(header),
    algorithms: [TOKEN_ALGORITHM],
    issuer: TOKEN_ISSUER,
    key: 'payload',
    passthrough: true,
    getToken: bearerToken,
    // Read by jsonwebtoken at each check: the gateway has one clock.
    get clockTimestamp(): number {
      return Math.floor(tokens.now() / 1000);
    },
  };
  const verify = koaJwt(options);
  return (ctx, next) => {
    const token = bearerToken(ctx);
    const claims = token === null ? undefined : tokens.remembered(token);
    if (claims !== undefined) {
      ctx.state.claims = claims;
      return next();
    }
    return verify(ctx, async () => {
      const { payload } = ctx.state;
      const admitted =
        token === null || payload === undefined ? undefined : await tokens.admit(token, payload);
      if (admitted === undefined) {
        sendProblem(ctx, 'unauthenticated', 'A valid access token is needed: Authorization: Bearer <token>.');
        return;
      }
      ctx.state.claims = admitted;
      await next();
    });
  };
}

const DETAILS = Object.freeze({
  invalid_signature: 'The key is unknown or expired, or the signature is not of this request.',
  stale_timestamp: 'The timestamp is too old or ahead of time.',
  signature_replayed: 'The signature was used: every request has a timestamp of its own.',
  ip_not_allowed: 'The key may not be used from this address.',
}) satisfies Record<KeyFailure, string>;

function keyAuthentication(keys: KeyVerifier): AnyMiddleware {
  return async (ctx, next) => {
    const { headers, method, url } = ctx.req;
    const keyId = headers['x-bourse-key'];
    const signature = headers['x-bourse-signature'];
    const timestamp = headers['x-bourse-timestamp'];
    const window = headers['x-bourse-window'] ?? String(DEFAULT_WINDOW_MS);
    if (
      !isText(keyId, /^bk_[A-Za-z0-9_-]{20}$/) ||
      !isText(signature, /^[A-Za-z0-9+/]{43,86}={0,2}$/) ||
      !isText(timestamp, /^[1-9][0-9]{12}$/) ||
      !isText(window, /^[1-9][0-9]{0,4}$/) ||
      Number(window) > MAX_WINDOW_MS
    ) {
      sendProblem(
        ctx,
        'invalid_signature',
        'X-Bourse-Key, -Timestamp (milliseconds) and -Signature (base64) are needed; -Window is at most 60000.',
      );
      return;
    }
    // The signature covers the body: it is read before it is looked at.
    const body = await readBytes(ctx.req);
    if (typeof body === 'string') return sendBodyProblem(ctx, body);
    ctx.state.rawBody = body;
    const shown = { keyId, signature, timestamp, window, method: method!, target: url!, body, ip: ctx.ip };
    const claims = await keys.verify(shown);
    if (typeof claims === 'string') return sendProblem(ctx, claims, DETAILS[claims]);
    ctx.state.claims = claims;
    await next();
  };
}

function isText(value: string | string[] | undefined, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function bearerToken(ctx: Context): string | null {
  const header = ctx.req.headers.authorization;
  if (header === undefined || header.length > 4096) return null;
  return /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(header)?.[1] ?? null;
}
