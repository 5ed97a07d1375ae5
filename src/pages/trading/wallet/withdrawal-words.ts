import type { WithdrawalInfo } from './wallet-data.ts';

const WORDS: Readonly<Record<string, string>> = {
  requested: 'waits for your confirmation',
  held: 'held',
  awaiting_approval: 'awaits approval',
  approved: 'approved',
  signing: 'being signed',
  broadcast: 'on its way',
  confirmed: 'paid',
  rejected: 'rejected',
  canceled: 'canceled',
  expired: 'expired',
  failed: 'failed',
};

/** How a withdrawal stands, for its owner. */
export function describeWithdrawal({ status, approvals }: WithdrawalInfo): string {
  const word = WORDS[status] ?? status.replaceAll('_', ' ');
  return status === 'awaiting_approval' ? `${word}, ${approvals.given} of ${approvals.required}` : word;
}

export function tagOf(status: string): string {
  if (status === 'confirmed') return 'tag good';
  if (status === 'requested') return 'tag warn';
  return ['rejected', 'expired', 'failed'].includes(status) ? 'tag bad' : 'tag';
}

/** Whether its owner may still cancel it. */
export function mayCancel(status: string): boolean {
  return ['requested', 'held', 'awaiting_approval'].includes(status);
}
