import type { CandleInterval, DepthDiff, DepthView, TickerView } from '../../src/actors/ports.ts';
import type { OrderRequest } from '../../src/domain/orders/order-request.ts';
import type { BalanceView, CandleView, FillView, OrderView, TradeView } from '../../src/domain/views.ts';
import type { Problem } from './problem.ts';

/** What goes over the WebSocket, both ways. The types of views are the exchange's own; nothing of it is run here. */

export type { BalanceView, DepthView, FillView, OrderRequest, OrderView, TickerView, TradeView };

/** An order by the number it was given or by the client's own. */
export type OrderName = { readonly orderId: string } | { readonly clientOrderId: string };

export interface OrderAmendment {
  readonly price?: string;
  /** New total quantity, what is filled included. */
  readonly quantity?: string;
}

export interface Placement {
  readonly order: OrderView;
  readonly fills: readonly FillView[];
  readonly repeated: boolean;
}

export interface Amendment {
  readonly order: OrderView;
  readonly fills: readonly FillView[];
}

/** A refusal is an answer like any other: a value. */
export type Answer<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: Problem };

export type Subscription =
  | { readonly channel: 'trades' | 'depth' | 'ticker'; readonly market: string }
  | { readonly channel: 'candles'; readonly market: string; readonly interval: CandleInterval }
  | { readonly channel: 'orders' | 'fills' | 'balances'; readonly fromSequence?: number };

/** What the exchange tells of itself. */
export type ServerEvent =
  | {
      readonly channel: 'trades';
      readonly market: string;
      readonly type?: 'snapshot';
      readonly data: readonly TradeView[];
    }
  | {
      readonly channel: 'depth';
      readonly market: string;
      readonly type: 'snapshot';
      readonly data: DepthView;
    }
  | { readonly channel: 'depth'; readonly market: string; readonly type: 'diff'; readonly data: DepthDiff }
  | { readonly channel: 'ticker'; readonly market: string; readonly data: TickerView }
  | {
      readonly channel: 'candles';
      readonly market: string;
      readonly interval: CandleInterval;
      readonly data: CandleView;
    }
  | { readonly channel: 'account'; readonly sequence: number; readonly data: AccountData }
  | { readonly channel: 'system'; readonly type: string; readonly reason: string };

/** Only the sections that were subscribed to. */
export interface AccountData {
  readonly orders?: readonly OrderView[];
  readonly fills?: readonly FillView[];
  readonly balances?: readonly BalanceView[];
}
