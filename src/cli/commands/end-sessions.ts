import { appendAudit } from '../../db/audit.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import type { CommandContext } from '../context.ts';
import { findUser } from '../find-user.ts';

/**
 * Ends every session of a user. A running exchange refuses them within a second and closes their sockets.
 * @throws {CliError} `user_not_found`
 */
export async function endSessions(context: CommandContext, email: string): Promise<void> {
  const pool = await context.database();
  const user = await findUser(context, email);
  const { id: userId } = user;
  const sessionIds = await pool.transaction(async (db) => {
    const nowMs = Date.now();
    const ended = await endSessionsOf(db, userId, 'ended_by_operator', nowMs);
    const detail = { sessionIds: ended, reason: 'ended_by_operator' };
    const actor = { type: 'command_line' } as const;
    await appendAudit(db, { action: 'session.ended', outcome: 'done', actor, userId, detail }, nowMs);
    return ended;
  });
  context.output.print(`Ended ${sessionIds.length} sessions of ${user.email}.`, {
    email: user.email,
    ended: sessionIds.length,
  });
}
