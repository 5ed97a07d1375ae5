import type { Context, Middleware } from 'koa';
import koaJwt from 'koa-jwt';
import type { Role } from '../../db/users.ts';
import { TOKEN_ALGORITHM, TOKEN_ISSUER, type TokenVerifier } from '../auth/tokens.ts';
import { sendProblem } from '../problem.ts';

// biome-ignore lint/suspicious/noExplicitAny: any lets the router take a route's state from its validating layer.
type AnyMiddleware = Middleware<any>;

/**
 * Lets in who shows a good bearer token, with `ctx.state.claims`; others get 401 `unauthenticated`. koa-jwt checks
 * a token that isn't remembered; its algorithm is pinned so that a token can't choose a weaker one.
 */
export function authenticate(tokens: TokenVerifier, secret: string): AnyMiddleware {
  const options = {
    secret,
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

/** After `authenticate`: only for this role; others get 403 `forbidden`. */
export function requireRole(role: Role): AnyMiddleware {
  return (ctx, next) => {
    if (ctx.state.claims.role === role) return next();
    sendProblem(ctx, 'forbidden', `Only for the role ${role}.`);
    return undefined;
  };
}

function bearerToken(ctx: Context): string | null {
  const header = ctx.req.headers.authorization;
  if (header === undefined || header.length > 4096) return null;
  return /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(header)?.[1] ?? null;
}
