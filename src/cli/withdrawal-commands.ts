import type { Command } from 'commander';
import { wholeNumber } from './arguments.ts';
import {
  type DecideOptions,
  decide,
  newApproverKey,
  type RegisterOptions,
  registerApproverKey,
} from './commands/approvals.ts';
import { type VerifyApprovalsOptions, verifyApprovals } from './commands/verify-approvals.ts';
import {
  type ListWithdrawalsOptions,
  listWithdrawals,
  pauseWithdrawals,
  resumeWithdrawals,
  showWithdrawal,
} from './commands/withdrawals.ts';
import type { Run } from './context.ts';

/** Approving takes an operator's own key: the rights of the command line are not enough for it. */
export function addWithdrawalCommands(program: Command, run: Run): void {
  const withdrawals = program.command('withdrawals').description('withdrawals');
  withdrawals
    .command('list')
    .description('the newest withdrawals, and whether they are paused')
    .option('--status <list>', 'only in these statuses, such as held,awaiting_approval')
    .option('--limit <count>', 'how many', wholeNumber, 50)
    .action((options: ListWithdrawalsOptions) => run((context) => listWithdrawals(context, options)));
  withdrawals
    .command('show <id>')
    .description('one withdrawal: where it goes, what is signed for it, what happened to it')
    .action((id: string) => run((context) => showWithdrawal(context, id)));
  withdrawals
    .command('pause')
    .description('pause withdrawals: none is asked for, released or signed')
    .requiredOption('--reason <text>', 'why, for those who look at it')
    .action((options: { reason: string }) => run((context) => pauseWithdrawals(context, options)));
  withdrawals
    .command('resume')
    .description('let withdrawals go on')
    .action(() => run(resumeWithdrawals));
  const keys = program.command('approver-key').description('Ed25519 keys with which operators approve');
  keys
    .command('new')
    .description('make a key, in a file that only its owner may read')
    .requiredOption('--out <file>', 'where to write it')
    .action((options: { out: string }) => run((context) => newApproverKey(context, options)));
  keys
    .command('register')
    .description('tell the exchange the public key of the operator (--as)')
    .requiredOption('--key <file>', 'the private key')
    .option('--name <text>', 'for people', 'command line')
    .option('--code <code>', 'of the operator’s authenticator')
    .action((options: RegisterOptions) => run((context) => registerApproverKey(context, options)));
  program
    .command('approve <id>')
    .description('approve a withdrawal with a key, after showing what is signed')
    .requiredOption('--key <file>', 'the private key')
    .option('--yes', 'do not ask')
    .action((id: string, options: DecideOptions) =>
      run((context) => decide(context, 'approve', id, options)),
    );
  program
    .command('reject <id>')
    .description('reject a withdrawal with a key, after showing what is signed')
    .requiredOption('--key <file>', 'the private key')
    .requiredOption('--reason <text>', 'why')
    .option('--yes', 'do not ask')
    .action((id: string, options: DecideOptions) => run((context) => decide(context, 'reject', id, options)));
  program
    .command('verify-approvals')
    .description('prove that each withdrawal that was signed had been approved as its rule asks')
    .option('--withdrawal <id>', 'only this one', wholeNumber)
    .option('--import <file>', 'read them from a file instead of the database')
    .option('--export <file>', 'write them to a file, to be verified elsewhere, instead')
    .option('--keys <file>', 'believe only these keys: a JSON list of {userId, method, publicKey}')
    .option('--public-url <url>', 'what passkeys are bound to (default PUBLIC_URL, or what the file says)')
    .action((options: VerifyApprovalsOptions) => run((context) => verifyApprovals(context, options)));
}
