import type { Exchange } from '../../actors/ports.ts';
import type { StoredWithdrawalEvent } from '../../db/withdrawals-read.ts';
import { isoTime } from '../../domain/views.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { viewWithdrawal, type WithdrawalView } from '../../domain/withdrawals/withdrawal-view.ts';

export function presentWithdrawal(
  { catalog }: Pick<Exchange, 'catalog'>,
  withdrawal: Withdrawal,
): WithdrawalView {
  return viewWithdrawal(catalog().assetById(withdrawal.assetId)!, withdrawal);
}

/** @param nameOf who a user is, for those who may know; null otherwise */
export function presentHistory(
  events: readonly StoredWithdrawalEvent[],
  nameOf: (userId: number) => string | null,
) {
  return events.map(({ type, atMs, detail }) => ({
    type,
    at: isoTime(atMs),
    by: 'userId' in detail && detail.userId !== null ? nameOf(detail.userId) : null,
    // What operators note of an edit is among themselves.
    note: type === 'revised' && nameOf(0) === null ? null : noteOf(detail),
  }));
}

function noteOf(detail: StoredWithdrawalEvent['detail']): string | null {
  if ('reason' in detail) return detail.reason;
  if ('note' in detail) return detail.note;
  return 'txId' in detail ? detail.txId : null;
}
