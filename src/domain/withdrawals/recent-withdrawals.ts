import type { Confirmation } from './desk-state.ts';
import type { Withdrawal } from './withdrawal.ts';
import { isUnderWay } from './withdrawal-machine.ts';

export const LIMIT_WINDOW_MS = 24 * 60 * 60 * 1000;

/** What the limits look at: the withdrawals of the last 24 hours, and when they were confirmed. */
export class RecentWithdrawals {
  readonly #byNo = new Map<number, Withdrawal>();
  #confirmations: Confirmation[];

  constructor(recent: readonly Withdrawal[], confirmations: readonly Confirmation[]) {
    for (const withdrawal of recent) this.#byNo.set(withdrawal.withdrawalNo, withdrawal);
    this.#confirmations = [...confirmations];
  }

  /** A withdrawal as it is now. */
  keep(withdrawal: Withdrawal): void {
    if (withdrawal.requestedAtMs > withdrawal.updatedAtMs - LIMIT_WINDOW_MS)
      this.#byNo.set(withdrawal.withdrawalNo, withdrawal);
  }

  confirmed(confirmation: Confirmation): void {
    this.#confirmations.push(confirmation);
  }

  /** What an account has asked for within the window; what came to nothing doesn't count. */
  usedBy(
    accountId: number,
    nowMs: number,
  ): { count: number; valueMinor: bigint; byAsset: ReadonlyMap<number, bigint> } {
    this.#forget(nowMs);
    let count = 0;
    let valueMinor = 0n;
    const byAsset = new Map<number, bigint>();
    for (const withdrawal of this.#byNo.values()) {
      if (withdrawal.accountId !== accountId) continue;
      if (!isUnderWay(withdrawal.status) && withdrawal.status !== 'confirmed') continue;
      count += 1;
      valueMinor += withdrawal.valueMinor ?? 0n;
      byAsset.set(withdrawal.assetId, (byAsset.get(withdrawal.assetId) ?? 0n) + withdrawal.amountMinor);
    }
    return { count, valueMinor, byAsset };
  }

  /** What was confirmed after a time. */
  velocitySince(atMs: number): { count: number; valueMinor: bigint } {
    const counted = this.#confirmations.filter((one) => one.atMs > atMs);
    return {
      count: counted.length,
      valueMinor: counted.reduce((sum, one) => sum + (one.valueMinor ?? 0n), 0n),
    };
  }

  #forget(nowMs: number): void {
    const from = nowMs - LIMIT_WINDOW_MS;
    for (const [no, { requestedAtMs }] of this.#byNo) if (requestedAtMs <= from) this.#byNo.delete(no);
    this.#confirmations = this.#confirmations.filter(({ atMs }) => atMs > from);
  }
}
