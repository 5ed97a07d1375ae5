import type { StoredAccount } from '../../src/domain/invariants.ts';
import { holdAssetId } from '../../src/domain/orders/order.ts';
import type { Tables } from './tables.ts';

/** An account as the monitor reads it: a copy, as one that came over a wire. */
export function storedAccount(tables: Tables, accountId: number): StoredAccount {
  const orders = [...tables.open.values()].filter((order) => order.accountId === accountId);
  const heldMinor = (assetId: number) =>
    orders
      .filter((order) => holdAssetId(tables.markets.get(order.marketId)!, order.side) === assetId)
      .reduce((sum, order) => sum + order.holdMinor, tables.withdrawals.heldMinor(accountId, assetId));
  return {
    accountId,
    wallets: [...tables.wallets.values()]
      .filter((wallet) => wallet.accountId === accountId)
      .map((wallet) => ({ ...wallet, heldMinor: heldMinor(wallet.assetId) })),
    orders: orders.map((order) => ({ ...order })),
  };
}
