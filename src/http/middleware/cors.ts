import type { Context, Middleware } from 'koa';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = 'Authorization, Content-Type, X-Request-Id';
/** What a page may read of a reply besides the few headers that every page may. */
const REPLY_HEADERS =
  'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset';
/** How long a browser may remember a preflight: two hours, the most that any of them does. */
const MAX_AGE_SECONDS = '7200';

/**
 * Lets pages of these origins use the API from a browser (Fetch standard, "CORS protocol"). Only an origin in the list is
 * ever repeated, and without credentials: the token travels in a header that the page has to set itself, so there is no cookie
 * that another page could make use of. Others are answered without the headers, and the browser keeps it from their pages.
 */
export function cors(origins: ReadonlySet<string>): Middleware {
  return (ctx, next) => {
    // A cache must not hand one origin's answer to another, nor the answer to nobody.
    ctx.vary('Origin');
    const { origin } = ctx.req.headers;
    if (origin === undefined || !origins.has(origin)) return next();
    ctx.set('Access-Control-Allow-Origin', origin);
    if (!isPreflight(ctx)) {
      ctx.set('Access-Control-Expose-Headers', REPLY_HEADERS);
      return next();
    }
    ctx.set('Access-Control-Allow-Methods', METHODS);
    ctx.set('Access-Control-Allow-Headers', REQUEST_HEADERS);
    ctx.set('Access-Control-Max-Age', MAX_AGE_SECONDS);
    ctx.status = 204;
    return undefined;
  };
}

function isPreflight(ctx: Context): boolean {
  return ctx.method === 'OPTIONS' && ctx.req.headers['access-control-request-method'] !== undefined;
}
