import type { Withdrawal } from './withdrawal.ts';

/** What an approver signs the SHA-256 of. All of what is paid, to whom, under which rule and until when. */
export interface ApprovalSubject {
  readonly decision: 'approve' | 'reject';
  readonly withdrawal: Pick<
    Withdrawal,
    'withdrawalNo' | 'version' | 'accountId' | 'userId' | 'network' | 'address' | 'rule' | 'expiresAtMs'
  >;
  readonly asset: string;
  /** Decimals in units of the asset. */
  readonly amount: string;
  readonly fee: string;
}

/**
 * The canonical form: JSON with sorted keys and no white space (as RFC 8785 has it: all values are strings, integers, arrays of
 * integers or null). The same withdrawal always gives the same bytes, and a change of anything in it gives others.
 */
export function approvalPayload({ decision, withdrawal, asset, amount, fee }: ApprovalSubject): string {
  const { rule } = withdrawal;
  return JSON.stringify({
    account: withdrawal.accountId,
    address: withdrawal.address,
    amount,
    asset,
    decision,
    expiresAt: withdrawal.expiresAtMs,
    fee,
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
