import type Router from '@koa/router';
import { listAudit } from '../../db/audit.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { isoTime } from '../../domain/views.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { ListAudit, ListOwnAudit } from './schema.ts';

export function auditRoutes(router: Router<RequestState>, { authentication, pool }: Gateway): void {
  router.get('/v1/me/security-events', authentication.session, validate(ListOwnAudit), async (ctx) => {
    const { limit, cursor: before } = ctx.state.input.query;
    const { userId } = ctx.state.claims;
    const entries = await listAudit(pool, { userId, before, limit: limit + 1 });
    ctx.body = pageOf(
      entries.map((entry) => asTold(entry, userId)),
      limit,
    );
  });

  router.get('/v1/admin/audit', authentication.operator('audit.read'), validate(ListAudit), async (ctx) => {
    const { limit, cursor: before, userId, action } = ctx.state.input.query;
    ctx.body = pageOf(await listAudit(pool, { userId, action, before, limit: limit + 1 }), limit);
  });
}

type ToldEntry = Omit<AuditEntry, 'actor'> & { readonly actor: AuditEntry['actor'] | { type: 'operator' } };

/** What operators do to somebody he is told, but not who they are, where, or why. */
function asTold(entry: AuditEntry, userId: number): ToldEntry {
  const { actor, detail, ...event } = entry;
  const isOther =
    (actor.type === 'user' && actor.userId !== userId) ||
    (actor.type === 'command_line' && actor.as !== undefined && actor.as !== userId);
  return isOther ? { ...event, actor: { type: 'operator' } } : entry;
}

function pageOf(entries: readonly ToldEntry[], limit: number) {
  const { rows, nextCursor } = cutPage(entries, limit, ({ entryNo }) => entryNo);
  return {
    items: rows.map(({ entryNo, atMs, action, outcome, userId, actor, detail }) => ({
      entryNo: String(entryNo),
      at: isoTime(atMs),
      action,
      outcome,
      userId: userId === null ? null : String(userId),
      actor,
      detail: detail ?? null,
    })),
    nextCursor,
  };
}
