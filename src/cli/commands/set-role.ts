import { ROLES } from '../../domain/roles.ts';
import { changeUserRole } from '../../http/users/change-role.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { findUser } from '../find-user.ts';

/**
 * Gives a user another role. A running exchange refuses his sessions within a second.
 * @throws {CliError} `invalid_role`, `user_not_found`, `last_admin`
 */
export async function setRole(context: CommandContext, email: string, roleName: string): Promise<void> {
  const role = ROLES.find((known) => known === roleName);
  if (role === undefined) {
    throw new CliError('invalid_role', `The role must be one of ${ROLES.join(', ')}.`, EXIT.usage);
  }
  const pool = await context.database();
  const user = await findUser(context, email);
  const changed = await changeUserRole(pool, {
    userId: user.id,
    role,
    by: null,
    actor: { type: 'command_line' },
    nowMs: Date.now(),
  });
  if (changed === 'last_admin') throw new CliError(changed, 'There must be an admin left.');
  const text =
    changed === 'unchanged' ? `${user.email} has the role ${role} already.` : `${user.email} is ${role} now.`;
  context.output.print(text, { email: user.email, role });
}
