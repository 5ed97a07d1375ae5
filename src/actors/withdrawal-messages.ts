import type { Reservation } from '../domain/accounts/admission.ts';
import type { Refusal } from '../domain/rejection.ts';
import type { Requested } from '../domain/withdrawals/desk.ts';
import type { Approval, Revision, WithdrawalEvent } from '../domain/withdrawals/withdrawal.ts';
import type { WithdrawalPolicySpec } from '../domain/withdrawals/withdrawal-policy.ts';

/** To the desk: what is asked for of withdrawals. */

/** From an account that has reserved the funds, or that refuses and asks whether it is a repeat. */
export interface SubmitWithdrawal {
  readonly type: 'submitWithdrawal';
  readonly requested: Requested;
  readonly funds: { readonly reserved: Reservation } | { readonly refusal: Refusal };
  readonly replyTo: number;
}

type OfOne = { readonly withdrawalNo: number; readonly replyTo: number };

export type DeskMessage =
  | SubmitWithdrawal
  | ({ readonly type: 'confirmWithdrawal'; readonly heldUntilMs: number } & OfOne)
  | ({ readonly type: 'approveWithdrawal'; readonly approval: Approval } & OfOne)
  | ({ readonly type: 'reviseWithdrawal'; readonly revision: Revision } & OfOne)
  | ({ readonly type: 'signWithdrawal'; readonly version: number; readonly paymentId: string } & OfOne)
  /** Something that only its status may refuse. */
  | ({ readonly type: 'actOnWithdrawal'; readonly event: WithdrawalEvent } & OfOne)
  | {
      readonly type: 'recordNetworkCost';
      readonly assetId: number;
      readonly amountMinor: bigint;
      readonly reference: string;
      readonly replyTo: number;
    }
  | { readonly type: 'pauseWithdrawals'; readonly reason: string; readonly replyTo: number }
  | { readonly type: 'resumeWithdrawals'; readonly replyTo: number }
  | {
      readonly type: 'setWithdrawalPolicy';
      readonly policy: WithdrawalPolicySpec;
      readonly replyTo: number;
    }
  /** Look whether something is due. */
  | { readonly type: 'clock' };
