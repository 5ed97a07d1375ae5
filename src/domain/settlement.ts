import type { AccountPolicy } from './accounts/admission.ts';
import type { Asset } from './asset.ts';
import type { Candle } from './candles.ts';
import type { FeeTier, Market, MarketStatus } from './markets/market.ts';
import type { Continuous } from './markets/market-machine.ts';
import type { Order } from './orders/order.ts';
import type { Prevention } from './orders/prevention.ts';
import type { AccountSnapshot, MarketSnapshot } from './snapshots.ts';
import type { OrderRef, Posting, Trade } from './trade.ts';
import type { DeskSnapshot, DeskState } from './withdrawals/desk-state.ts';
import type { Withdrawal, WithdrawalEvent } from './withdrawals/withdrawal.ts';

/** Everything that one settlement transaction writes: rows, netted where only the sum counts. */
export interface SettlementBatch {
  /** The writer's: the transaction changes nothing unless both are what the database expects. */
  readonly epoch: number;
  readonly batchNo: number;
  readonly committedAtMs: number;
  readonly log: LogRecord;
  /** Number of the last journal entry once the batch is committed. */
  readonly lastEntryNo: number;
  /** Orders that now rest and did not before. */
  readonly opened: readonly Order[];
  /** Orders that rested and still do, changed. */
  readonly changed: readonly Order[];
  /** Orders that rested and don't any more; each is in `ended` too. */
  readonly closed: readonly OrderRef[];
  readonly ended: readonly Order[];
  readonly trades: readonly EnteredTrade[];
  readonly postings: readonly EnteredPosting[];
  readonly wallets: readonly WalletDelta[];
  readonly deposits: readonly EnteredDeposit[];
  readonly preventions: readonly Prevention[];
  /** null: it does not run. */
  readonly countdowns: readonly (readonly [accountId: number, expiresAtMs: number | null])[];
  readonly policies: readonly (readonly [accountId: number, policy: AccountPolicy])[];
  readonly candles: readonly (readonly [marketId: number, candle: Candle])[];
  readonly volumes: readonly VolumeDelta[];
  readonly marketStates: readonly MarketState[];
  readonly assets: readonly Asset[];
  readonly markets: readonly Market[];
  readonly feeTiers: readonly { readonly marketId: number; readonly tiers: readonly FeeTier[] }[];
  /** Each withdrawal that changed, as it is after the batch. */
  readonly withdrawals: readonly Withdrawal[];
  readonly withdrawalEvents: readonly EnteredWithdrawalEvent[];
  readonly networkCosts: readonly EnteredNetworkCost[];
  /** null: nothing of it changed. */
  readonly desk: DeskState | null;
}

/** The messages of a batch as they are logged, chained to the batch before by a SHA-256. */
export interface LogRecord {
  readonly messageCount: number;
  readonly payload: Uint8Array;
  readonly hash: Uint8Array;
}

export interface EnteredTrade {
  readonly entryNo: number;
  readonly trade: Trade;
}

export const POSTING_KINDS = Object.freeze({ trade: 1, deposit: 2, withdrawal: 3, network_cost: 4 } as const);
export type PostingKind = keyof typeof POSTING_KINDS;

export interface EnteredPosting extends Posting {
  readonly entryNo: number;
  readonly kind: PostingKind;
  readonly postedAtMs: number;
}

export interface EnteredDeposit {
  readonly reference: string;
  readonly entryNo: number;
  readonly accountId: number;
  readonly assetId: number;
  readonly amountMinor: bigint;
  readonly creditedAtMs: number;
}

export interface EnteredWithdrawalEvent {
  readonly withdrawalNo: number;
  /** Counts the withdrawal's events, from 1. */
  readonly eventNo: number;
  readonly atMs: number;
  /** null: it was asked for. */
  readonly event: WithdrawalEvent | null;
  /** null: no money moved. */
  readonly entryNo: number | null;
}

export interface EnteredNetworkCost {
  readonly reference: string;
  readonly entryNo: number;
  readonly assetId: number;
  readonly amountMinor: bigint;
  readonly paidAtMs: number;
}

export interface WalletDelta {
  readonly accountId: number;
  readonly assetId: number;
  readonly balanceMinor: bigint;
  readonly lockedMinor: bigint;
}

