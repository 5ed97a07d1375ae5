import type { OrderRequest } from '../client/messages.ts';
import type { ExchangeSocket } from '../client/socket.ts';
import type { Activity } from './activity.ts';
import { type DemoMarket, randomDollars } from './demo-market.ts';
import type { Random } from './price-walk.ts';

/** How far through the fair price an immediate order reaches. */
const REACH_SHARE = 0.001;

/** Takes what others quote, with every kind of order that takes. */
export class Taker {
  readonly #socket: ExchangeSocket;
  readonly #markets: readonly DemoMarket[];
  readonly #activity: Activity;
  readonly #random: Random;

  constructor(socket: ExchangeSocket, markets: readonly DemoMarket[], activity: Activity, random: Random) {
    this.#socket = socket;
    this.#markets = markets;
    this.#activity = activity;
    this.#random = random;
  }

  async act(): Promise<void> {
    const market = this.#markets[Math.floor(this.#random() * this.#markets.length)]!;
    await this.#activity.count('order', this.#socket.placeOrder(this.#order(market)));
  }

  #order(market: DemoMarket): OrderRequest {
    const side = this.#random() < 0.5 ? 'buy' : 'sell';
    const dollars = randomDollars(this.#random, 20, 5_000);
    const kind = this.#random();
    if (kind < 0.2 && side === 'buy') {
      return { market: market.symbol, side, type: 'market', quoteAmount: market.quoteAmount(dollars) };
    }
    if (kind < 0.4)
      return { market: market.symbol, side, type: 'market', quantity: market.quantity(dollars) };
    const reach = side === 'buy' ? 1 + REACH_SHARE : 1 - REACH_SHARE;
    return {
      market: market.symbol,
      side,
      type: 'limit',
      timeInForce: kind < 0.5 ? 'fok' : 'ioc',
      price: market.price(market.fairPrice * reach),
      quantity: market.quantity(dollars),
    };
  }
}
