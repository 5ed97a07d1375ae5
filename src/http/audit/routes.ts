import type Router from '@koa/router';
import { listAudit } from '../../db/audit.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { isoTime } from '../../domain/views.ts';
import type { Gateway } from '../gateway.ts';
import { requireRole } from '../middleware/authenticate.ts';
import { validate } from '../middleware/validate.ts';
import type { RequestState } from '../state.ts';
import { cutPage } from '../wire.ts';
import { ListAudit, ListOwnAudit } from './schema.ts';

export function auditRoutes(router: Router<RequestState>, { authentication, pool }: Gateway): void {
  router.get('/v1/me/security-events', authentication.session, validate(ListOwnAudit), async (ctx) => {
    const { limit, cursor: before } = ctx.state.input.query;
    const { userId } = ctx.state.claims;
    ctx.body = pageOf(await listAudit(pool, { userId, before, limit: limit + 1 }), limit);
  });

  router.get(
    '/v1/admin/audit',
    authentication.session,
    requireRole('operator'),
    validate(ListAudit),
    async (ctx) => {
      const { limit, cursor: before, userId, action } = ctx.state.input.query;
      ctx.body = pageOf(await listAudit(pool, { userId, action, before, limit: limit + 1 }), limit);
    },
  );
}

function pageOf(entries: readonly AuditEntry[], limit: number) {
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
