import type { Withdrawal } from './withdrawal.ts';
import type { WithdrawalPolicySpec } from './withdrawal-policy.ts';

/** What holds for all withdrawals. */
export interface DeskState {
  readonly policy: WithdrawalPolicySpec;
  /** null: withdrawals go on. */
  readonly paused: { readonly reason: string; readonly atMs: number } | null;
  /** The velocity counts what was confirmed after it: when an operator let withdrawals go on last. */
  readonly velocityFromMs: number;
}

/** Why withdrawals are paused when the exchange itself did it: more was confirmed than the policy lets pass. */
export const VELOCITY = 'velocity';

/** What was confirmed, as far as the velocity may count it. */
export interface Confirmation {
  readonly atMs: number;
  /** In minor units of the valuation asset; null: not known. */
  readonly valueMinor: bigint | null;
}

/** What the desk starts from, as of one commit. */
export interface DeskSnapshot {
  readonly state: DeskState;
  /** Number of the next withdrawal. */
  readonly nextWithdrawalNo: number;
  readonly underWay: readonly Withdrawal[];
  /** Those of the last 24 hours, ended ones too. */
  readonly recent: readonly Withdrawal[];
  /** Of the last 24 hours, by time. */
  readonly confirmations: readonly Confirmation[];
}
