import { mulberry32 } from '../harness/mulberry32.ts';

/**
 * What one simulated customer sends: 27 % limits near the middle that rest until somebody takes them, 23 % limits that
 * take (immediate-or-cancel), 25 % limits far away and 25 % cancels of those. So about every fourth command trades, the
 * book stays about as full as it is, and hardly a command is refused.
 */
export class OrderMix {
  readonly #random: () => number;
  readonly #cancelable: string[] = [];
  #near = 0;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  next(): Command {
    const dice = this.#near < 4 ? 0 : this.#random();
    const buy = this.#random() < 0.5;
    if (dice < NEAR) {
      this.#near += 1;
      return limit(buy, MIDDLE_CENTS + (buy ? -1 : 1) * this.#between(1, 200), this.#lots(), false);
    }
    if (dice < NEAR + TAKE)
      return limit(buy, MIDDLE_CENTS + (buy ? 1 : -1) * 400, this.#lots(), false, 'ioc');
    if (dice < NEAR + TAKE + CANCEL) {
      const orderId = this.#cancelable.shift();
      if (orderId !== undefined) return { type: 'cancel', orderId };
    }
    return limit(buy, MIDDLE_CENTS + (buy ? -1 : 1) * this.#between(1_000, 50_000), this.#lots(), true);
  }

  /** The exchange has acknowledged the order of a command that `rests`. */
  placed(orderId: string): void {
    this.#cancelable.push(orderId);
  }

  #lots(): number {
    return this.#between(100, 2_000);
  }

  #between(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }
}

export type Command =
  /** `rests`: nobody will take it, so it can be canceled later. */
  | { readonly type: 'place'; readonly json: string; readonly rests: boolean }
  | { readonly type: 'cancel'; readonly orderId: string };

const NEAR = 0.27;
const TAKE = 0.23;
const CANCEL = 0.25;
const MIDDLE_CENTS = 6_000_000;

function limit(buy: boolean, cents: number, lots: number, rests: boolean, timeInForce = 'gtc'): Command {
  const json =
    `{"market":"BTC-USDT","side":"${buy ? 'buy' : 'sell'}","type":"limit","timeInForce":"${timeInForce}",` +
    `"price":"${decimal(cents, 2)}","quantity":"${decimal(lots, 5)}"}`;
  return { type: 'place', json, rests };
}

/** Minor units as the exchange wants decimals: without needless zeros. */
function decimal(units: number, decimals: number): string {
  return (units / 10 ** decimals).toFixed(decimals).replace(/\.?0+$/, '');
}

/** A small generator with a seed: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
