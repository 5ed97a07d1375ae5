import { isDeepStrictEqual } from 'node:util';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';

/** Whether two withdrawals at the same step agree in all that is decided of a payment and that approvers sign. */
export function isSamePayment(one: Withdrawal, other: Withdrawal): boolean {
  return isDeepStrictEqual(decidedOf(one), decidedOf(other));
}

function decidedOf({
  accountId,
  userId,
  assetId,
  amountMinor,
  feeMinor,
  network,
  address,
  rule,
  status,
  version,
  expiresAtMs,
}: Withdrawal) {
  return {
    accountId,
    userId,
    assetId,
    amountMinor,
    feeMinor,
    network,
    address,
    rule,
    status,
    version,
    expiresAtMs,
  };
}
