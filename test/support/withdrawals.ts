import type { RequestWithdrawal } from '../../src/actors/ports.ts';
import { approvalPayload } from '../../src/domain/withdrawals/approval-payload.ts';
import type { Approval, Withdrawal } from '../../src/domain/withdrawals/withdrawal.ts';
import {
  DEFAULT_WITHDRAWAL_POLICY,
  type WithdrawalPolicySpec,
} from '../../src/domain/withdrawals/withdrawal-policy.ts';
import type { TestExchange } from './exchange.ts';

/** Nobody has to approve anything below 100 USD, two up to 1,000, three of them one treasurer above. */
export const USD_POLICY: WithdrawalPolicySpec = Object.freeze({
  ...DEFAULT_WITHDRAWAL_POLICY,
  valuationAsset: 'USD',
  tiers: [
    { name: 'small', upTo: '100', approvals: 0, treasurers: 0, approvers: null },
    { name: 'medium', upTo: '1000', approvals: 2, treasurers: 0, approvers: null },
    { name: 'large', upTo: null, approvals: 3, treasurers: 1, approvers: null },
  ],
  accountDayLimit: '5000',
});

/** The user who asks; approvers are others. */
export const REQUESTER = 900;

export function withdrawalOf(accountId: number, change: Partial<RequestWithdrawal> = {}): RequestWithdrawal {
  return {
    accountId,
    userId: REQUESTER,
    asset: 'USD',
    amount: '50',
    fee: '1',
    network: 'simulated',
    address: 'sim1destination',
    clientWithdrawalId: null,
    unitValue: '1',
    flags: [],
    ...change,
  };
}

/** An approval of a withdrawal as it is; its signature is nobody's. */
export function approvalBy(
  { exchange }: TestExchange,
  withdrawal: Withdrawal,
  userId: number,
  isTreasurer = false,
  decision: 'approve' | 'reject' = 'approve',
): Approval {
  const asset = exchange.catalog().assetById(withdrawal.assetId)!;
  const payload = approvalPayload(decision, withdrawal, asset);
  return {
    userId,
    isTreasurer,
    evidence: { payload, method: 'ed25519', keyId: 'test', publicKey: '', signature: '' },
  };
}
