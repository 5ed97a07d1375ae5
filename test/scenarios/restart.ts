import type { Matching } from '../../src/actors/markets/matching.ts';
import { copyOf, type LiveOrder } from '../../src/actors/markets/order-table.ts';
import type { AccountPolicy } from '../../src/domain/accounts/admission.ts';
import type { SettlementBatch } from '../../src/domain/settlement.ts';
import { type AccountSnapshot, emptyMarket, type MarketSnapshot } from '../../src/domain/snapshots.ts';
import type { Wallets } from './wallets.ts';

/** What a ledger would have written: a market and accounts can be read back from it. */
export class Written {
  readonly #batches: SettlementBatch[] = [];

  add(batch: SettlementBatch): void {
    this.#batches.push(batch);
  }

  market({ state }: Matching, orders: readonly LiveOrder[]): MarketSnapshot {
    const { market } = state;
    const last = this.#batches.findLast(({ marketStates }) => marketStates.length > 0)?.marketStates.at(-1);
    if (last === undefined) return emptyMarket(market);
    return {
      ...emptyMarket(market),
      ...last,
      tradeNo: state.tradeNo,
      lastPriceTicks: state.lastPriceTicks,
      recentPrices: this.#batches.flatMap(({ trades }) =>
        trades
          .filter(({ trade }) => trade.tradeNo > last.breakerFromTradeNo)
          .map(({ trade }) => [trade.priceTicks, trade.executedAtMs] as const),
      ),
      orders: orders.map(copyOf).sort((a, b) => a.priority - b.priority),
    };
  }

  account(accountId: number, policy: AccountPolicy, wallets: Wallets, { state }: Matching): AccountSnapshot {
    const changed = this.#batches.flatMap(({ opened, ended }) => [...opened, ...ended]);
    const own = changed.filter((order) => order.accountId === accountId);
    const named = own.filter(({ clientOrderId }) => clientOrderId !== null);
    return {
      accountId,
      batchNo: this.#batches.length,
      nextOrderNo: Math.max(0, ...own.map(({ orderNo }) => orderNo)) + 1,
      policy,
      wallets: wallets.availableOf(accountId),
      openOrders: state.orders.ofAccount(accountId, {}).map(copyOf),
      clientOrderIds: named.map(
        ({ clientOrderId, requestDigest, orderNo }) => [clientOrderId!, requestDigest, orderNo] as const,
      ),
      volumes: this.#batches.flatMap(({ volumes }) =>
        volumes
          .filter((volume) => volume.accountId === accountId)
          .map(({ quoteAssetId, day, volumeMinor }) => [quoteAssetId, day, volumeMinor] as const),
      ),
    };
  }
}
