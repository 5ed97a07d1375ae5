import type { DatabasePool } from 'slonik';
import { listApiKeys } from '../../db/api-keys.ts';
import { appendAudit } from '../../db/audit.ts';
import { hasSecondFactor } from '../../db/factors.ts';
import type { RoleRefusal } from '../../db/operators.ts';
import { findPerson } from '../../db/people.ts';
import { endSessionsOf, listSessions } from '../../db/sessions.ts';
import { listWithdrawalHolds } from '../../db/withdrawal-holds.ts';
import type { AuditActor } from '../../domain/audit.ts';
import type { Role } from '../../domain/roles.ts';
import { isFactorFresh } from '../auth/fresh-factor.ts';
import type { TokenVerifier } from '../auth/tokens.ts';
import { changeUserRole } from './change-role.ts';
import { type PersonInFull, presentPersonInFull } from './presenter.ts';

/** The operator who acts. */
export interface ActingOperator {
  readonly userId: number;
  readonly sessionId: string;
  readonly byCommandLine: boolean;
  readonly actor: AuditActor;
}

/** What operators see of users and do to them, apart from what the exchange itself decides. */
export interface People {
  find(userId: number): Promise<PersonInFull | undefined>;
  /** Answers how many were alive; undefined: there is no such user. */
  endSessions(by: ActingOperator, userId: number, reason: string): Promise<number | undefined>;
  setRole(
    by: ActingOperator,
    userId: number,
    change: { readonly role: Role; readonly reason?: string | undefined },
  ): Promise<'done' | RoleRefusal | 'step_up_required' | 'own_account'>;
}

export function createPeople({
  pool,
  tokens,
}: {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
}): People {
  return {
    async find(userId) {
      const person = await findPerson(pool, userId);
      if (person === undefined) return undefined;
      const nowMs = tokens.now();
      return presentPersonInFull(person, {
        hasSecondFactor: await hasSecondFactor(pool, userId),
        sessions: await listSessions(pool, userId, nowMs),
        keys: await listApiKeys(pool, userId),
        holds: await listWithdrawalHolds(pool, userId, nowMs),
      });
    },

    async endSessions({ actor }, userId, reason) {
      if ((await findPerson(pool, userId)) === undefined) return undefined;
      const nowMs = tokens.now();
      const sessionIds = await pool.transaction(async (db) => {
        const ended = await endSessionsOf(db, userId, 'ended_by_operator', nowMs);
        const detail = { sessionIds: ended, reason };
        await appendAudit(db, { action: 'session.ended', outcome: 'done', actor, userId, detail }, nowMs);
        return ended;
      });
      for (const id of sessionIds) tokens.sessionEnded(id);
      return sessionIds.length;
    },

    async setRole(by, userId, { role, reason }) {
      const { actor } = by;
      const nowMs = tokens.now();
      if (!by.byCommandLine) {
        if (by.userId === userId) {
          const detail = { role, code: 'own_account' };
          await appendAudit(
            pool,
            { action: 'user.role_changed', outcome: 'refused', actor, userId, detail },
            nowMs,
          );
          return 'own_account';
        }
        if (!(await isFactorFresh(pool, by, nowMs))) return 'step_up_required';
      }
      const request = { userId, role, reason, by: by.byCommandLine ? null : by.userId, actor, nowMs };
      const changed = await changeUserRole(pool, request);
      if (typeof changed === 'string') return changed;
      for (const id of changed) tokens.sessionEnded(id);
      return 'done';
    },
  };
}
