import type { Exchange } from '../../actors/ports.ts';
import type { Person } from '../../db/people.ts';
import { formatDecimal } from '../../domain/money.ts';
import { isoTime } from '../../domain/views.ts';
import type { DeskState } from '../../domain/withdrawals/desk-state.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { presentWithdrawal } from '../withdrawals/presenter.ts';

/** A withdrawal as an operator sees it. @param people those who have to do with it, by number */
export function presentForOperator(
  exchange: Exchange,
  withdrawal: Withdrawal,
  people: ReadonlyMap<number, Person>,
  me: { readonly userId: number; readonly mayApprove: boolean },
) {
  const { rule, flags, approvals, userId, valueMinor } = withdrawal;
  const { valuationAsset } = exchange.withdrawals.state().policy;
  const scale = exchange.catalog().asset(valuationAsset)?.scale ?? 0;
  const whyNot = whyNotBy(withdrawal, me);
  return {
    ...presentWithdrawal(exchange, withdrawal),
    userId: String(userId),
    email: people.get(userId)?.email ?? null,
    value: valueMinor === null ? null : formatDecimal(valueMinor, scale),
    valuationAsset,
    rule,
    flags,
    approvedBy: approvals.map((one) => ({
      userId: String(one.userId),
      email: people.get(one.userId)?.email ?? null,
      isTreasurer: one.isTreasurer,
    })),
    mayApprove: whyNot === null,
    whyNot,
  };
}

/** As the desk would refuse it. */
function whyNotBy(
  { status, userId, rule, approvals }: Withdrawal,
  me: { readonly userId: number; readonly mayApprove: boolean },
): string | null {
  if (!me.mayApprove) return 'forbidden';
  if (status !== 'awaiting_approval') return 'withdrawal_not_open';
  if (userId === me.userId || (rule.approvers !== null && !rule.approvers.includes(me.userId)))
    return 'approver_not_allowed';
  return approvals.some((one) => one.userId === me.userId) ? 'approval_repeated' : null;
}

export function presentPause({ paused }: DeskState) {
  return paused === null ? null : { reason: paused.reason, at: isoTime(paused.atMs) };
}

export function presentDesk(state: DeskState) {
  return { policy: state.policy, paused: presentPause(state) };
}
