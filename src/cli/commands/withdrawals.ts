import type { WithdrawalView } from '../../domain/withdrawals/withdrawal-view.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../output.ts';

interface AdminWithdrawal extends WithdrawalView {
  readonly email: string | null;
  readonly value: string | null;
  readonly valuationAsset: string;
  readonly flags: readonly string[];
}

interface Pause {
  readonly reason: string;
  readonly at: string;
}

export interface ListWithdrawalsOptions {
  /** Statuses with commas between them; all when left out. */
  readonly status?: string;
  readonly limit: number;
}

/**
 * Tells withdrawals, the newest first, and whether they are paused.
 * @throws {CliError} with the exchange's code
 */
export async function listWithdrawals(
  context: CommandContext,
  { status, limit }: ListWithdrawalsOptions,
): Promise<void> {
  const api = await context.operatorApi();
  const query = new URLSearchParams({ limit: String(limit), ...(status === undefined ? {} : { status }) });
  const { items, paused } = await api.request<{ items: AdminWithdrawal[]; paused: Pause | null }>(
    'GET',
    `/v1/admin/withdrawals?${query}`,
  );
  const rows = items.map((one) => [
    one.id,
    one.requestedAt,
    one.status,
    `${one.amount} ${one.asset}`,
    one.value === null ? 'not known' : `${one.value} ${one.valuationAsset}`,
    `${one.approvals.given} of ${one.approvals.required}`,
    one.email ?? '',
    one.flags.join(' '),
  ]);
  const heading = ['id', 'asked for', 'status', 'amount', 'worth', 'approvals', 'user', 'flags'];
  const state = paused === null ? '' : `\nWithdrawals are paused since ${paused.at}: ${paused.reason}`;
  context.output.print(`${table([heading, ...rows])}${state}`, { withdrawals: items, paused });
}

interface WithdrawalInFull {
  readonly withdrawal: AdminWithdrawal & {
    readonly approvedBy: readonly { readonly userId: string; readonly email: string | null }[];
  };
  readonly payload: string;
  readonly payloadHash: string;
  readonly history: readonly {
    readonly type: string;
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
  }[];
}

/**
 * Tells all about one withdrawal: where it goes, what approvers sign, what happened to it.
 * @throws {CliError} `withdrawal_not_found`, or with the exchange's code
 */
export async function showWithdrawal(context: CommandContext, id: string): Promise<void> {
  const api = await context.operatorApi();
  const full = await api.request<WithdrawalInFull>('GET', `/v1/admin/withdrawals/${encodeURIComponent(id)}`);
  const { withdrawal: one, history } = full;
  const worth = one.value === null ? 'worth not known' : `worth ${one.value} ${one.valuationAsset}`;
  const approvers = one.approvedBy.map(({ userId, email }) => email ?? userId).join(', ');
  const lines = [
    `${one.id}  ${one.status}${one.reason === null ? '' : ` (${one.reason})`}`,
    `${one.amount} ${one.asset} and a fee of ${one.fee}, ${worth}, by ${one.email ?? `account ${one.account}`}`,
    `to ${one.address} over ${one.network}${one.txId === null ? '' : `, transaction ${one.txId}`}`,
    `approvals: ${one.approvals.given} of ${one.approvals.required}${approvers === '' ? '' : ` (${approvers})`}`,
    ...(one.flags.length === 0 ? [] : [`flags: ${one.flags.join(' ')}`]),
    `to be signed: ${full.payloadHash}`,
    ...history.map(({ type, at, by, note }) =>
      [at, type, by === null ? '' : `by ${by}`, note ?? ''].filter((part) => part !== '').join('  '),
    ),
  ];
  context.output.print(lines.join('\n'), full);
}

/**
 * Pauses withdrawals: none is asked for, released or signed; what is signed goes on.
 * @throws {CliError} with the exchange's code
 */
export async function pauseWithdrawals(
  context: CommandContext,
  { reason }: { readonly reason: string },
): Promise<void> {
  const api = await context.operatorApi();
  const { paused } = await api.request<{ paused: Pause | null }>('POST', '/v1/admin/withdrawals/pause', {
    reason,
  });
  context.output.print('Withdrawals are paused.', { paused });
}

/**
 * Lets withdrawals go on.
 * @throws {CliError} with the exchange's code
 */
export async function resumeWithdrawals(context: CommandContext): Promise<void> {
  const api = await context.operatorApi();
  const { paused } = await api.request<{ paused: Pause | null }>('POST', '/v1/admin/withdrawals/resume');
  context.output.print('Withdrawals go on.', { paused });
}
