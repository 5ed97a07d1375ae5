import { assert } from '../../domain/assert.ts';
import { formatPrice, formatQuantity, type Market } from '../../domain/markets/market.ts';
import type { Side } from '../../domain/orders/order.ts';
import { SortedKeys } from '../../domain/sorted-keys.ts';
import type { LevelView } from '../ports.ts';

interface Level {
  lots: number;
  /** Made when first asked for, dropped when the total changes. */
  view: LevelView | null;
}

/** The price levels of one side, as sums of committed changes. */
export class BookSide {
  readonly #market: Market;
  /** Bids are kept under the negative price, so that the best level has the smallest key on both sides. */
  readonly #sign: 1 | -1;
  readonly #levels = new Map<number, Level>();
  readonly #keys = new SortedKeys();
  /** Prices changed since the last `takeChanges`. */
  readonly #changed = new Set<number>();

  constructor(market: Market, side: Side) {
    this.#market = market;
    this.#sign = side === 'buy' ? -1 : 1;
  }

  /** Number of levels. */
  get size(): number {
    return this.#levels.size;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Adds lots to a price, or takes some away. */
  change(priceTicks: number, lots: number): void {
    if (lots === 0) return;
    const level = this.#levels.get(priceTicks);
    const total = (level?.lots ?? 0) + lots;
    assert(total >= 0, 'a level never holds less than nothing');
    if (level === undefined) {
      this.#levels.set(priceTicks, { lots: total, view: null });
      this.#keys.add(priceTicks * this.#sign);
    } else if (total === 0) {
      this.#levels.delete(priceTicks);
      this.#keys.delete(priceTicks * this.#sign);
    } else {
      level.lots = total;
      level.view = null;
    }
    this.#changed.add(priceTicks);
  }

  /** Best price in ticks; null when there is none. */
  bestTicks(): number | null {
    let best: number | null = null;
    this.#keys.forEachUntil((key) => {
      best = key * this.#sign;
      return true;
    });
    return best;
  }

  /** The best levels, best first. */
  best(count: number): LevelView[] {
    const views: LevelView[] = [];
    if (count <= 0) return views;
    this.#keys.forEachUntil((key) => {
      const priceTicks = key * this.#sign;
      views.push(this.#view(priceTicks, this.#levels.get(priceTicks)!));
      return views.length >= count;
    });
    return views;
  }

  /** The levels changed since the last call, best first, with their new totals; `"0"` for one that is gone. */
  takeChanges(): LevelView[] {
    const prices = [...this.#changed].sort((a, b) => (a - b) * this.#sign);
    this.#changed.clear();
    return prices.map((priceTicks) => {
      const level = this.#levels.get(priceTicks);
      return level === undefined
        ? [formatPrice(this.#market, priceTicks), '0']
        : this.#view(priceTicks, level);
    });
  }

  /** What changed until now is told in another way. */
  forgetChanges(): void {
    this.#changed.clear();
  }

  #view(priceTicks: number, level: Level): LevelView {
    level.view ??= [formatPrice(this.#market, priceTicks), formatQuantity(this.#market, level.lots)];
    return level.view;
  }
}
