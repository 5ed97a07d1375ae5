import type { Asset } from '../asset.ts';
import { formatDecimal } from '../money.ts';
import { isoTime } from '../views.ts';
import { totalMinor, type Withdrawal } from './withdrawal.ts';
import type { WithdrawalStatus } from './withdrawal-machine.ts';

/** A withdrawal as its owner sees it: amounts as decimals, times in ISO 8601. */
export interface WithdrawalView {
  readonly id: string;
  readonly account: string;
  readonly asset: string;
  readonly network: string;
  /** What arrives, what the exchange takes, and both. */
  readonly amount: string;
  readonly fee: string;
  readonly total: string;
  readonly address: string;
  readonly clientWithdrawalId: string | null;
  readonly status: WithdrawalStatus;
  readonly reason: string | null;
  readonly version: number;
  readonly requestedAt: string;
  readonly heldUntil: string;
  readonly expiresAt: string;
  readonly updatedAt: string;
  readonly txId: string | null;
  readonly approvals: { readonly given: number; readonly required: number };
}

export function viewWithdrawal(asset: Asset, withdrawal: Withdrawal): WithdrawalView {
  return {
    id: String(withdrawal.withdrawalNo),
    account: String(withdrawal.accountId),
    asset: asset.symbol,
    network: withdrawal.network,
    amount: formatDecimal(withdrawal.amountMinor, asset.scale),
    fee: formatDecimal(withdrawal.feeMinor, asset.scale),
    total: formatDecimal(totalMinor(withdrawal), asset.scale),
    address: withdrawal.address,
    clientWithdrawalId: withdrawal.clientWithdrawalId,
    status: withdrawal.status,
    reason: withdrawal.reason,
    version: withdrawal.version,
    requestedAt: isoTime(withdrawal.requestedAtMs),
    heldUntil: isoTime(withdrawal.heldUntilMs),
    expiresAt: isoTime(withdrawal.expiresAtMs),
    updatedAt: isoTime(withdrawal.updatedAtMs),
    txId: withdrawal.txId,
    approvals: { given: withdrawal.approvals.length, required: withdrawal.rule.required },
  };
}
