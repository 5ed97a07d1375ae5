import { assert } from '../../domain/assert.ts';
import { fromLogged } from '../../domain/withdrawals/logged-withdrawal.ts';
import { type Withdrawal, withEvent } from '../../domain/withdrawals/withdrawal.ts';
import type { Effect } from '../effects.ts';
import type { LoggedMessage } from '../settlement/message-log.ts';

export type WithdrawalLogged = Extract<
  LoggedMessage,
  { withdrawal: unknown } | { withdrawalNo: unknown } | { desk: unknown } | { networkCost: unknown }
>;

export function isOfWithdrawals(message: LoggedMessage): message is WithdrawalLogged {
  return ['withdrawal', 'withdrawalNo', 'desk', 'networkCost'].some((name) => name in message);
}

/** The withdrawals of a replay: what each logged message makes of them. */
export class ReplayedWithdrawals {
  readonly #byNo = new Map<number, Withdrawal>();

  effectOf(message: WithdrawalLogged): Effect {
    const { atMs } = message;
    if ('withdrawal' in message) {
      const withdrawal = fromLogged(message.withdrawal);
      this.#byNo.set(withdrawal.withdrawalNo, withdrawal);
      const amountMinor = withdrawal.amountMinor + withdrawal.feeMinor;
      const reserved = { assetId: withdrawal.assetId, amountMinor };
      return { type: 'withdrawalEffect', atMs, event: null, before: null, withdrawal, reserved, replyTo: 0 };
    }
    if ('withdrawalNo' in message) {
      const { withdrawalNo, event } = message;
      const before = this.#byNo.get(withdrawalNo);
      assert(before !== undefined, 'a withdrawal was asked for before anything happened to it');
      const withdrawal = withEvent(before, event, atMs);
      assert(withdrawal !== undefined, 'what happened to a withdrawal can happen again');
      this.#byNo.set(withdrawalNo, withdrawal);
      const { status } = before;
      return {
        type: 'withdrawalEffect',
        atMs,
        event,
        before: status,
        withdrawal,
        reserved: null,
        replyTo: 0,
      };
    }
    if ('desk' in message) return { type: 'deskEffect', atMs, state: message.desk, replyTo: 0 };
    const { assetId, amountMinor, reference } = message.networkCost;
    return {
      type: 'networkCostEffect',
      atMs,
      assetId,
      amountMinor: BigInt(amountMinor),
      reference,
      replyTo: 0,
    };
  }
}