export interface VolumeDelta {
  readonly accountId: number;
  readonly quoteAssetId: number;
  readonly day: number;
  readonly volumeMinor: bigint;
}

export interface MarketState {
  readonly marketId: number;
  readonly status: MarketStatus;
  readonly seq: number;
  /** Number of the last place in a queue that the market gave out. */
  readonly places: number;
  /** In milliseconds since the Unix epoch; null: no auction ends by itself. */
  readonly auctionEndsAtMs: number | null;
  /** What the market becomes with the end of the auction. */
  readonly auctionOpensAs: Continuous;
  /** The circuit breaker looks at the trades after this one. */
  readonly breakerFromTradeNo: number;
  readonly tradeNo: number;
  readonly lastPriceTicks: number | null;
}

/** A wallet as it is after a batch. */
export interface Wallet {
  readonly accountId: number;
  readonly assetId: number;
  readonly balanceMinor: bigint;
  readonly lockedMinor: bigint;
}

/** One account's part of a batch in its private stream: JSON, as it goes over the wire. */
export interface StoredFrame {
  readonly accountId: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Who writes, and up to where everything is written. */
export interface LedgerPosition {
  readonly epoch: number;
  readonly batchNo: number;
  readonly entryNo: number;
  readonly logHash: Uint8Array;
}

export type SettleOutcome =
  | { readonly type: 'committed'; readonly frames: readonly StoredFrame[] }
  /** The fence did not let it through: another writer, or an earlier attempt that did commit after all. */
  | { readonly type: 'fenced' };

/** Why an attempt failed. `unavailable`: it may or may not be committed. `violation`: it is not, and never will be. */
export type LedgerFailure = 'unavailable' | 'violation';

/**
 * The one place where truth is kept, as the actors see it. Everything but `settle` may be asked at any time; only the
 * settlement actor calls `settle`, one batch after the other.
 */
export interface Ledger {
  /** Raises the epoch: from now on every other writer is fenced off. */
  takeOver(): Promise<LedgerPosition>;
  position(): Promise<LedgerPosition>;
  /** Time of the last batch in milliseconds since the Unix epoch; 0 when there is none. */
  lastCommittedAtMs(): Promise<number>;
  /**
   * Writes a batch in one transaction.
   * @param frame makes the accounts' parts of the private stream
   * @throws what `failureOf` classifies
   */
  settle(batch: SettlementBatch, frame: FrameMaker): Promise<SettleOutcome>;
  /** The private frames that the last committed batch stored, of the accounts that it touched. */
  framesOf(batchNo: number, accountIds: readonly number[]): Promise<readonly StoredFrame[]>;
  failureOf(error: unknown): LedgerFailure;
  loadCatalog(): Promise<{ readonly assets: readonly Asset[]; readonly markets: readonly Market[] }>;
  /** undefined when there is no such account. */
  loadAccount(accountId: number, sinceDay: number): Promise<AccountSnapshot | undefined>;
  /** By market, as of one commit. */
  loadMarkets(markets: readonly Market[]): Promise<ReadonlyMap<number, MarketSnapshot>>;
  /** The countdowns that run. */
  loadCountdowns(): Promise<readonly (readonly [accountId: number, expiresAtMs: number])[]>;
  depositExists(accountId: number, reference: string): Promise<boolean>;
  /** Withdrawals under way and what the desk has to know beside them. */
  loadDesk(sinceMs: number): Promise<DeskSnapshot>;
  /** Also one that has ended. */
  findWithdrawal(accountId: number, clientWithdrawalId: string): Promise<Withdrawal | undefined>;
  networkCostExists(reference: string): Promise<boolean>;
  isFrozen(accountId: number): Promise<boolean>;
  loadOrder(ref: OrderRef): Promise<Order | undefined>;
  /** What the feed of a market begins with: minute candles since a time and the newest of each longer interval. */
  loadCandles(marketId: number, sinceMs: number): Promise<readonly Candle[]>;
}

/** Accounts that the batch touched, each with its frame. */
export interface FrameMaker {
  readonly accountIds: readonly number[];
  /** The frame as JSON up to its balances: they, as they are after the batch, and `]}` are added by the ledger. */
  head(accountId: number): Uint8Array;
}
