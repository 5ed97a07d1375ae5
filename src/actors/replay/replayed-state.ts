import { type AccountPolicy, isDefaultPolicy } from '../../domain/accounts/admission.ts';
import { assert } from '../../domain/assert.ts';
import type { Order } from '../../domain/orders/order.ts';
import type { MarketState, SettlementBatch, Wallet } from '../../domain/settlement.ts';
import type { OrderRef } from '../../domain/trade.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { orderLine, type PresentState, policyLine, SetDigest, tradeLine, withdrawalLine } from './digest.ts';

const NOTHING_YET = Object.freeze({
  seq: 0,
  places: 0,
  auctionEndsAtMs: null,
  auctionOpensAs: 'open',
  breakerFromTradeNo: 0,
  tradeNo: 0,
  lastPriceTicks: null,
});

/** What the batches of a replay add up to: the tables as they must be. */
export class ReplayedState {
  readonly trades = new SetDigest();
  readonly endedOrders = new SetDigest();
  readonly #wallets = new Map<string, Wallet>();
  readonly #open = new Map<string, Order>();
  readonly #markets = new Map<number, MarketState>();
  readonly #policies = new Map<number, AccountPolicy>();
  readonly #withdrawals = new Map<number, Withdrawal>();

  apply(batch: SettlementBatch): void {
    for (const market of batch.markets) {
      const { id: marketId, status } = market;
      this.#markets.set(marketId, { marketId, status, ...NOTHING_YET });
    }
    for (const state of batch.marketStates) {
      const before = this.#markets.get(state.marketId);
      assert(before !== undefined, 'a market that trades was created');
      this.#markets.set(state.marketId, {
        ...state,
        tradeNo: Math.max(before.tradeNo, state.tradeNo),
        lastPriceTicks: state.lastPriceTicks ?? before.lastPriceTicks,
      });
    }
    for (const [accountId, policy] of batch.policies) this.#policies.set(accountId, policy);
    for (const withdrawal of batch.withdrawals) this.#withdrawals.set(withdrawal.withdrawalNo, withdrawal);
    for (const order of [...batch.opened, ...batch.changed]) this.#open.set(key(order), order);
    for (const ref of batch.closed) assert(this.#open.delete(key(ref)), 'an order that is closed was open');
    for (const order of batch.ended) this.endedOrders.add(orderLine(order));
    for (const trade of batch.trades) this.trades.add(tradeLine(trade));
    for (const { accountId, assetId, balanceMinor, lockedMinor } of batch.wallets) {
      const id = `${accountId}-${assetId}`;
      const before = this.#wallets.get(id);
      this.#wallets.set(id, {
        accountId,
        assetId,
        balanceMinor: (before?.balanceMinor ?? 0n) + balanceMinor,
        lockedMinor: (before?.lockedMinor ?? 0n) + lockedMinor,
      });
    }
  }

  walletsOf(accountId: number): Wallet[] {
    return [...this.#wallets.values()].filter((wallet) => wallet.accountId === accountId);
  }

  openOrdersOf(accountId: number): Order[] {
    return [...this.#open.values()].filter((order) => order.accountId === accountId);
  }

  /** Of accounts for which one was set. */
  get policies(): SetDigest {
    const digest = new SetDigest();
    for (const [accountId, policy] of this.#policies)
      if (!isDefaultPolicy(accountId, policy)) digest.add(policyLine(accountId, policy));
    return digest;
  }

  get withdrawals(): SetDigest {
    const digest = new SetDigest();
    for (const withdrawal of this.#withdrawals.values()) digest.add(withdrawalLine(withdrawal));
    return digest;
  }

  present(): PresentState {
    return {
      markets: [...this.#markets.values()],
      books: [...this.#open.values()],
      wallets: [...this.#wallets.values()],
    };
  }
}

function key(ref: OrderRef): string {
  return `${ref.accountId}-${ref.orderNo}`;
}
