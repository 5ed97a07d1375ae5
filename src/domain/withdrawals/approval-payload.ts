import type { Asset } from '../asset.ts';
import { formatDecimal } from '../money.ts';
import type { Withdrawal } from './withdrawal.ts';

export type Decision = 'approve' | 'reject';

/**
 * What an approver signs the SHA-256 of: all of what is paid, to whom, under which rule and until when. JSON with sorted keys and
 * no white space (as RFC 8785 has it: all values are strings, integers, arrays of integers or null): the same withdrawal always
 * gives the same bytes, and a change of anything in it gives others.
 */
export function approvalPayload(
  decision: Decision,
  withdrawal: Withdrawal,
  { symbol, scale }: Pick<Asset, 'symbol' | 'scale'>,
): string {
  const { rule } = withdrawal;
  return JSON.stringify({
    account: withdrawal.accountId,
    address: withdrawal.address,
    amount: formatDecimal(withdrawal.amountMinor, scale),
    asset: symbol,
    decision,
    expiresAt: withdrawal.expiresAtMs,
    fee: formatDecimal(withdrawal.feeMinor, scale),
    network: withdrawal.network,
    requester: withdrawal.userId,
    rule: {
      approvers: rule.approvers,
      required: rule.required,
      tier: rule.tier,
      treasurers: rule.treasurers,
    },
    type: 'bourse.withdrawal-approval.v1',
    version: withdrawal.version,
    withdrawal: withdrawal.withdrawalNo,
  });
}
