import type { DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { changeRole, type RoleRefusal } from '../../db/operators.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import type { AuditActor } from '../../domain/audit.ts';
import type { Role } from '../../domain/roles.ts';

export interface RoleRequest {
  readonly userId: number;
  readonly role: Role;
  readonly reason?: string | undefined;
  /** The admin who asks; null for the command line. */
  readonly by: number | null;
  readonly actor: AuditActor;
  readonly nowMs: number;
}

/**
 * Gives a user another role and ends his sessions, since their tokens have the old one. For the command line too.
 * @returns the sessions that ended: who keeps tokens must be told
 */
export function changeUserRole(
  pool: DatabasePool,
  { userId, role, reason, by, actor, nowMs }: RoleRequest,
): Promise<readonly string[] | RoleRefusal> {
  return pool.transaction(async (db) => {
    const said = reason === undefined ? {} : { reason };
    const note = (outcome: 'done' | 'refused', detail: Readonly<Record<string, unknown>>) =>
      appendAudit(
        db,
        { action: 'user.role_changed', outcome, actor, userId, detail: { role, ...said, ...detail } },
        nowMs,
      );
    const changed = await changeRole(db, userId, role, by);
    if (changed === 'not_found') return changed;
    if (typeof changed === 'string') {
      await note('refused', { code: changed });
      return changed;
    }
    const sessionIds = await endSessionsOf(db, userId, 'ended_by_operator', nowMs);
    await note('done', { before: changed.before, sessionIds });
    return sessionIds;
  });
}
