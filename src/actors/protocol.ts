import type { AdmittedOrder } from '../domain/account.ts';
import type { Asset } from '../domain/asset.ts';
import type { FeeTier, FeeTierSpec, Market, MarketSpec, MarketStatus } from '../domain/market.ts';
import type { Order, OrderRequest, Side } from '../domain/order.ts';
import type { Refusal } from '../domain/rejection.ts';
import type { OrderRef, Posting, Trade } from '../domain/trade.ts';

/**
 * What actors say to each other: plain data that could cross a wire. Whoever waits for an answer is named by a
 * correlation id (`replyTo`, 0 when nobody waits), never by a callback.
 */

// ── to account/<id> ────────────────────────────────────────────────────────────────────────────────────

export interface PlaceOrder {
  readonly type: 'placeOrder';
  readonly request: OrderRequest;
  /** Last committed price as the gateway knew it; null when the market has none yet. */
  readonly referencePriceTicks: number | null;
  readonly replyTo: number;
}

/** An order named by its number or by the client's own id. */
export type OrderName = { readonly orderNo: number } | { readonly clientOrderId: string };

export interface CancelOrder {
  readonly type: 'cancelOrder';
  readonly name: OrderName;
  readonly replyTo: number;
}

export interface AmendOrder {
  readonly type: 'amendOrder';
  readonly name: OrderName;
  /** New limit price and new total quantity as decimals; what is left out stays. */
  readonly price?: string | undefined;
  readonly quantity?: string | undefined;
  readonly replyTo: number;
}

export interface CancelAllOrders {
  readonly type: 'cancelAllOrders';
  readonly marketId: number;
  readonly replyTo: number;
}

export interface Deposit {
  readonly type: 'deposit';
  readonly assetId: number;
  readonly amountMinor: bigint;
  /** Names the deposit within the account: a second one with the same reference is refused. */
  readonly reference: string;
  readonly replyTo: number;
}

export interface GetFees {
  readonly type: 'getFees';
  readonly replyTo: number;
}

/** From settlement, after a commit that touched the account. */
export interface AccountSettled {
  readonly type: 'settled';
  readonly batchNo: number;
  /** What may be spent again, per asset: never negative. */
  readonly released: readonly (readonly [assetId: number, amountMinor: bigint])[];
  /** The account's orders that the batch changed, as they are now. */
  readonly orders: readonly Order[];
  /** Quote traded in the batch, per quote asset and day since the epoch. */
  readonly volumes: readonly (readonly [quoteAssetId: number, day: number, volumeMinor: bigint])[];
  /** References of the account's deposits in the batch. */
  readonly deposits: readonly string[];
}

/** From settlement: a market refused or lost a command. Nothing was changed, the reservation comes back. */
export interface HoldReturned {
  readonly type: 'holdReturned';
  readonly command: 'submitOrder' | 'amendResting';
  readonly orderNo: number;
  readonly assetId: number;
  readonly amountMinor: bigint;
  readonly refusal: Refusal;
}

export type AccountMessage =
  | PlaceOrder
  | CancelOrder
  | AmendOrder
  | CancelAllOrders
  | Deposit
  | GetFees
  | AccountSettled
  | HoldReturned;

// ── to market/<symbol>; these are what the message log holds ───────────────────────────────────────────

export interface SubmitOrder {
  readonly type: 'submitOrder';
  readonly order: AdmittedOrder;
}

export interface CancelResting {
  readonly type: 'cancelResting';
  readonly accountId: number;
  readonly orderNo: number;
}

export interface CancelAllResting {
  readonly type: 'cancelAllResting';
  readonly accountId: number;
}

export interface AmendResting {
  readonly type: 'amendResting';
  readonly accountId: number;
  readonly orderNo: number;
  readonly side: Side;
  readonly priceTicks: number;
  /** The new total, what is filled included. */
  readonly quantityLots: number;
  /** Decimal integer: what the account reserved on top of the order's hold, in minor units of its hold asset. */
  readonly extraHoldMinor: string;
}

