import type { AccountPolicy } from '../domain/accounts/admission.ts';
import type { Asset } from '../domain/asset.ts';
import type { Catalog } from '../domain/catalog.ts';
import type { FeeTierSpec, Market, MarketSpec, MarketStatus } from '../domain/markets/market.ts';
import type { CancelCause } from '../domain/orders/order.ts';
import type { OrderListRequest } from '../domain/orders/order-list.ts';
import type { OrderRequest } from '../domain/orders/order-request.ts';
import type { Refusal, Result } from '../domain/rejection.ts';
import type {
  BalanceView,
  CandleView,
  FillView,
  OrderView,
  PreventionView,
  TradeView,
} from '../domain/views.ts';
import type { WithdrawalView } from '../domain/withdrawals/withdrawal-view.ts';
import type { OrderName } from './account-messages.ts';
import type { OrderFilter } from './market-messages.ts';
import type { Withdrawals } from './withdrawal-ports.ts';

/**
 * The exchange as gateways see it: commands, replies and event streams of plain data. Every reply that says ok
 * is durable: the PostgreSQL commit that holds it is done. A command whose outcome isn't known in time is refused
 * with `outcome_unknown`, and one that can't be queued with `exchange_overloaded` or `exchange_stopped`.
 */
export interface Exchange {
  /** Assets and markets as of the last commit. */
  catalog(): Catalog;
  /** False until recovery is done, while stopping, and after a failure that stops trading. */
  isReady(): boolean;

  placeOrder(command: PlaceOrderCommand): Promise<Result<Placement>>;
  placeOrderList(command: PlaceOrderListCommand): Promise<Result<ListPlacement>>;
  /** Puts an order in the place of an open one of the same market and side: both happen or neither. */
  replaceOrder(command: ReplaceOrderCommand): Promise<Result<Replacement>>;
  cancelOrder(command: OrderCommand): Promise<Result<OrderView>>;
  amendOrder(command: AmendOrderCommand): Promise<Result<Placement>>;
  /** Answers the ids of the orders canceled. */
  cancelAllOrders(command: CancelAllCommand): Promise<Result<readonly string[]>>;
  /**
   * Begins the account's countdown anew: unless it is begun again before it runs out, all its orders are canceled. 0 ends it.
   * Answers when it runs out, in milliseconds since the Unix epoch; null when it was ended.
   */
  cancelAllAfter(accountId: number, durationMs: number): Promise<Result<number | null>>;
  fees(accountId: number): Promise<Result<readonly FeeView[]>>;

  createAsset(spec: Omit<Asset, 'id'>): Promise<Result<Asset>>;
  createMarket(spec: MarketSpec): Promise<Result<Market>>;
  /** @param auctionMs only for an auction: after how long it opens the market by itself */
  setMarketStatus(symbol: string, status: MarketStatus, auctionMs?: number): Promise<Result<Market>>;
  setFees(symbol: string, tiers: readonly FeeTierSpec[]): Promise<Result<Market>>;
  /**
   * Sets what is given of it. Once a freeze is answered, no order of the account that comes later gets in; those that were under
   * way before it are.
   */
  setAccountPolicy(accountId: number, policy: Partial<AccountPolicy>): Promise<Result<AccountPolicy>>;
  /** A simulated deposit; it takes the way that a real one takes. */
  credit(command: CreditCommand): Promise<Result<DepositView>>;

  readonly withdrawals: Withdrawals;

  depth(symbol: string, levels: number): Result<DepthView>;
  ticker(symbol: string): Result<TickerView>;

  readonly publicEvents: EventStream<PublicEvent>;
  readonly accountFrames: EventStream<AccountFrame>;
  /** Fires once, when the exchange begins to stop: time to tell clients. */
  readonly stopping: EventStream<{ readonly reason: string }>;
}

/** Listeners are called in order, after the commit, and must not throw. Returns how to stop listening. */
export interface EventStream<Event> {
  subscribe(listener: (event: Event) => void): () => void;
}

export interface PlaceOrderCommand {
  readonly accountId: number;
  readonly request: OrderRequest;
}

/** A repeat of a clientOrderId with the same body answers the order that the first made. */
export interface Placement {
  readonly order: OrderView;
  readonly fills: readonly FillView[];
  readonly repeated: boolean;
}

export interface PlaceOrderListCommand {
  readonly accountId: number;
  readonly request: OrderListRequest;
}

