import type { AccountPolicy } from '../../domain/accounts/admission.ts';
import { assert } from '../../domain/assert.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Order } from '../../domain/orders/order.ts';
import type { Prevention } from '../../domain/orders/prevention.ts';
import type { FrameMaker, VolumeDelta, WalletDelta } from '../../domain/settlement.ts';
import { FIRST_CUSTOMER_ACCOUNT, type Trade } from '../../domain/trade.ts';
import { viewFill, viewOrder, viewPrevention } from '../../domain/views.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { viewWithdrawal } from '../../domain/withdrawals/withdrawal-view.ts';
import type { AccountSettled } from '../account-messages.ts';

interface AssetShare {
  balanceMinor: bigint;
  lockedMinor: bigint;
  /** What the account's messages in the batch had reserved before they reached a market. */
  reservedMinor: bigint;
}

/** What a batch does to one account. */
export class AccountShare {
  readonly assets = new Map<number, AssetShare>();
  readonly orders: Order[] = [];
  readonly fills: { readonly trade: Trade; readonly role: 'maker' | 'taker' }[] = [];
  readonly volumes = new Map<string, VolumeDelta>();
  readonly preventions: Prevention[] = [];
  /** Numbers of orders. */
  readonly amended: number[] = [];
  /** References. */
  readonly deposits: string[] = [];
  policy: AccountPolicy | null = null;
  /** As they are after the batch, by number. */
  readonly withdrawals = new Map<number, Withdrawal>();

  asset(assetId: number): AssetShare {
    let share = this.assets.get(assetId);
    if (share === undefined) {
      share = { balanceMinor: 0n, lockedMinor: 0n, reservedMinor: 0n };
      this.assets.set(assetId, share);
    }
    return share;
  }
}

/** What a batch does to each account: netted for the wallets, told to the account actors, framed for the owners. */
export class AccountShares {
  readonly #shares = new Map<number, AccountShare>();

  of(accountId: number): AccountShare {
    let share = this.#shares.get(accountId);
    if (share === undefined) {
      share = new AccountShare();
      this.#shares.set(accountId, share);
    }
    return share;
  }

  post(accountId: number, assetId: number, amountMinor: bigint): void {
    this.of(accountId).asset(assetId).balanceMinor += amountMinor;
  }

  lock(accountId: number, assetId: number, amountMinor: bigint): void {
    this.of(accountId).asset(assetId).lockedMinor += amountMinor;
  }

  reserved(accountId: number, assetId: number, amountMinor: bigint): void {
    this.of(accountId).asset(assetId).reservedMinor += amountMinor;
  }

  trade(
    accountId: number,
    trade: Trade,
    role: 'maker' | 'taker',
    quoteAssetId: number,
    day: number,
    valueMinor: bigint,
  ): void {
    const share = this.of(accountId);
    share.fills.push({ trade, role });
    const key = `${quoteAssetId}-${day}`;
    const before = share.volumes.get(key)?.volumeMinor ?? 0n;
    share.volumes.set(key, { accountId, quoteAssetId, day, volumeMinor: before + valueMinor });
  }

  walletDeltas(): WalletDelta[] {
    const deltas: WalletDelta[] = [];
    for (const [accountId, share] of this.#shares) {
      for (const [assetId, { balanceMinor, lockedMinor }] of share.assets) {
        if (balanceMinor !== 0n || lockedMinor !== 0n)
          deltas.push({ accountId, assetId, balanceMinor, lockedMinor });
      }
    }
    return deltas;
  }

  volumeDeltas(): VolumeDelta[] {
    return [...this.#shares.values()].flatMap((share) => [...share.volumes.values()]);
  }

  /** What the account actors are told after the commit. */
  *settled(batchNo: number): Generator<readonly [accountId: number, message: AccountSettled]> {
    for (const [accountId, share] of this.#shares) {
      if (accountId < FIRST_CUSTOMER_ACCOUNT) continue;
      const released: [number, bigint][] = [];
      for (const [assetId, { balanceMinor, lockedMinor, reservedMinor }] of share.assets) {
        const amountMinor = balanceMinor - lockedMinor + reservedMinor;
        assert(amountMinor >= 0n, 'what a batch takes from an account was reserved before');
        if (amountMinor > 0n) released.push([assetId, amountMinor]);
      }
      const volumes = Array.from(
        share.volumes.values(),
        ({ quoteAssetId, day, volumeMinor }) => [quoteAssetId, day, volumeMinor] as const,
      );
      const { orders, amended, deposits, policy } = share;
      yield [accountId, { type: 'settled', batchNo, released, orders, amended, volumes, deposits, policy }];
    }
  }

  /** The owners' private frames, but for the wallets after the batch. */
  frameMaker(catalog: Catalog): FrameMaker {
    const market = (marketId: number) => {
      const found = catalog.marketById(marketId);
      assert(found !== undefined, 'an order’s market is set up');
      return found;
    };
    const asset = (assetId: number) => {
      const found = catalog.assetById(assetId);
      assert(found !== undefined, 'a withdrawal’s asset is set up');
      return found;
    };
    return {
      accountIds: [...this.#shares.keys()].filter((accountId) => accountId >= FIRST_CUSTOMER_ACCOUNT),
      head: (accountId) => {
        const share = this.of(accountId);
        const orders = share.orders.map((order) => viewOrder(market(order.marketId), order));
        const fills = share.fills.map(({ trade, role }) => viewFill(market(trade.marketId), trade, role));
        // Few accounts ever trade with themselves, so the others' frames say nothing of it.
        const preventions = share.preventions.map((prevention) =>
          viewPrevention(market(prevention.marketId), prevention, accountId),
        );
        const prevented =
          preventions.length === 0 ? '' : `"preventedMatches":${JSON.stringify(preventions)},`;
        const withdrawn = [...share.withdrawals.values()].map((withdrawal) =>
          viewWithdrawal(asset(withdrawal.assetId), withdrawal),
        );
        const withdrawals = withdrawn.length === 0 ? '' : `"withdrawals":${JSON.stringify(withdrawn)},`;
        return Buffer.from(
          `{"orders":${JSON.stringify(orders)},"fills":${JSON.stringify(fills)},${prevented}${withdrawals}"balances":[`,
        );
      },
    };
  }
}