export interface SetMarketStatus {
  readonly type: 'setMarketStatus';
  readonly status: MarketStatus;
}

export type MarketCommand = SubmitOrder | CancelResting | CancelAllResting | AmendResting | SetMarketStatus;

export interface MarketMessage {
  readonly type: 'command';
  readonly command: MarketCommand;
  readonly replyTo: number;
}

// ── to settlement ──────────────────────────────────────────────────────────────────────────────────────

/** An order that a message changed: how much it held before the message, and how it is now. */
export interface OrderChange {
  readonly order: Order;
  readonly holdBeforeMinor: bigint;
  /** False when the message itself brought the order. */
  readonly restedBefore: boolean;
}

/** So many lots more (or, negative, fewer) at a price of a side. */
export type LevelChange = readonly [side: Side, priceTicks: number, lots: number];

/** All that one message did to a market. */
export interface MarketEffect {
  readonly type: 'marketEffect';
  readonly marketId: number;
  /** Counts the messages that changed the market, from 1. */
  readonly seq: number;
  readonly atMs: number;
  readonly command: MarketCommand;
  readonly orders: readonly OrderChange[];
  readonly trades: readonly Trade[];
  readonly levels: readonly LevelChange[];
  readonly status: MarketStatus;
  /** What the account reserved for this message; the settlement gives back what was not needed. */
  readonly reserved: Posting | null;
  readonly replyTo: number;
  readonly reply: Reply;
}

/**
 * An answer that changes nothing: a refusal by a market, or a cancel of nothing. It passes through settlement, in
 * its turn, because it may tell of what isn't committed yet.
 */
export interface AnswerEffect {
  readonly type: 'answerEffect';
  readonly reply: Reply;
  readonly replyTo: number;
  /** The reservation that comes back to an account; null when there was none. */
  readonly returned: { readonly accountId: number; readonly hold: HoldReturned } | null;
}

export interface DepositEffect {
  readonly type: 'depositEffect';
  readonly atMs: number;
  readonly accountId: number;
  readonly assetId: number;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly replyTo: number;
}

export interface AssetEffect {
  readonly type: 'assetEffect';
  readonly atMs: number;
  readonly asset: Asset;
  readonly replyTo: number;
}

export interface MarketCreatedEffect {
  readonly type: 'marketCreatedEffect';
  readonly atMs: number;
  readonly market: Market;
  /** As the operator wrote it: what the log holds. */
  readonly spec: MarketSpec;
  readonly replyTo: number;
}

export interface FeesEffect {
  readonly type: 'feesEffect';
  readonly atMs: number;
  readonly marketId: number;
  readonly feeTiers: readonly FeeTier[];
  readonly spec: readonly FeeTierSpec[];
  readonly replyTo: number;
}

export type Effect =
  | MarketEffect
  | AnswerEffect
  | DepositEffect
  | AssetEffect
  | MarketCreatedEffect
  | FeesEffect;

// ── to feed/<symbol> ───────────────────────────────────────────────────────────────────────────────────

/** What a committed batch did to a market, in the order it happened. */
export interface MarketCommitted {
  readonly type: 'committed';
  /** Number of the last market message in the batch; the batch holds every one since the last batch's. */
  readonly seq: number;
  readonly atMs: number;
  readonly levels: readonly LevelChange[];
  readonly trades: readonly Trade[];
  readonly status: MarketStatus;
}

// ── answers ────────────────────────────────────────────────────────────────────────────────────────────

export type Reply =
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'order'; readonly order: Order; readonly trades: readonly Trade[] }
  /** The clientOrderId was used before with the same body: this is the order. */
  | { readonly type: 'repeated'; readonly ref: OrderRef }
  | { readonly type: 'canceledAll'; readonly orders: readonly OrderRef[] }
  | { readonly type: 'fees'; readonly rates: readonly FeeRate[] }
  | { readonly type: 'done' };

/** The fees that apply to an account in a market. */
export interface FeeRate {
  readonly marketId: number;
  readonly volumeMinor: bigint;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}
