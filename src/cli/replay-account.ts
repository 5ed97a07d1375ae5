import type { Effect } from '../actors/effects.ts';
import type { Replay } from '../actors/replay/replay.ts';
import { isoTime, orderId, viewBalance, viewOrder } from '../domain/views.ts';
import type { Output } from './output.ts';

/** What of a replay one account sees. */
export class AccountReplay {
  readonly #accountId: number;
  readonly #output: Output;
  /** As they were told last. */
  readonly #told = new Map<number, string>();

  constructor(accountId: number, output: Output) {
    this.#accountId = accountId;
    this.#output = output;
  }

  /** Whether the message changed something of the account, or was meant for it. */
  isConcerned(effect: Effect): boolean {
    switch (effect.type) {
      case 'marketEffect':
        return (
          effect.orders.some(({ order }) => order.accountId === this.#accountId) ||
          effect.preventions.some(({ maker, taker }) =>
            [maker, taker].some(({ accountId }) => accountId === this.#accountId),
          )
        );
      case 'depositEffect':
      case 'policyEffect':
      case 'countdownEffect':
        return effect.accountId === this.#accountId;
      case 'withdrawalEffect':
        return effect.withdrawal.accountId === this.#accountId;
      default:
        return false;
    }
  }

  /** What is in its wallets after a batch, where that has changed since it was told last. */
  tellWallets({ state, catalog, batchNo }: Replay): void {
    for (const { assetId, balanceMinor, lockedMinor } of state.walletsOf(this.#accountId)) {
      const now = `${balanceMinor} ${lockedMinor}`;
      if (this.#told.get(assetId) === now) continue;
      this.#told.set(assetId, now);
      const wallet = viewBalance(catalog.assetById(assetId)!, balanceMinor, lockedMinor);
      this.#output.print(
        `    ${wallet.asset}: ${wallet.balance}, of which ${wallet.available} available and ${wallet.locked} on hold`,
        { batchNo, wallet },
      );
    }
  }

  /** All that it has in the end. */
  tellEnd(replayed: Replay): void {
    const { state, catalog, batchNo } = replayed;
    this.#output.print(`account ${this.#accountId} after batch ${batchNo}:`, {
      account: this.#accountId,
      batchNo,
    });
    this.#told.clear();
    this.tellWallets(replayed);
    for (const order of state.openOrdersOf(this.#accountId)) {
      const market = catalog.marketById(order.marketId)!;
      const view = viewOrder(market, order);
      this.#output.print(
        `    order ${orderId(order)}, ${market.symbol}: ${view.side} ${view.type}, ${view.status}, filled ${view.filledQuantity}, since ${isoTime(order.createdAtMs)}`,
        { batchNo, order: view },
      );
    }
  }
}
