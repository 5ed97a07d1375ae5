import type { Market } from './markets/market.ts';
import { valueMinor } from './markets/market.ts';
import type { Side } from './orders/order.ts';

/** The two orders of a trade by account and number. */
export interface OrderRef {
  readonly accountId: number;
  readonly orderNo: number;
}

/** One execution: the taker met an order that rested, at the maker's price. */
export interface Trade {
  readonly marketId: number;
  /** Counts the market's trades from 1. */
  readonly tradeNo: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly takerSide: Side;
  readonly maker: OrderRef;
  readonly taker: OrderRef;
  /** In the asset each receives: base for the buyer, quote for the seller. */
  readonly makerFeeMinor: bigint;
  readonly takerFeeMinor: bigint;
  readonly executedAtMs: number;
}

/** System accounts, as the first migration creates them. */
export const EXTERNAL_ACCOUNT = 1;
export const FEES_ACCOUNT = 2;
export const PENDING_WITHDRAWALS_ACCOUNT = 3;
/** The house's own money, from which networks are paid. */
export const TREASURY_ACCOUNT = 4;
export const FIRST_CUSTOMER_ACCOUNT = 1000;

export interface Posting {
  readonly accountId: number;
  readonly assetId: number;
  /** Positive: the account receives. */
  readonly amountMinor: bigint;
}

/**
 * The double entry of a trade. The amounts sum to zero for each asset, and an account appears at most once per
 * asset: what someone pays and gets in a trade with himself is netted.
 */
export function postingsOfTrade(market: Market, trade: Trade): Posting[] {
  const takerBuys = trade.takerSide === 'buy';
  const buyer = takerBuys ? trade.taker.accountId : trade.maker.accountId;
  const seller = takerBuys ? trade.maker.accountId : trade.taker.accountId;
  const buyerFee = takerBuys ? trade.takerFeeMinor : trade.makerFeeMinor;
  const sellerFee = takerBuys ? trade.makerFeeMinor : trade.takerFeeMinor;
  const base = BigInt(trade.quantityLots) * market.lotMinor;
  const quote = valueMinor(market, trade.priceTicks, trade.quantityLots);
  const postings: Posting[] = [];
  if (buyer === seller) {
    // Also without a fee: an account's trades are found by its postings.
    postings.push({ accountId: buyer, assetId: market.base.id, amountMinor: -buyerFee });
    postings.push({ accountId: buyer, assetId: market.quote.id, amountMinor: -sellerFee });
  } else {
    post(postings, buyer, market.base.id, base - buyerFee);
    post(postings, buyer, market.quote.id, -quote);
    post(postings, seller, market.base.id, -base);
    post(postings, seller, market.quote.id, quote - sellerFee);
  }
  post(postings, FEES_ACCOUNT, market.base.id, buyerFee);
  post(postings, FEES_ACCOUNT, market.quote.id, sellerFee);
  return postings;
}

/** The double entry of a deposit: custody owes it to the customer. */
export function postingsOfDeposit(accountId: number, assetId: number, amountMinor: bigint): Posting[] {
  return [
    { accountId: EXTERNAL_ACCOUNT, assetId, amountMinor: -amountMinor },
    { accountId, assetId, amountMinor },
  ];
}

function post(postings: Posting[], accountId: number, assetId: number, amountMinor: bigint): void {
  if (amountMinor !== 0n) postings.push({ accountId, assetId, amountMinor });
}
