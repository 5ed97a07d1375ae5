import type { Context, Middleware } from 'koa';
import { appendAudit } from '../../db/audit.ts';
import type { AuditAction, AuditOutcome } from '../../domain/audit.ts';
import { actorOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import type { ProblemCode } from '../problem.ts';

/**
 * Writes an operator's action down before it is done, with what he asked for, and after it, with what came of it; the second
 * entry names the first. Nothing is done that could not be written down. When the process ends in between, the first entry
 * stands alone, and the message log tells whether it was done. After `authenticate` and `validate`.
 * @param concerns whom it is done to; whoever does it when left out
 */
export function audited(
  { pool, clock, log }: Pick<Gateway, 'pool' | 'clock' | 'log'>,
  action: AuditAction,
  concerns?: (ctx: Context) => number,
  // biome-ignore lint/suspicious/noExplicitAny: any lets the router take a route's state from its validating layer.
): Middleware<any> {
  return async (ctx: Context, next) => {
    const { claims, input } = ctx.state;
    const actor = actorOf(ctx);
    const userId = concerns?.(ctx) ?? claims.userId;
    const { params, body } = input;
    const asked = await appendAudit(
      pool,
      { action, outcome: 'asked', actor, userId, detail: { ...params, ...body } },
      clock.now(),
    );
    let thrown: unknown;
    try {
      await next();
    } catch (error) {
      thrown = error;
    }
    const code: ProblemCode | undefined = thrown === undefined ? ctx.state.problem : 'internal_error';
    const outcome = outcomeOf(code);
    const why = code === undefined ? {} : { code };
    try {
      await appendAudit(
        pool,
        { action, outcome, actor, userId, detail: { entryNo: asked, ...why } },
        clock.now(),
      );
    } catch (error) {
      // It is done or refused all the same, and the message log says which.
      log.error({ err: error, action, entryNo: asked }, 'what came of an action could not be audited');
    }
    if (thrown !== undefined) throw thrown;
  };
}

function outcomeOf(code: ProblemCode | undefined): AuditOutcome {
  if (code === undefined) return 'done';
  return code === 'outcome_unknown' || code === 'internal_error' ? 'unknown' : 'refused';
}
