import type { AccountPolicy, Reservation } from '../domain/accounts/admission.ts';
import type { Asset } from '../domain/asset.ts';
import type { Clearing } from '../domain/markets/call-auction.ts';
import type { FeeTier, FeeTierSpec, Market, MarketSpec, MarketStatus } from '../domain/markets/market.ts';
import type { Continuous } from '../domain/markets/market-machine.ts';
import type { Order, Side } from '../domain/orders/order.ts';
import type { Prevention } from '../domain/orders/prevention.ts';
import type { Refusal } from '../domain/rejection.ts';
import type { OrderRef, Trade } from '../domain/trade.ts';
import type { WithdrawalStep } from '../domain/withdrawals/desk.ts';
import type { DeskState } from '../domain/withdrawals/desk-state.ts';
import type { Withdrawal } from '../domain/withdrawals/withdrawal.ts';
import type { HoldReturned, ReservationReturned } from './account-messages.ts';
import type { MarketCommand } from './market-messages.ts';

/** What was done, on its way to settlement, and what settlement tells the feeds and those who wait once it is committed. */

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
  readonly preventions: readonly Prevention[];
  readonly status: MarketStatus;
  /** Number of the last place in a queue that the market gave out. */
  readonly places: number;
  readonly auctionEndsAtMs: number | null;
  /** What the market becomes with the end of the auction. */
  readonly auctionOpensAs: Continuous;
  readonly breakerFromTradeNo: number;
  /** Where the auction would trade now; null when there is no auction, or nothing would. */
  readonly clearing: Clearing | null;
  /** What an account reserved for this message; the settlement gives back what was not needed. */
  readonly reserved: readonly (Reservation & { readonly accountId: number })[];
  readonly replyTo: number;
  readonly reply: Reply;
}

/**
 * An answer that changes nothing: a refusal by a market, or a cancel of nothing. It passes through settlement, in
 * its turn, because it may tell of what isn't committed yet.
 */
export interface AnswerEffect<Hold = HoldReturned | ReservationReturned> {
  readonly type: 'answerEffect';
  readonly reply: Reply;
  readonly replyTo: number;
  /** The reservation that comes back to an account; null when there was none. */
  readonly returned: { readonly accountId: number; readonly hold: Hold } | null;
}

/** What a market comes to with a message. */
export type Handled = MarketEffect | AnswerEffect<HoldReturned>;

export interface DepositEffect {
  readonly type: 'depositEffect';
  readonly atMs: number;
  readonly accountId: number;
  readonly assetId: number;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly replyTo: number;
}

/** An account's policy was set. */
export interface PolicyEffect {
  readonly type: 'policyEffect';
  readonly atMs: number;
  readonly accountId: number;
  readonly policy: AccountPolicy;
  readonly replyTo: number;
}

/** An account's countdown began anew, ended or ran out. */
export interface CountdownEffect {
  readonly type: 'countdownEffect';
  readonly atMs: number;
  readonly accountId: number;
  /** null: it does not run. */
  readonly expiresAtMs: number | null;
  readonly replyTo: number;
}

/** Something happened to a withdrawal. */
export interface WithdrawalEffect extends WithdrawalStep {
  readonly type: 'withdrawalEffect';
  readonly atMs: number;
  /** What the account reserved for it just now; null for what comes after its request. */
  readonly reserved: Reservation | null;
  readonly replyTo: number;
}

/** Withdrawals were paused or let go on, or their policy was set. */
export interface DeskEffect {
  readonly type: 'deskEffect';
  readonly atMs: number;
  readonly state: DeskState;
  readonly replyTo: number;
}

/** A network took something for what is no withdrawal. */
export interface NetworkCostEffect {
  readonly type: 'networkCostEffect';
  readonly atMs: number;
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
  | PolicyEffect
  | CountdownEffect
  | WithdrawalEffect
  | DeskEffect
  | NetworkCostEffect
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
  readonly auctionEndsAtMs: number | null;
  /** Where the auction would trade now. */
  readonly clearing: Clearing | null;
}

// ── answers ────────────────────────────────────────────────────────────────────────────────────────────

export type Reply =
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** The order that the message is about as it is after it, and what it traded. */
  | { readonly type: 'order'; readonly order: Order; readonly trades: readonly Trade[] }
  | {
      readonly type: 'replaced';
      readonly canceled: Order;
      readonly order: Order;
      readonly trades: readonly Trade[];
    }
  | { readonly type: 'orderList'; readonly orders: readonly Order[]; readonly trades: readonly Trade[] }
  /** The clientOrderId was used before with the same body: these are the orders. */
  | { readonly type: 'repeated'; readonly refs: readonly OrderRef[] }
  | { readonly type: 'policy'; readonly policy: AccountPolicy }
  | { readonly type: 'countdown'; readonly expiresAtMs: number | null }
  | { readonly type: 'withdrawal'; readonly withdrawal: Withdrawal; readonly repeated: boolean }
  | { readonly type: 'desk'; readonly state: DeskState }
  | { readonly type: 'canceledAll'; readonly orders: readonly OrderRef[] }
  | { readonly type: 'fees'; readonly rates: readonly FeeRate[] }
  /** Open orders as a market has them in memory; all that led to them is committed. */
  | { readonly type: 'inspectedMarket'; readonly orders: readonly Order[] }
  /** What may be spent as an account has it in memory; null: it sleeps. */
  | { readonly type: 'inspectedAccount'; readonly available: ReadonlyMap<number, bigint> | null }
  | { readonly type: 'done' };

/** The fees that apply to an account in a market. */
export interface FeeRate {
  readonly marketId: number;
  readonly volumeMinor: bigint;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}
