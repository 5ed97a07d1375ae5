/** A source of uniform random numbers from 0 up to 1. */
export type Random = () => number;

/** What a simulated asset is worth in dollars when nobody has traded it yet. */
export const START_VALUES: Readonly<Record<string, number>> = Object.freeze({
  BTC: 60_000,
  ETH: 3_000,
  USDT: 1,
});

/** Share of the value by which it moves in a second, as a standard deviation. */
const VOLATILITY = 0.0004;
/** How strongly a value is drawn back to where it began, a second: prices wander but do not run away. */
const REVERSION = 0.001;

/**
 * What simulated traders think assets are worth: random walks in dollars. Prices of markets follow from them, so that
 * three markets of three assets agree.
 */
export class PriceWalk {
  readonly #values: Map<string, number>;
  readonly #anchors: ReadonlyMap<string, number>;
  readonly #random: Random;

  /** @param values in dollars; the asset that prices are counted in is worth 1 and stays so */
  constructor(values: Readonly<Record<string, number>>, random: Random) {
    this.#values = new Map(Object.entries(values));
    this.#anchors = new Map(this.#values);
    this.#random = random;
  }

  /** Lets time pass. */
  advance(seconds: number): void {
    for (const [asset, value] of this.#values) {
      if (asset === 'USDT') continue;
      const drift = Math.log(this.#anchors.get(asset)! / value) * REVERSION * seconds;
      const shock = VOLATILITY * Math.sqrt(seconds) * this.#gaussian();
      this.#values.set(asset, value * Math.exp(drift + shock));
    }
  }

  /** What one of the base asset is worth in the quote asset. */
  price(base: string, quote: string): number {
    return this.#values.get(base)! / this.#values.get(quote)!;
  }

  /** In dollars. */
  value(asset: string): number {
    return this.#values.get(asset)!;
  }

  /** Box and Muller's method. */
  #gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    return radius * Math.cos(2 * Math.PI * this.#random());
  }
}
