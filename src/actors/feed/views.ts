import { CANDLE_INTERVALS_MS } from '../../domain/candles.ts';
import type { Clearing } from '../../domain/markets/call-auction.ts';
import {
  formatPrice,
  formatQuantity,
  formatQuote,
  type Market,
  type MarketStatus,
} from '../../domain/markets/market.ts';
import { isoTime } from '../../domain/views.ts';
import type { AuctionView, CandleInterval, LevelView, TickerView } from '../ports.ts';
import type { WindowSummary } from './ticker-window.ts';

const INTERVAL_NAMES = new Map(
  Object.entries(CANDLE_INTERVALS_MS).map(([name, intervalMs]) => [
    intervalMs as number,
    name as CandleInterval,
  ]),
);

/** The name of an interval, such as `1m`. */
export function intervalName(intervalMs: number): CandleInterval {
  return INTERVAL_NAMES.get(intervalMs)!;
}

export interface TickerParts {
  readonly status: MarketStatus;
  readonly auctionEndsAtMs: number | null;
  readonly clearing: Clearing | null;
  readonly sequence: number;
  readonly lastPriceTicks: number | null;
  readonly bestBid: LevelView | null;
  readonly bestAsk: LevelView | null;
  readonly window: WindowSummary;
  readonly atMs: number;
}

export function viewTicker(market: Market, parts: TickerParts): TickerView {
  const { window } = parts;
  const price = (ticks: number | null): string | null => (ticks === null ? null : formatPrice(market, ticks));
  return {
    market: market.symbol,
    status: parts.status,
    auction: parts.status === 'auction' ? viewAuction(market, parts) : null,
    sequence: parts.sequence,
    lastPrice: price(parts.lastPriceTicks),
    bestBid: parts.bestBid,
    bestAsk: parts.bestAsk,
    open: price(window.openTicks),
    high: price(window.highTicks),
    low: price(window.lowTicks),
    volume: formatQuantity(market, window.volumeLots),
    quoteVolume: formatQuote(market, window.quoteVolumeMinor),
    tradeCount: window.tradeCount,
    at: isoTime(parts.atMs),
  };
}

function viewAuction(market: Market, { auctionEndsAtMs, clearing }: TickerParts): AuctionView {
  const { volumeLots, surplusLots } = clearing ?? { volumeLots: 0n, surplusLots: 0n };
  return {
    endsAt: auctionEndsAtMs === null ? null : isoTime(auctionEndsAtMs),
    price: clearing === null ? null : formatPrice(market, clearing.priceTicks),
    quantity: formatQuantity(market, volumeLots),
    surplus: formatQuantity(market, surplusLots < 0n ? -surplusLots : surplusLots),
    surplusSide: surplusLots === 0n ? null : surplusLots > 0n ? 'buy' : 'sell',
  };
}

function sameAuction(a: AuctionView | null, b: AuctionView | null): boolean {
  return (
    a === b ||
    (a !== null &&
      b !== null &&
      a.endsAt === b.endsAt &&
      a.price === b.price &&
      a.quantity === b.quantity &&
      a.surplus === b.surplus &&
      a.surplusSide === b.surplusSide)
  );
}

/** Whether two tickers of a market say the same; how far the market's messages and the clock went is left aside. */
export function sameTicker(a: TickerView, b: TickerView): boolean {
  return (
    a.status === b.status &&
    sameAuction(a.auction, b.auction) &&
    a.lastPrice === b.lastPrice &&
    sameLevel(a.bestBid, b.bestBid) &&
    sameLevel(a.bestAsk, b.bestAsk) &&
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.volume === b.volume &&
    a.quoteVolume === b.quoteVolume &&
    a.tradeCount === b.tradeCount
  );
}

function sameLevel(a: LevelView | null, b: LevelView | null): boolean {
  return a === null || b === null ? a === b : a[0] === b[0] && a[1] === b[1];
}
