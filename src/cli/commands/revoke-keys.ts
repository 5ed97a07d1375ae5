import { revokeApiKeys } from '../../db/api-keys.ts';
import { appendAudit } from '../../db/audit.ts';
import type { CommandContext } from '../context.ts';
import { findUser } from '../find-user.ts';

/**
 * Revokes every API key of a user. A running exchange refuses them within a second and closes their sockets.
 * @throws {CliError} `user_not_found`
 */
export async function revokeKeys(context: CommandContext, email: string): Promise<void> {
  const pool = await context.database();
  const user = await findUser(context, email);
  const { id: userId } = user;
  const keyIds = await pool.transaction(async (db) => {
    const nowMs = Date.now();
    const revoked = await revokeApiKeys(db, userId, nowMs);
    const actor = { type: 'command_line' } as const;
    const detail = { keyIds: revoked };
    await appendAudit(db, { action: 'api_key.revoked', outcome: 'done', actor, userId, detail }, nowMs);
    return revoked;
  });
  context.output.print(`Revoked ${keyIds.length} keys of ${user.email}.`, {
    email: user.email,
    revoked: keyIds.length,
  });
}
