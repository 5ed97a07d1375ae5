import type { AccountPolicy } from './accounts/admission.ts';
import type { Market, MarketStatus } from './markets/market.ts';
import type { Continuous } from './markets/market-machine.ts';
import type { Order } from './orders/order.ts';

/** What an account actor starts from: the account as of one commit. */
export interface AccountSnapshot {
  readonly accountId: number;
  /** The last batch that is in it. */
  readonly batchNo: number;
  readonly nextOrderNo: number;
  readonly policy: AccountPolicy;
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

/** What a committed batch did to an account. */
export interface AccountChanges {
  readonly released: readonly (readonly [assetId: number, amountMinor: bigint])[];
  readonly orders: readonly Order[];
  /** Numbers of orders whose amend is done. */
  readonly amended: readonly number[];
  readonly volumes: readonly (readonly [quoteAssetId: number, day: number, volumeMinor: bigint])[];
  readonly policy: AccountPolicy | null;
}

/** What a market actor starts from. */
export interface MarketSnapshot {
  readonly marketId: number;
  readonly status: MarketStatus;
  /** Number of the last message that changed the market. */
  readonly seq: number;
  readonly tradeNo: number;
  readonly lastPriceTicks: number | null;
  /** When the auction ends by itself, in milliseconds since the Unix epoch; null: it doesn’t, or there is none. */
  readonly auctionEndsAtMs: number | null;
  /** What the market becomes with the end of the auction. */
  readonly auctionOpensAs: Continuous;
  /** The circuit breaker looks at the trades after this one. */
  readonly breakerFromTradeNo: number;
  /** What the circuit breaker has to know of, oldest first; of a market without one nothing. */
  readonly recentPrices: readonly (readonly [priceTicks: number, atMs: number])[];
  /** Number of the last place that the market gave out. */
  readonly places: number;
  /** In the order of their priority, those that wait outside of the book included. The market that starts from them makes these objects its own. */
  readonly orders: readonly Order[];
}

/** A market to which nothing has happened yet. */
export function emptyMarket({ id: marketId, status }: Market): MarketSnapshot {
  return {
    marketId,
    status,
    seq: 0,
    places: 0,
    tradeNo: 0,
    lastPriceTicks: null,
    auctionEndsAtMs: null,
    auctionOpensAs: 'open',
    breakerFromTradeNo: 0,
    recentPrices: [],
    orders: [],
  };
}