export interface ListPlacement {
  /** The working order, if there is one, comes first. */
  readonly orders: readonly OrderView[];
  readonly fills: readonly FillView[];
  readonly repeated: boolean;
}

export interface ReplaceOrderCommand extends PlaceOrderCommand {
  /** The order that goes. */
  readonly name: OrderName;
}

export interface Replacement extends Placement {
  /** The order that went; null where the answer is a repeat's. */
  readonly canceled: OrderView | null;
}

export interface CancelAllCommand extends OrderFilter {
  readonly accountId: number;
  /** In all markets when it is left out. */
  readonly market?: string | undefined;
  readonly cause?: CancelCause | undefined;
}

export interface OrderCommand {
  readonly accountId: number;
  readonly name: OrderName;
}

export interface AmendOrderCommand extends OrderCommand {
  readonly price?: string | undefined;
  /** New total quantity, what is filled included. */
  readonly quantity?: string | undefined;
  readonly stopPrice?: string | undefined;
}

export interface CreditCommand {
  readonly accountId: number;
  readonly asset: string;
  readonly amount: string;
  /** Names the deposit so that a repeat is refused with `duplicate_deposit`; made up when left out. */
  readonly reference?: string | undefined;
}

export interface DepositView {
  readonly reference: string;
  readonly asset: string;
  readonly amount: string;
}

export interface FeeView {
  readonly market: string;
  /** Quote traded in the last 30 days, over all markets with that quote asset. */
  readonly volume30d: string;
  readonly volumeAsset: string;
  /** Decimal fractions of what is received, for example `0.001`. */
  readonly makerFee: string;
  readonly takerFee: string;
}

/** Price and total quantity of a level, as decimals. */
export type LevelView = readonly [price: string, quantity: string];

export interface DepthView {
  readonly market: string;
  /** Number of the last market message that is in it. */
  readonly sequence: number;
  /** Best first. */
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
  /** CRC-32 over the best 10 levels; docs/api.md says how to compute it. */
  readonly checksum: number;
}

/** What an auction would trade if it ended now. */
export interface AuctionView {
  /** null: an operator ends it. */
  readonly endsAt: string | null;
  /** null when nothing would be traded. */
  readonly price: string | null;
  readonly quantity: string;
  /** What one side wants more than the other offers at that price. */
  readonly surplus: string;
  readonly surplusSide: 'buy' | 'sell' | null;
}

export interface TickerView {
  readonly market: string;
  readonly status: MarketStatus;
  /** null unless the market is in an auction. */
  readonly auction: AuctionView | null;
  readonly sequence: number;
  readonly lastPrice: string | null;
  readonly bestBid: LevelView | null;
  readonly bestAsk: LevelView | null;
  /** Over the last 24 hours, by the minute; null without a trade. */
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  /** Base and quote traded in 24 hours. */
  readonly volume: string;
  readonly quoteVolume: string;
  readonly tradeCount: number;
  readonly at: string;
}

export type CandleInterval = '1m' | '5m' | '15m' | '1h' | '4h' | '1d';

/** Changed levels with their new totals ("0" removes the level), for messages firstSequence to lastSequence. */
export interface DepthDiff {
  readonly market: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
  /** Of the book after the diff, as in a snapshot. */
  readonly checksum: number;
}

export type PublicEvent =
  | { readonly channel: 'trades'; readonly market: string; readonly trades: readonly TradeView[] }
  | { readonly channel: 'depth'; readonly market: string; readonly diff: DepthDiff }
  | { readonly channel: 'ticker'; readonly market: string; readonly ticker: TickerView }
  | {
      readonly channel: 'candles';
      readonly market: string;
      readonly interval: CandleInterval;
      readonly candle: CandleView;
    };

/** What a batch did to one account. Frames of an account are numbered from 1 without gaps. */
export interface AccountFrame {
  readonly accountId: number;
  readonly sequence: number;
  readonly orders: readonly OrderView[];
  readonly fills: readonly FillView[];
  readonly balances: readonly BalanceView[];
  /** Left out where there are none. */
  readonly preventedMatches?: readonly PreventionView[];
  readonly withdrawals?: readonly WithdrawalView[];
}

export type * from './withdrawal-ports.ts';
/** Refusals as they go over the wire. */
export type { OrderName, Refusal };
