import { findUserByEmail } from '../../db/users.ts';
import type { CommandContext } from '../context.ts';
import { CliError } from '../errors.ts';

interface Deposit {
  readonly reference: string;
  readonly asset: string;
  readonly amount: string;
}

/** A simulated deposit, through the running exchange. */
export async function credit(
  context: CommandContext,
  customer: string,
  asset: string,
  amount: string,
  options: { readonly reference?: string },
): Promise<void> {
  if (context.config.production) {
    throw new CliError('simulated_deposits_disabled', 'In production nobody is given money for nothing.');
  }
  const accountId = await accountOf(context, customer);
  const api = await context.operatorApi();
  const deposit = await api.request<Deposit>('POST', '/v1/admin/credits', {
    accountId,
    asset,
    amount,
    ...options,
  });
  context.output.print(
    `Credited ${deposit.amount} ${deposit.asset} to account ${accountId}, reference ${deposit.reference}.`,
    { accountId, ...deposit },
  );
}

/** An account is named by its number or by its owner's address. */
async function accountOf(context: CommandContext, customer: string): Promise<string> {
  if (/^\d+$/.test(customer)) return customer;
  const user = await findUserByEmail(await context.database(), customer);
  if (user === undefined) throw new CliError('user_not_found', `There is no user ${customer}.`);
  return String(user.accountId);
}
