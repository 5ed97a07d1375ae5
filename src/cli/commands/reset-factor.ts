import { appendAudit } from '../../db/audit.ts';
import { deleteChallenges, dropOrphanedRecoveryCodes, lockFactors, removeTotp } from '../../db/factors.ts';
import { deletePasskeys } from '../../db/passkeys.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import { holdWithdrawals } from '../../db/withdrawal-holds.ts';
import { createSealing } from '../../http/auth/sealing.ts';
import { createMailQueue } from '../../http/mail/queue.ts';
import type { CommandContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { findUser } from '../find-user.ts';

/**
 * Takes every second factor of somebody away who lost it and his recovery codes, after whoever does this has made sure who it is.
 * Ends every session, and holds withdrawals back for a while.
 * @throws {CliError} `user_not_found`, `no_second_factor`
 */
export async function resetFactor(context: CommandContext, email: string): Promise<void> {
  const pool = await context.database();
  const user = await findUser(context, email);
  const { id: userId } = user;
  const mails = createMailQueue({ sealing: createSealing(context.config.dataKey), now: Date.now });
  const wasThere = await pool.transaction(async (db) => {
    const nowMs = Date.now();
    await lockFactors(db, userId);
    const hadTotp = await removeTotp(db, userId);
    const passkeyIds = await deletePasskeys(db, userId);
    if (!hadTotp && passkeyIds.length === 0) return false;
    await dropOrphanedRecoveryCodes(db, userId);
    await deleteChallenges(db, userId);
    const sessionIds = await endSessionsOf(db, userId, 'factor_changed', nowMs);
    const holdMs = context.config.withdrawalHoldHours * 60 * 60 * 1000;
    await holdWithdrawals(db, userId, 'factor_reset', { nowMs, holdMs });
    const detail = { ...(hadTotp ? { type: 'totp' } : {}), passkeyIds, sessionIds };
    const actor = { type: 'command_line' } as const;
    await appendAudit(db, { action: 'factor.removed', outcome: 'done', actor, userId, detail }, nowMs);
    await mails.notice(db, 'factor_removed', user, null);
    return true;
  });
  if (!wasThere) throw new CliError('no_second_factor', `${user.email} has no second factor.`);
  context.output.print(`Took the second factor of ${user.email} away and ended every session.`, {
    email: user.email,
  });
}
