import type { MarketStatus } from './market.ts';
import type { Order } from './order.ts';

/** What an account actor starts from: the account as of one commit. */
export interface AccountSnapshot {
  readonly accountId: number;
  /** The last batch that is in it. */
  readonly batchNo: number;
  readonly nextOrderNo: number;
  readonly wallets: readonly (readonly [assetId: number, availableMinor: bigint])[];
  readonly openOrders: readonly Order[];
  /** The clientOrderIds of the open orders and of the latest that ended, oldest first. */
  readonly clientOrderIds: readonly (readonly [
    clientOrderId: string,
    requestDigest: number,
    orderNo: number,
  ])[];
  /** The last 30 days' trading, in days since the epoch. */
  readonly volumes: readonly (readonly [quoteAssetId: number, day: number, volumeMinor: bigint])[];
}

/** What a market actor starts from. */
export interface MarketSnapshot {
  readonly marketId: number;
  readonly status: MarketStatus;
  /** Number of the last message that changed the market. */
  readonly seq: number;
  readonly tradeNo: number;
  readonly lastPriceTicks: number | null;
  /** In the order of their priority. The market that starts from them makes these objects its own. */
  readonly orders: readonly Order[];
}
