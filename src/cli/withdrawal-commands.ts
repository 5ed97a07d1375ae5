import type { Command } from 'commander';
import { wholeNumber } from './arguments.ts';
import { type VerifyApprovalsOptions, verifyApprovals } from './commands/verify-approvals.ts';
import {
  type ListWithdrawalsOptions,
  listWithdrawals,
  pauseWithdrawals,
  resumeWithdrawals,
  showWithdrawal,
} from './commands/withdrawals.ts';
import type { Run } from './context.ts';

/** Approving is not among them: that takes an operator's own key. */
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
