import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { classifyDatabaseError, type DatabaseFailure } from '../../db/errors.ts';
import { sendProblem } from '../problem.ts';

/** Failures of a query that say nothing about the request: it may well succeed later. */
const DATABASE_AWAY: ReadonlySet<DatabaseFailure> = new Set(['unavailable', 'cancelled', 'closed']);

/**
 * The outermost layer: what was thrown becomes a problem, what nobody answered a 404 or 405. An exception here is
 * either I/O that failed or a bug; refusals are values and never come this way.
 */
export function errors(log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) answerUnmatched(ctx);
    } catch (error) {
      answerThrown(ctx, error, log);
    }
  };
}

function answerUnmatched(ctx: Context): void {
  const methods = new Set<string>();
  for (const layer of (ctx.matched ?? []) as { methods: string[] }[]) {
    for (const method of layer.methods) methods.add(method);
  }
  if (methods.size === 0 || methods.has(ctx.method)) {
    sendProblem(ctx, 'not_found', `There is nothing at ${ctx.path.slice(0, 200)}.`);
    return;
  }
  ctx.set('Allow', [...methods, 'OPTIONS'].join(', '));
  if (ctx.method === 'OPTIONS') {
    ctx.status = 204;
    return;
  }
  sendProblem(ctx, 'method_not_allowed', `This address takes ${[...methods].join(', ')}.`);
}

function answerThrown(ctx: Context, error: unknown, log: Logger): void {
  if (DATABASE_AWAY.has(classifyDatabaseError(error))) {
    log.warn({ err: error, requestId: ctx.state.requestId }, 'database unavailable');
    sendProblem(ctx, 'database_unavailable', 'The database can’t be reached at the moment: try again.');
    return;
  }
  // A path that can't be decoded, for example %ff: thrown by the router as a client error.
  if (isClientError(error)) {
    sendProblem(ctx, 'malformed_request', 'The address is not valid.');
    return;
  }
  log.error(
    { err: error, requestId: ctx.state.requestId, method: ctx.method, path: ctx.path },
    'request failed',
  );
  sendProblem(ctx, 'internal_error', 'Something went wrong here; the request id helps to find out what.');
}

function isClientError(error: unknown): boolean {
  return (
    error instanceof URIError ||
    (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status === 400)
  );
}
