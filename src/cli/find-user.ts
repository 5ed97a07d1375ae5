import { findUserByEmail, type User } from '../db/users.ts';
import type { CommandContext } from './context.ts';
import { CliError } from './errors.ts';

/**
 * The user whom a command names.
 * @throws {CliError} `user_not_found`
 */
export async function findUser(context: CommandContext, email: string): Promise<User> {
  const user = await findUserByEmail(await context.database(), email);
  if (user === undefined) throw new CliError('user_not_found', `There is no user ${email}.`);
  return user;
}
