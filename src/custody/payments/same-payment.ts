import { isDeepStrictEqual } from 'node:util';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';

/** All that is decided of a payment and that approvers sign. */
const DECIDED = Object.freeze([
  'accountId',
  'userId',
  'assetId',
  'amountMinor',
  'feeMinor',
  'network',
  'address',
  'rule',
  'status',
  'version',
  'expiresAtMs',
] as const satisfies readonly (keyof Withdrawal)[]);

/** Whether two withdrawals at the same step agree in what is decided. */
export function isSamePayment(one: Withdrawal, other: Withdrawal): boolean {
  return DECIDED.every((field) => isDeepStrictEqual(one[field], other[field]));
}
