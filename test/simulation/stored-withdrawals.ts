import type { SettlementBatch } from '../../src/domain/settlement.ts';
import type { DeskSnapshot, DeskState } from '../../src/domain/withdrawals/desk-state.ts';
import { totalMinor, type Withdrawal } from '../../src/domain/withdrawals/withdrawal.ts';
import { isHolding, isUnderWay } from '../../src/domain/withdrawals/withdrawal-machine.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../src/domain/withdrawals/withdrawal-policy.ts';

/** What a database holds of withdrawals, with the constraints of its tables. */
export class StoredWithdrawals {
  readonly byNo = new Map<number, Withdrawal>();
  readonly networkCosts = new Set<string>();
  readonly #events = new Map<
    string,
    { readonly atMs: number; readonly withdrawalNo: number; readonly type: string }
  >();
  #desk: DeskState = { policy: DEFAULT_WITHDRAWAL_POLICY, paused: null, velocityFromMs: 0 };

  /** Why a batch breaks a constraint; undefined when it doesn't. */
  refusalFor(batch: SettlementBatch): string | undefined {
    for (const { withdrawalNo, eventNo } of batch.withdrawalEvents)
      if (this.#events.has(`${withdrawalNo}-${eventNo}`)) return 'an event of a withdrawal happens once';
    for (const { reference } of batch.networkCosts)
      if (this.networkCosts.has(reference)) return 'a network cost is there once';
    return undefined;
  }

  apply(batch: SettlementBatch): void {
    for (const withdrawal of batch.withdrawals) this.byNo.set(withdrawal.withdrawalNo, withdrawal);
    for (const { withdrawalNo, eventNo, atMs, event } of batch.withdrawalEvents)
      this.#events.set(`${withdrawalNo}-${eventNo}`, {
        atMs,
        withdrawalNo,
        type: event?.type ?? 'requested',
      });
    for (const { reference } of batch.networkCosts) this.networkCosts.add(reference);
    if (batch.desk !== null) this.#desk = batch.desk;
  }

  find(accountId: number, name: string): Withdrawal | undefined {
    return [...this.byNo.values()].find(
      (one) => one.accountId === accountId && one.clientWithdrawalId === name,
    );
  }

  /** What they hold of a wallet. */
  heldMinor(accountId: number, assetId: number): bigint {
    return [...this.byNo.values()]
      .filter((one) => one.accountId === accountId && one.assetId === assetId && isHolding(one.status))
      .reduce((sum, one) => sum + totalMinor(one), 0n);
  }

  load(sinceMs: number): DeskSnapshot {
    const all = [...this.byNo.values()].sort((one, other) => one.withdrawalNo - other.withdrawalNo);
    return {
      state: this.#desk,
      nextWithdrawalNo: (all.at(-1)?.withdrawalNo ?? 0) + 1,
      underWay: all.filter(({ status }) => isUnderWay(status)),
      recent: all.filter(({ requestedAtMs }) => requestedAtMs > sinceMs),
      confirmations: [...this.#events.values()]
        .filter(({ type, atMs }) => type === 'confirmed' && atMs > sinceMs)
        .sort((one, other) => one.atMs - other.atMs || one.withdrawalNo - other.withdrawalNo)
        .map(({ atMs, withdrawalNo }) => ({ atMs, valueMinor: this.byNo.get(withdrawalNo)!.valueMinor })),
    };
  }
}
