import { assert } from '../../domain/assert.ts';
import { type Candle, candlesOf, MINUTE_MS, minuteCandlesOf, openingOf } from '../../domain/candles.ts';
import type { Clearing } from '../../domain/markets/call-auction.ts';
import type { Market, MarketStatus } from '../../domain/markets/market.ts';
import type { Side } from '../../domain/orders/order.ts';
import type { Trade } from '../../domain/trade.ts';
import { viewCandle, viewTrade } from '../../domain/views.ts';
import type { LevelChange, MarketCommitted } from '../effects.ts';
import type { DepthView, PublicEvent, TickerView } from '../ports.ts';
import { CurrentCandles } from './current-candles.ts';
import { DepthBook } from './depth-book.ts';
import { TickerWindow } from './ticker-window.ts';
import { intervalName, sameTicker, viewTicker } from './views.ts';

export interface FeedOptions {
  /**
   * Shortest time between two depth and trades events. What is committed meanwhile goes out in one event, so that
   * the cost of telling a thousand subscribers depends on time, not on the number of trades. After a quiet time
   * nothing waits.
   */
  readonly flushIntervalMs?: number;
  /** Shortest time between two tickers. */
  readonly tickerIntervalMs?: number;
  /** Shortest time between two states of a candle; the last state of one that ended never waits. */
  readonly candleIntervalMs?: number;
}

/** What a market looks like at a sequence: where a feed begins after a start. */
export interface FeedSnapshot {
  readonly sequence: number;
  readonly status: MarketStatus;
  readonly auctionEndsAtMs: number | null;
  /** Where an auction would trade. */
  readonly clearing: Clearing | null;
  readonly lastPriceTicks: number | null;
  /** What rests at each price; a price may come several times. */
  readonly levels: Iterable<LevelChange>;
  /** One-minute candles of the last 24 hours, and the newest of each longer interval. */
  readonly candles: readonly Candle[];
}

const FLUSH_INTERVAL_MS = 40;
/** A flush is followed by a pause at least this many times as long as it took. */
const PAUSE_PER_COST = 1;
const MAX_FLUSH_INTERVAL_MS = 1_000;
const TICKER_INTERVAL_MS = 200;
const CANDLE_INTERVAL_MS = 250;

/**
 * The public picture of one market: depth, trades, ticker and candles. Only what was committed gets in. It has no
 * clock: the time (milliseconds since the Unix epoch, never going back) comes with each call, and `nextFlushAtMs` says
 * when to call again.
 */
export class Feed {
  readonly #leastFlushIntervalMs: number;
  #flushIntervalMs: number;
  readonly #tickerIntervalMs: number;
  readonly #candleIntervalMs: number;
  readonly #market: Market;
  #status: MarketStatus;
  #auctionEndsAtMs: number | null = null;
  #clearing: Clearing | null = null;
  #lastPriceTicks: number | null = null;
  readonly #book: DepthBook;
  readonly #window = new TickerWindow();
  readonly #candles = new CurrentCandles();

  #trades: Trade[] = [];
  #tickerChanged = false;
  #lastTicker: TickerView | null = null;
  #flushedAtMs = Number.NEGATIVE_INFINITY;
  #tickerAtMs = Number.NEGATIVE_INFINITY;
  #candlesAtMs = Number.NEGATIVE_INFINITY;

  constructor(market: Market, options: FeedOptions = {}) {
    this.#market = market;
    this.#status = market.status;
    this.#book = new DepthBook(market);
    this.#leastFlushIntervalMs = options.flushIntervalMs ?? FLUSH_INTERVAL_MS;
    this.#flushIntervalMs = this.#leastFlushIntervalMs;
    this.#tickerIntervalMs = options.tickerIntervalMs ?? TICKER_INTERVAL_MS;
    this.#candleIntervalMs = options.candleIntervalMs ?? CANDLE_INTERVAL_MS;
  }

  /** Number of the last market message that is in it. */
  get sequence(): number {
    return this.#book.sequence;
  }

  get lastPriceTicks(): number | null {
    return this.#lastPriceTicks;
  }

  /** What protects a market order: the last price, or where nothing was traded yet the best opposite one; or null. */
  referencePriceTicks(side: Side): number | null {
    return this.#lastPriceTicks ?? this.#book.bestTicks(side === 'buy' ? 'sell' : 'buy');
  }

  /** Puts a new feed where the market was when it stopped. */
  restore(snapshot: FeedSnapshot): void {
    this.#book.restore(snapshot.sequence, snapshot.levels);
    this.#status = snapshot.status;
    this.#auctionEndsAtMs = snapshot.auctionEndsAtMs;
    this.#clearing = snapshot.clearing;
    this.#lastPriceTicks = snapshot.lastPriceTicks;
    this.#window.add(snapshot.candles.filter((candle) => candle.intervalMs === MINUTE_MS));
    this.#candles.restore(snapshot.candles);
  }

