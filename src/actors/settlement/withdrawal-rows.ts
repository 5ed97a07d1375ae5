import type {
  EnteredNetworkCost,
  EnteredWithdrawalEvent,
  PostingKind,
  SettlementBatch,
} from '../../domain/settlement.ts';
import type { Posting } from '../../domain/trade.ts';
import type { DeskState } from '../../domain/withdrawals/desk-state.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { moneyOf, postingsOfNetworkCost } from '../../domain/withdrawals/withdrawal-postings.ts';
import type { DeskEffect, NetworkCostEffect, WithdrawalEffect } from '../effects.ts';
import type { AccountShares } from './account-shares.ts';

/** Writes the postings of a new journal entry and answers its number. */
type Enter = (postings: readonly Posting[], kind: PostingKind, atMs: number) => number;

type Rows = Pick<SettlementBatch, 'withdrawals' | 'withdrawalEvents' | 'networkCosts' | 'desk'>;
type Cost = Pick<NetworkCostEffect, 'assetId' | 'amountMinor' | 'reference' | 'atMs'>;

/** What a batch does to withdrawals. */
export class WithdrawalRows {
  readonly #shares: AccountShares;
  readonly #enter: Enter;
  readonly #withdrawals = new Map<number, Withdrawal>();
  readonly #events: EnteredWithdrawalEvent[] = [];
  readonly #networkCosts: EnteredNetworkCost[] = [];
  #desk: DeskState | null = null;

  constructor(shares: AccountShares, enter: Enter) {
    this.#shares = shares;
    this.#enter = enter;
  }

  add(effect: WithdrawalEffect): void {
    const { withdrawal, event, before, atMs, reserved } = effect;
    const { withdrawalNo, accountId, assetId, eventNo } = withdrawal;
    this.#withdrawals.set(withdrawalNo, withdrawal);
    const { lockedMinor, postings } = moneyOf(withdrawal, before);
    this.#shares.lock(accountId, assetId, lockedMinor);
    if (reserved !== null) this.#shares.reserved(accountId, reserved.assetId, reserved.amountMinor);
    const entryNo = postings.length === 0 ? null : this.#enter(postings, 'withdrawal', atMs);
    this.#events.push({ withdrawalNo, eventNo, atMs, event, entryNo });
    if (event !== null && 'networkCosts' in event) {
      for (const [index, cost] of event.networkCosts.entries()) {
        const reference = `withdrawal:${withdrawalNo}:${index}`;
        this.addCost({ assetId: cost.assetId, amountMinor: BigInt(cost.amountMinor), reference, atMs });
      }
    }
    this.#shares.of(accountId).withdrawals.set(withdrawalNo, withdrawal);
  }

  addCost({ assetId, amountMinor, reference, atMs }: Cost): void {
    if (amountMinor === 0n) return;
    const entryNo = this.#enter(postingsOfNetworkCost(assetId, amountMinor), 'network_cost', atMs);
    this.#networkCosts.push({ reference, entryNo, assetId, amountMinor, paidAtMs: atMs });
  }

  setDesk({ state }: DeskEffect): void {
    this.#desk = state;
  }

  rows(): Rows {
    return {
      withdrawals: [...this.#withdrawals.values()],
      withdrawalEvents: this.#events,
      networkCosts: this.#networkCosts,
      desk: this.#desk,
    };
  }
}
