import type { OrderView, ServerEvent } from '../client/messages.ts';
import type { ExchangeSocket } from '../client/socket.ts';
import type { Activity } from './activity.ts';
import { type DemoMarket, randomDollars } from './demo-market.ts';
import type { Random } from './price-walk.ts';

type Side = 'buy' | 'sell';

/** An order that rests, and how far from the fair price it is meant to be: 0 is nearest. */
interface Quote {
  readonly orderId: string;
  readonly level: number;
  price: number;
  /** A cancel or amend is on its way. */
  busy: boolean;
}

const LEVELS = 5;
/** Distance between levels as a share of the price. */
const LEVEL_SHARE = 0.0006;
/** A quote that is off by more than this many levels is moved. */
const TOLERANCE = 0.7;
const REFRESH_PROBABILITY = 0.25;

/** Keeps several orders on each side of its markets, around what it thinks they are worth. */
export class Maker {
  readonly #socket: ExchangeSocket;
  readonly #markets: readonly DemoMarket[];
  readonly #activity: Activity;
  readonly #random: Random;
  readonly #quotes = new Map<string, Map<string, Quote>>();
  /** Levels whose order is on its way, so that none is quoted twice. */
  readonly #pending = new Set<string>();

  constructor(socket: ExchangeSocket, markets: readonly DemoMarket[], activity: Activity, random: Random) {
    this.#socket = socket;
    this.#markets = markets;
    this.#activity = activity;
    this.#random = random;
    socket.onEvent((event) => this.#onEvent(event));
  }

  /** Does one thing: quotes a missing level, moves a quote that is off, or takes one back. */
  async act(): Promise<void> {
    const market = this.#markets[Math.floor(this.#random() * this.#markets.length)]!;
    const side: Side = this.#random() < 0.5 ? 'buy' : 'sell';
    const quotes = this.#quotesOf(market, side);
    const taken = new Set([...quotes.values()].map(({ level }) => level));
    for (let level = 0; level < LEVELS; level += 1) {
      const key = `${market.symbol} ${side} ${level}`;
      if (taken.has(level) || this.#pending.has(key)) continue;
      this.#pending.add(key);
      try {
        await this.#quote(market, side, level);
      } finally {
        this.#pending.delete(key);
      }
      return;
    }
    const idle = [...quotes.values()].filter(({ busy }) => !busy);
    const worst = idle
      .map((quote) => ({ quote, off: Math.abs(quote.price / this.#target(market, side, quote.level) - 1) }))
      .sort((a, b) => b.off - a.off)[0];
    if (worst === undefined) return;
    if (worst.off > TOLERANCE * LEVEL_SHARE) await this.#move(market, side, worst.quote);
    else if (this.#random() < REFRESH_PROBABILITY) {
      await this.#takeBack(quotes, idle[Math.floor(this.#random() * idle.length)]!);
    }
  }

  async #quote(market: DemoMarket, side: Side, level: number): Promise<void> {
    const price = market.price(this.#target(market, side, level));
    const answer = await this.#activity.count(
      'order',
      this.#socket.placeOrder({
        market: market.symbol,
        side,
        type: 'limit',
        // The nearest level may take: that is how the price gets through when the market has moved.
        postOnly: level > 0,
        price,
        quantity: market.quantity(randomDollars(this.#random, 100, 5_000) * (1 + level)),
      }),
    );
    if (answer.ok && isWorking(answer.result.order)) {
      const { id } = answer.result.order;
      this.#quotesOf(market, side).set(id, { orderId: id, level, price: Number(price), busy: false });
    }
  }

  async #move(market: DemoMarket, side: Side, quote: Quote): Promise<void> {
    quote.busy = true;
    const price = market.price(this.#target(market, side, quote.level));
    const answer = await this.#activity.count(
      'order',
      this.#socket.amendOrder({ orderId: quote.orderId }, { price }),
    );
    quote.busy = false;
    if (answer.ok) {
      quote.price = Number(price);
      return;
    }
    // It was filled in between, or it would have to take: either way a new one takes its place.
    const quotes = this.#quotesOf(market, side);
    if (answer.error.code === 'order_not_open') quotes.delete(quote.orderId);
    else await this.#takeBack(quotes, quote);
  }

  async #takeBack(quotes: Map<string, Quote>, quote: Quote): Promise<void> {
    if (!quotes.has(quote.orderId)) return;
    quote.busy = true;
    await this.#activity.count('cancel', this.#socket.cancelOrder({ orderId: quote.orderId }));
    quotes.delete(quote.orderId);
  }

  #target(market: DemoMarket, side: Side, level: number): number {
    const distance = LEVEL_SHARE * (level + 0.5);
    return market.fairPrice * (side === 'buy' ? 1 - distance : 1 + distance);
  }

  /** The private channel says which quotes are gone. */
  #onEvent(event: ServerEvent): void {
    if (event.channel !== 'account') return;
    for (const order of event.data.orders ?? []) {
      if (isWorking(order)) continue;
      this.#quotes.get(`${order.market} ${order.side}`)?.delete(order.id);
    }
  }

  #quotesOf(market: DemoMarket, side: Side): Map<string, Quote> {
    const key = `${market.symbol} ${side}`;
    let quotes = this.#quotes.get(key);
    if (quotes === undefined) {
      quotes = new Map();
      this.#quotes.set(key, quotes);
    }
    return quotes;
  }
}

function isWorking(order: OrderView): boolean {
  return order.status === 'open' || order.status === 'partially_filled';
}