  /** Takes in what a batch did. Nothing is told before the next `flush`. */
  apply(committed: MarketCommitted): void {
    this.#book.apply(committed.seq, committed.levels);
    this.#status = committed.status;
    this.#auctionEndsAtMs = committed.auctionEndsAtMs;
    this.#clearing = committed.clearing;
    this.#tickerChanged = true;
    const last = committed.trades.at(-1);
    if (last === undefined) return;
    assert(last.marketId === this.#market.id, 'a feed takes the trades of its own market');
    this.#lastPriceTicks = last.priceTicks;
    for (const trade of committed.trades) this.#trades.push(trade);
    this.#window.add(minuteCandlesOf(this.#market, committed.trades));
    this.#candles.add(candlesOf(this.#market, committed.trades));
  }

  /** @param levels how many of each side; Infinity for all */
  depth(levels: number): DepthView {
    return this.#book.view(levels);
  }

  ticker(atMs: number): TickerView {
    return viewTicker(this.#market, {
      status: this.#status,
      auctionEndsAtMs: this.#auctionEndsAtMs,
      clearing: this.#clearing,
      sequence: this.#book.sequence,
      lastPriceTicks: this.#lastPriceTicks,
      bestBid: this.#book.best('buy'),
      bestAsk: this.#book.best('sell'),
      window: this.#window.summary(atMs),
      atMs,
    });
  }

  /** When there will be something to tell; Infinity when nothing is known to come. */
  nextFlushAtMs(): number {
    let dueAtMs = Number.POSITIVE_INFINITY;
    if (this.#book.hasChanges || this.#trades.length > 0 || this.#candles.hasEnded) {
      dueAtMs = this.#flushedAtMs + this.#flushIntervalMs;
    }
    if (this.#tickerChanged) dueAtMs = Math.min(dueAtMs, this.#tickerAtMs + this.#tickerIntervalMs);
    if (this.#candles.hasChanges) dueAtMs = Math.min(dueAtMs, this.#candlesAtMs + this.#candleIntervalMs);
    // With the next minute the oldest one leaves the ticker.
    if (this.#window.tradeCount > 0) dueAtMs = Math.min(dueAtMs, this.#nextMinuteAtMs());
    return dueAtMs;
  }

  /** What is due to be told: trades before the depth they led to, then ticker and candles. */
  flush(atMs: number): PublicEvent[] {
    const market = this.#market.symbol;
    const events: PublicEvent[] = [];
    if (atMs - this.#flushedAtMs >= this.#flushIntervalMs) {
      if (this.#trades.length > 0) {
        events.push({
          channel: 'trades',
          market,
          trades: this.#trades.map((trade) => viewTrade(this.#market, trade)),
        });
        this.#trades = [];
      }
      const diff = this.#book.takeDiff();
      if (diff !== null) events.push({ channel: 'depth', market, diff });
      if (events.length > 0) this.#flushedAtMs = atMs;
    }
    this.#flushTicker(atMs, events);
    this.#flushCandles(atMs, events);
    return events;
  }

  /**
   * Sets the pace by what it took to tell everybody of the last flush: with more subscribers than the machine can tell
   * in time events become fewer and larger, and trading keeps half of the time.
   */
  adaptTo(flushCostMs: number): void {
    const paced = Math.min(MAX_FLUSH_INTERVAL_MS, flushCostMs * (1 + PAUSE_PER_COST));
    this.#flushIntervalMs = Math.max(this.#leastFlushIntervalMs, paced);
  }

  #flushTicker(atMs: number, events: PublicEvent[]): void {
    if (!this.#tickerChanged && atMs < this.#nextMinuteAtMs()) return;
    if (atMs - this.#tickerAtMs < this.#tickerIntervalMs) return;
    const ticker = this.ticker(atMs);
    this.#tickerChanged = false;
    this.#tickerAtMs = atMs;
    if (this.#lastTicker !== null && sameTicker(this.#lastTicker, ticker)) return;
    this.#lastTicker = ticker;
    events.push({ channel: 'ticker', market: this.#market.symbol, ticker });
  }

  /** The first full minute after the last ticker. */
  #nextMinuteAtMs(): number {
    if (this.#tickerAtMs === Number.NEGATIVE_INFINITY) return this.#tickerAtMs;
    return openingOf(this.#tickerAtMs, MINUTE_MS) + MINUTE_MS;
  }

  #flushCandles(atMs: number, events: PublicEvent[]): void {
    if (!this.#candles.hasEnded) {
      if (!this.#candles.hasChanges || atMs - this.#candlesAtMs < this.#candleIntervalMs) return;
    }
    this.#candlesAtMs = atMs;
    for (const candle of this.#candles.takeChanges()) {
      events.push({
        channel: 'candles',
        market: this.#market.symbol,
        interval: intervalName(candle.intervalMs),
        candle: viewCandle(this.#market, candle),
      });
    }
  }
}
