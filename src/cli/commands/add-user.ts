import type { Readable } from 'node:stream';
import type { Role } from '../../domain/roles.ts';
import { createPasswordHasher } from '../../http/auth/passwords.ts';
import { Credentials } from '../../http/auth/schema.ts';
import { createUser } from '../../http/auth/sign-in.ts';
import { createPasswordPolicy, WEAKNESSES } from '../../http/passwords/policy.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { generatePassword, promptPassword, readPassword } from '../password.ts';

export interface AddUserOptions {
  readonly passwordStdin?: boolean;
  readonly generatePassword?: boolean;
}

export type PasswordInput = Readable & { readonly isTTY?: boolean };

/**
 * Adds a user and the account that he trades with. The password is asked for at a terminal, read from standard input,
 * or made up and shown once.
 */
export async function addUser(
  context: CommandContext,
  role: Role,
  email: string,
  options: AddUserOptions,
  input: PasswordInput,
): Promise<void> {
  const prompted =
    input.isTTY === true && options.passwordStdin !== true && options.generatePassword !== true;
  const typed = options.passwordStdin === true ? await readPassword(input) : undefined;
  const password = typed ?? (prompted ? await promptPassword(input, process.stderr) : generatePassword());
  const credentials = Credentials.safeParse({ email, password });
  if (!credentials.success) {
    const [issue] = credentials.error.issues;
    throw new CliError('invalid_credentials', `${String(issue?.path[0])}: ${issue?.message}`, EXIT.usage);
  }
  const policy = await createPasswordPolicy(context.config.breachedPasswords);
  const weakness = await policy.weaknessOf(password, email);
  if (weakness !== undefined) throw new CliError(weakness, WEAKNESSES[weakness], EXIT.usage);
  const pool = await context.database();
  const user = await createUser(
    pool,
    createPasswordHasher(),
    { ...credentials.data, role },
    { type: 'command_line' },
    Date.now(),
  );
  if (user === 'email_taken') throw new CliError('email_taken', `There is a user ${email} already.`);
  if (user === 'sign_in_busy') throw new Error('nobody else hashes in this process');
  const shown = typed === undefined && !prompted ? { password } : {};
  context.output.print(
    [
      `Added ${role} ${user.email} with account ${user.accountId}.`,
      ...('password' in shown ? [`Password, shown only now: ${password}`] : []),
    ].join('\n'),
    { email: user.email, role, accountId: String(user.accountId), ...shown },
  );
}
