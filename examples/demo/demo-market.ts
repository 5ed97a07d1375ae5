import type { MarketInfo } from '../client/markets.ts';
import type { PriceWalk, Random } from './price-walk.ts';
import { parseStep, type Step, toMultiple } from './step.ts';

/** A market as simulated traders see it: prices and sizes that fit it. */
export class DemoMarket {
  readonly symbol: string;
  readonly #info: MarketInfo;
  readonly #tick: Step;
  readonly #lot: Step;
  readonly #walk: PriceWalk;

  constructor(info: MarketInfo, walk: PriceWalk) {
    this.symbol = info.symbol;
    this.#info = info;
    this.#tick = parseStep(info.tickSize);
    this.#lot = parseStep(info.lotSize);
    this.#walk = walk;
  }

  /** What the base asset is worth here. */
  get fairPrice(): number {
    return this.#walk.price(this.#info.base, this.#info.quote);
  }

  /** A decimal that is a multiple of the tick. */
  price(value: number): string {
    return toMultiple(value, this.#tick);
  }

  /** One tick as a share of the price. */
  get tickShare(): number {
    return this.#tick.value / this.fairPrice;
  }

  /** A decimal that is a multiple of the lot, worth about so many dollars and not less than the market takes. */
  quantity(dollars: number): string {
    const value = dollars / this.#walk.value(this.#info.base);
    // A little more than the least, since the price may be below the fair one.
    const least = (1.2 * Number(this.#info.minNotional)) / this.fairPrice;
    return toMultiple(Math.max(value, least, Number(this.#info.minQuantity)) + this.#lot.value, this.#lot);
  }

  /** So many dollars in the quote asset, in whole hundredths. */
  quoteAmount(dollars: number): string {
    const value = dollars / this.#walk.value(this.#info.quote);
    const least = 1.2 * Number(this.#info.minNotional);
    return toMultiple(Math.max(value, least), QUOTE_STEP);
  }
}

const QUOTE_STEP = parseStep('0.0001');

/** Log-uniform: as many small sizes as large ones. */
export function randomDollars(random: Random, least: number, most: number): number {
  return least * Math.exp(random() * Math.log(most / least));
}
