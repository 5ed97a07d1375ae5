import {
  EXTERNAL_ACCOUNT,
  FEES_ACCOUNT,
  PENDING_WITHDRAWALS_ACCOUNT,
  type Posting,
  TREASURY_ACCOUNT,
} from '../trade.ts';
import { totalMinor, type Withdrawal } from './withdrawal.ts';
import { isHolding, isLeaving, type WithdrawalStatus } from './withdrawal-machine.ts';

/** What a change of a withdrawal's status does to the ledger. */
export interface WithdrawalMoney {
  /** How much more, or less, of the account's wallet is locked, in minor units. */
  readonly lockedMinor: bigint;
  /** Of one journal entry; none: no money moves. */
  readonly postings: readonly Posting[];
}

/**
 * Until a payment is signed, the amount and the fee are locked in the owner's wallet. Then the amount is on its way out and the
 * fee is the exchange's; when the network has taken the payment in, the amount is outside. What fails comes back as a whole.
 * @param before null: it was asked for
 */
export function moneyOf(withdrawal: Withdrawal, before: WithdrawalStatus | null): WithdrawalMoney {
  const { accountId, assetId, amountMinor, feeMinor, status } = withdrawal;
  const total = totalMinor(withdrawal);
  const wasHeld = before !== null && isHolding(before);
  const lockedMinor = (isHolding(status) ? total : 0n) - (wasHeld ? total : 0n);
  const postings: Posting[] = [];
  const post = (account: number, minor: bigint) => {
    if (minor !== 0n) postings.push({ accountId: account, assetId, amountMinor: minor });
  };
  if (isLeaving(status) && wasHeld) {
    post(accountId, -total);
    post(PENDING_WITHDRAWALS_ACCOUNT, amountMinor);
    post(FEES_ACCOUNT, feeMinor);
  } else if (before !== null && isLeaving(before) && status === 'confirmed') {
    post(PENDING_WITHDRAWALS_ACCOUNT, -amountMinor);
    post(EXTERNAL_ACCOUNT, amountMinor);
  } else if (before !== null && isLeaving(before) && status === 'failed') {
    post(PENDING_WITHDRAWALS_ACCOUNT, -amountMinor);
    post(FEES_ACCOUNT, -feeMinor);
    post(accountId, total);
  }
  return { lockedMinor, postings };
}

/** The double entry of what a network took: the house pays it. */
export function postingsOfNetworkCost(assetId: number, amountMinor: bigint): Posting[] {
  return [
    { accountId: TREASURY_ACCOUNT, assetId, amountMinor: -amountMinor },
    { accountId: EXTERNAL_ACCOUNT, assetId, amountMinor },
  ];
}
