import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { AuditActor } from '../domain/audit.ts';

/** Where a request comes from, as it is kept with sessions and in the audit log. */
export interface Caller {
  readonly ip: string;
  readonly requestId: string;
  /** As the client says, cut to 200 characters; null when it says nothing. */
  readonly userAgent: string | null;
}

/**
 * The address of a client before Koa has seen the request, as Koa has it: of X-Forwarded-For, where a proxy is trusted, the last
 * entry counts, which is the proxy's own.
 */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = String(forwarded ?? '')
    .split(',')
    .at(-1)!
    .trim();
  return last === '' ? (request.socket.remoteAddress ?? '') : last;
}

const MAX_USER_AGENT = 200;

export function callerOf(ctx: Context): Caller {
  const userAgent = ctx.get('user-agent').slice(0, MAX_USER_AGENT);
  return { ip: ctx.ip, requestId: ctx.state.requestId, userAgent: userAgent === '' ? null : userAgent };
}

/** Who has not shown who he is. */
export function anonymous({ ip, requestId }: Caller): AuditActor {
  return { type: 'anonymous', ip, requestId };
}

/** Who acts in this request: the user of the session, or the command line in an operator's name. */
export function actorOf(ctx: Context): AuditActor {
  const { claims, byCommandLine } = ctx.state;
  if (byCommandLine === true) return { type: 'command_line', as: claims.userId };
  return inSession(callerOf(ctx), claims);
}

/** Who acts in a session. */
export function inSession(
  { ip, requestId }: Caller,
  { userId, sessionId }: { readonly userId: number; readonly sessionId: string },
): AuditActor {
  return { type: 'user', userId, sessionId, ip, requestId };
}
