import type { Withdrawal } from './withdrawal.ts';

/** A withdrawal as plain JSON, as the log keeps it: whole numbers beyond 2^53 as decimal integers. */
export type LoggedWithdrawal = Omit<Withdrawal, 'amountMinor' | 'feeMinor' | 'valueMinor'> & {
  readonly amountMinor: string;
  readonly feeMinor: string;
  readonly valueMinor: string | null;
};

export function toLogged(withdrawal: Withdrawal): LoggedWithdrawal {
  const { amountMinor, feeMinor, valueMinor } = withdrawal;
  return {
    ...withdrawal,
    amountMinor: amountMinor.toString(),
    feeMinor: feeMinor.toString(),
    valueMinor: valueMinor === null ? null : valueMinor.toString(),
  };
}

export function fromLogged(logged: LoggedWithdrawal): Withdrawal {
  const { amountMinor, feeMinor, valueMinor } = logged;
  return {
    ...logged,
    amountMinor: BigInt(amountMinor),
    feeMinor: BigInt(feeMinor),
    valueMinor: valueMinor === null ? null : BigInt(valueMinor),
  };
}
