import type { CommandContext } from '../context.ts';
import { findUser } from '../find-user.ts';

interface Frozen {
  readonly canceled: readonly string[];
}

/**
 * Freezes an account, through the running exchange.
 * @throws {CliError} `user_not_found`, or with the exchange's code
 */
export async function freeze(
  context: CommandContext,
  email: string,
  { reason, cancelOrders = false }: { readonly reason: string; readonly cancelOrders?: boolean },
): Promise<void> {
  const user = await findUser(context, email);
  const api = await context.operatorApi();
  const body = { reason, cancelOrders };
  const { canceled } = await api.request<Frozen>('POST', `/v1/admin/users/${user.id}/freeze`, body);
  context.output.print(
    `The account of ${user.email} is frozen${cancelOrders ? `; canceled ${canceled.length} orders` : ''}.`,
    { email: user.email, frozen: true, canceled },
  );
}

/**
 * Ends the freeze of an account, through the running exchange.
 * @throws {CliError} `user_not_found`, or with the exchange's code
 */
export async function unfreeze(
  context: CommandContext,
  email: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const user = await findUser(context, email);
  const api = await context.operatorApi();
  await api.request('POST', `/v1/admin/users/${user.id}/unfreeze`, { reason });
  context.output.print(`The account of ${user.email} takes orders again.`, {
    email: user.email,
    frozen: false,
  });
}
