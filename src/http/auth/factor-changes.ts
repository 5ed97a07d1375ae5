import type { CommonQueryMethods } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import {
  deleteChallenges,
  dropOrphanedRecoveryCodes,
  hasSecondFactor,
  replaceRecoveryCodes,
} from '../../db/factors.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import type { User } from '../../db/users.ts';
import { holdWithdrawals } from '../../db/withdrawal-holds.ts';
import type { AuditAction } from '../../domain/audit.ts';
import { type Caller, inSession } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';
import { beginSession, type SignedIn } from './begin-session.ts';
import { newRecoveryCodes, recoveryHash } from './one-time-passwords.ts';
import type { Claims, TokenVerifier } from './tokens.ts';

export interface FactorChange {
  readonly user: User;
  readonly who: Pick<Claims, 'userId' | 'sessionId'>;
  readonly from: Caller;
  readonly action: AuditAction;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The only session that a change leaves. */
export interface FactorChanged {
  /** Those that ended: to be told of once it is committed. */
  readonly sessionIds: readonly string[];
  readonly signedIn: SignedIn;
}

export interface FactorAdded extends FactorChanged {
  /** Null where the user has had some since his first factor. */
  readonly recoveryCodes: readonly string[] | null;
}

/** What every change of a user's factors brings with it. In a transaction that holds the lock of his factors. */
export interface FactorChanges {
  /** @param insert adds the factor, or answers why not: then nothing is changed */
  add<Failure extends string>(
    db: CommonQueryMethods,
    change: FactorChange,
    insert: () => Promise<Failure | undefined>,
  ): Promise<FactorAdded | Failure>;
  /** After the factor was removed. */
  removed(db: CommonQueryMethods, change: FactorChange): Promise<FactorChanged>;
  /** After the commit. */
  announce<Result>(result: Result | FactorChanged): void;
}

export function createFactorChanges({
  tokens,
  mails,
  withdrawalHoldMs: holdMs,
}: {
  readonly tokens: TokenVerifier;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
}): FactorChanges {
  /** The factors are others: whoever is in, or half in, has to show them. */
  async function restart(
    db: CommonQueryMethods,
    { user, who, from, action, detail }: FactorChange,
    what: 'factor_added' | 'factor_removed',
    isVerified: boolean,
  ): Promise<FactorChanged> {
    const { id: userId } = user;
    await deleteChallenges(db, userId);
    const sessionIds = await endSessionsOf(db, userId, 'factor_changed', tokens.now());
    await holdWithdrawals(db, userId, what, { nowMs: tokens.now(), holdMs });
    await mails.notice(db, what, user, from);
    const actor = inSession(from, who);
    await appendAudit(
      db,
      { action, outcome: 'done', actor, userId, detail: { ...detail, sessionIds } },
      tokens.now(),
    );
    return { sessionIds, signedIn: await beginSession(tokens, db, user, from, isVerified) };
  }

  return {
    async add(db, change, insert) {
      const { id: userId } = change.user;
      const isFirst = !(await hasSecondFactor(db, userId));
      const failure = await insert();
      if (failure !== undefined) return failure;
      const recoveryCodes = isFirst ? newRecoveryCodes() : null;
      if (recoveryCodes !== null) await replaceRecoveryCodes(db, userId, recoveryCodes.map(recoveryHash));
      return { ...(await restart(db, change, 'factor_added', true)), recoveryCodes };
    },

    async removed(db, change) {
      const { id: userId } = change.user;
      await dropOrphanedRecoveryCodes(db, userId);
      return restart(db, change, 'factor_removed', await hasSecondFactor(db, userId));
    },

    announce(result) {
      if (typeof result === 'object' && result !== null && 'sessionIds' in result)
        for (const sessionId of result.sessionIds) tokens.sessionEnded(sessionId);
    },
  };
}
