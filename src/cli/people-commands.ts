import { type Command, Option } from 'commander';
import { ROLES, type Role } from '../domain/roles.ts';
import { type AddUserOptions, addUser, type PasswordInput } from './commands/add-user.ts';
import { endSessions } from './commands/end-sessions.ts';
import { freeze, unfreeze } from './commands/freeze.ts';
import { resetFactor } from './commands/reset-factor.ts';
import { revokeKeys } from './commands/revoke-keys.ts';
import { setRole } from './commands/set-role.ts';
import type { Run } from './context.ts';

/** `user` and `operator` are two names for the same commands; they differ in the role that they add somebody with. */
export function addPeopleCommands(program: Command, run: Run, input: PasswordInput): void {
  for (const [name, usualRole] of [
    ['user', 'customer'],
    ['operator', 'admin'],
  ] as const) {
    const people = program.command(name).description(`${name}s`);
    people
      .command('add <email>')
      .description('add a user, and an account')
      .addOption(new Option('--role <role>', 'what he may do').choices(ROLES).default(usualRole))
      .option('--password-stdin', 'read the password from standard input')
      .option('--generate-password', 'make up a password and show it once (default without a terminal)')
      .action((email: string, options: AddUserOptions & { role: Role }) =>
        run((context) => addUser(context, options.role, email, options, input)),
      );
    people
      .command('set-role <email> <role>')
      .description(`give somebody another role: ${ROLES.join(', ')}; ends every session`)
      .action((email: string, role: string) => run((context) => setRole(context, email, role)));
    people
      .command('freeze <email>')
      .description('freeze an account: nothing new is taken, nothing leaves it')
      .requiredOption('--reason <text>', 'why, for the audit log')
      .option('--cancel-orders', 'cancel all open orders too')
      .action((email: string, options: { reason: string; cancelOrders?: true }) =>
        run((context) => freeze(context, email, options)),
      );
    people
      .command('unfreeze <email>')
      .description('end the freeze of an account')
      .requiredOption('--reason <text>', 'why, for the audit log')
      .action((email: string, options: { reason: string }) =>
        run((context) => unfreeze(context, email, options)),
      );
    people
      .command('end-sessions <email>')
      .description('end every session, within a second in a running exchange')
      .action((email: string) => run((context) => endSessions(context, email)));
    people
      .command('revoke-keys <email>')
      .description('revoke every API key, within a second in a running exchange')
      .action((email: string) => run((context) => revokeKeys(context, email)));
    people
      .command('reset-factor <email>')
      .description('take the second factor of somebody away who lost it')
      .action((email: string) => run((context) => resetFactor(context, email)));
  }
}
