import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { type ProblemCode, statusOf } from '../problem.ts';

/** Lines in a second; whoever floods us must not flood the log. How many were left out is in the next line. */
const LINES_A_SECOND = 100;

/**
 * Logs what operators were let in to, to read as well, and who was kept out of what: bad tokens and signatures, missing rights, limits (401, 403, 429). The route is the pattern and
 * never the path. Refused input is logged at debug. What somebody asked for is not: there may be secrets in it.
 * @param now milliseconds
 */
export function logAccess(log: Logger, now: () => number): Middleware {
  let second = 0;
  let lines = 0;
  let leftOut = 0;

  function take(): { readonly leftOut?: number } | undefined {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      lines = 0;
    }
    if (lines >= LINES_A_SECOND) {
      leftOut += 1;
      return undefined;
    }
    lines += 1;
    if (leftOut === 0) return {};
    const missing = { leftOut };
    leftOut = 0;
    return missing;
  }

  return async (ctx, next) => {
    await next();
    const code: ProblemCode | undefined = ctx.state.problem;
    const { permission } = ctx.state;
    if (permission !== undefined) log.info({ permission, ...whom(ctx), ...placeOf(ctx) }, LET_IN);
    if (code === undefined) return;
    const status = statusOf(code);
    if (status === 400) {
      log.debug({ code, ...placeOf(ctx) }, 'a request was not valid');
    } else if (status === 401 || status === 403 || status === 429) {
      const more = take();
      if (more !== undefined) log.info({ code, ...placeOf(ctx), ...more }, 'a request was refused');
    }
  };
}

const LET_IN = 'an operator was let in';

/** Ids and symbols in the path, and nothing else of what was asked for. */
function whom(ctx: Context): { readonly params?: unknown } {
  const params = ctx.state.input?.params;
  return params === undefined ? {} : { params };
}

function placeOf(ctx: Context) {
  const { requestId, claims } = ctx.state;
  const route: unknown = ctx._matchedRoute;
  return {
    method: ctx.method,
    route: typeof route === 'string' ? route : 'none',
    ip: ctx.ip,
    requestId,
    ...(claims === undefined ? {} : { userId: claims.userId, sessionId: claims.sessionId }),
  };
}
