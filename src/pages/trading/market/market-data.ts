import type { Side } from '../../../domain/orders/order.ts';
import type { Level } from '../../api/order-book.ts';

/** What the exchange tells of a market, as `/openapi.json` has it. */
export interface MarketInfo {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly status: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minQuantity: string;
  readonly minNotional: string;
}

export interface TickerInfo {
  readonly market: string;
  readonly status: string;
  readonly auction: {
    readonly endsAt: string | null;
    readonly price: string | null;
    readonly quantity: string;
    readonly surplus: string;
    readonly surplusSide: Side | null;
  } | null;
  readonly lastPrice: string | null;
  readonly bestBid: Level | null;
  readonly bestAsk: Level | null;
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly volume: string;
  readonly quoteVolume: string;
}
