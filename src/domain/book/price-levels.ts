import { BUY, type Side } from './commands.ts';
import { FarLevels } from './far-levels.ts';
import { TickBitmap } from './tick-bitmap.ts';

/**
 * Price levels of one side, 32 bytes each and named like the order slots: `ints[level + LEVEL_HEAD]`,
 * `doubles[(level >> 1) + LEVEL_KEY]`; 0 means "none". A level keeps its name while it exists, also when the window moves, so
 * that orders can point to it.
 */
export const LEVEL_KEY = 0;
/** Sum of the open quantities that are shown, in lots. */
export const LEVEL_TOTAL = 1;
export const LEVEL_HEAD = 4;
export const LEVEL_TAIL = 5;

// V8 reads the binding of an export from memory wherever it is used, but compiles in what stays within the module.
const KEY = LEVEL_KEY;
const TOTAL = LEVEL_TOTAL;
const HEAD = LEVEL_HEAD;
const TAIL = LEVEL_TAIL;
/** Links the free levels. */
const NEXT_FREE = 6;

const INTS_A_LEVEL = 8;
const LEVEL_BYTES = 32;
const FIRST_LEVELS = 64;

/** Asks are stored at `MIRROR − price`, so that on both sides the best level has the highest key. Keys are 1 to 2^53 − 1. */
const MIRROR = 2 ** 53;

const MIN_WINDOW_TICKS = 2 ** 12;
/** 4 MiB per side. */
const MAX_WINDOW_TICKS = 2 ** 20;
/** Part of the levels within reach that the window should cover: a few silly prices must not make it large. */
const COVERED_PART = 0.9;
/** Steps outside the window, beyond the number of levels, after which it moves. */
const MISSES_ALLOWED = 64;

/**
 * Finds, adds and removes the levels of one side and knows the best one.
 *
 * Levels near the market are found through a window, an array by price. Levels outside of it, above or below, live in
 * FarLevels. When the market has moved away from the window, the steps outside of it are counted as misses, and after as many
 * misses as there are levels the window moves and takes the size that fits. So moving, which touches every level, costs
 * each step no more than a constant, whatever prices are sent.
 */
export class PriceLevels {
  readonly side: Side;
  doubles: Float64Array;
  ints: Int32Array;
  /** Key of the best level, or 0. */
  bestKey = 0;
  /** The best level, or 0. */
  bestLevel = 0;
  /** Number of levels. */
  size = 0;
  /** Hidden lots by level, of the levels that have any. */
  readonly #hidden = new Map<number, number>();

  readonly #keySign: number;
  readonly #keyOrigin: number;
  #unusedFrom = INTS_A_LEVEL;
  #free = 0;
  /** Level by `key − windowBase`. */
  #window = new Int32Array(MIN_WINDOW_TICKS);
  #occupied = new TickBitmap(MIN_WINDOW_TICKS);
  #windowBase = 0;
  readonly #far = new FarLevels();
  #misses = 0;

  constructor(side: Side) {
    this.side = side;
    this.#keySign = side === BUY ? 1 : -1;
    this.#keyOrigin = side === BUY ? 0 : MIRROR;
    const buffer = new ArrayBuffer(FIRST_LEVELS * LEVEL_BYTES);
    this.doubles = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
  }

  /** A better price has a higher key. */
  keyOf(price: number): number {
    return this.#keyOrigin + this.#keySign * price;
  }

  priceOf(key: number): number {
    return this.#keySign * (key - this.#keyOrigin);
  }

  priceOfLevel(level: number): number {
    return this.priceOf(this.doubles[(level >> 1) + KEY]!);
  }

  /** The level of this key, or 0. */
  find(key: number): number {
    const offset = key - this.#windowBase;
    if (offset >= 0 && offset < this.#window.length) return this.#window[offset | 0]!;
    return this.#far.size === 0 ? 0 : this.#far.get(key);
  }

  /** Whether the total of a level (0: a new one) stays countable with this quantity, that is below 2^53. */
  hasRoom(level: number, quantity: number): boolean {
    if (level === 0) return true;
    const open = this.doubles[(level >> 1) + TOTAL]! + this.hiddenAt(level);
    return open + quantity <= Number.MAX_SAFE_INTEGER;
  }

  /** Lots that the orders of a level hide. */
  hiddenAt(level: number): number {
    return this.#hidden.size === 0 ? 0 : (this.#hidden.get(level) ?? 0);
  }

  changeHidden(level: number, by: number): void {
    const hidden = (this.#hidden.get(level) ?? 0) + by;
    if (hidden === 0) this.#hidden.delete(level);
    else this.#hidden.set(level, hidden);
  }

  /** Adds an empty level for a key that has none. May replace `doubles` and `ints`. */
  add(key: number): number {
    const level = this.#allocate();
    this.doubles[(level >> 1) + KEY] = key;
    this.doubles[(level >> 1) + TOTAL] = 0;
    this.ints[level + HEAD] = 0;
    this.ints[level + TAIL] = 0;
    if (key > this.bestKey) {
      this.bestKey = key;
      this.bestLevel = level;
    }
    this.size += 1;
    this.#insert(key, level);
    return level;
  }

  /** Removes an empty level. */
  remove(level: number): void {
    const key = this.doubles[(level >> 1) + KEY]!;
    const offset = key - this.#windowBase;
    if (offset >= 0 && offset < this.#window.length) {
      this.#window[offset | 0] = 0;
      this.#occupied.delete(offset | 0);
    } else {
      this.#far.delete(key);
      this.#misses += 1;
    }
    this.size -= 1;
    this.ints[level + NEXT_FREE] = this.#free;
    this.#free = level;
    if (level === this.bestLevel) this.#findBest(offset);
  }

  /** At most `limit` levels, best first. Walks all far levels. */
  levelsFromBest(limit: number): number[] {
    const levels: number[] = [];
    let lowestKey = 0;
    for (
      let offset = this.#occupied.highestUpTo(this.#window.length - 1);
      offset >= 0 && levels.length < limit;
      offset = this.#occupied.highestUpTo(offset - 1)
    ) {
      levels.push(this.#window[offset]!);
      if (levels.length === limit) lowestKey = this.#windowBase + offset;
    }
    if (this.#far.size === 0) return levels;
    const far = this.#far.keysDescending(lowestKey);
    const above = far.filter((key) => key >= this.#windowBase).map((key) => this.#far.get(key));
    const below = far.filter((key) => key < this.#windowBase).map((key) => this.#far.get(key));
    return [...above, ...levels, ...below].slice(0, limit);
  }

  /** Levels down to this key, best first. Far levels are only looked at where the key reaches them. */
  *levelsDownTo(key: number): Generator<number> {
    if (this.bestKey < key) return;
    const top = this.#windowBase + this.#window.length;
    if (this.#far.highest() >= top) {
      for (const far of this.#far.keysDescending(Math.max(key, top) - 1)) yield this.#far.get(far);
    }
    const lowest = Math.max(0, key - this.#windowBase);
    for (
      let offset = this.#occupied.highestUpTo(this.#window.length - 1);
      offset >= lowest;
      offset = this.#occupied.highestUpTo(offset - 1)
    ) {
      yield this.#window[offset]!;
    }
    if (key >= this.#windowBase || this.#far.size === 0) return;
    for (const far of this.#far.keysDescending(key - 1)) if (far < this.#windowBase) yield this.#far.get(far);
  }

  /** Whether the levels down to this key hold at least this quantity together, hidden lots included. */
  holds(quantity: number, downToKey: number): boolean {
    if (this.bestKey < downToKey) return false;
    let missing = quantity;
    const lowest = Math.max(0, downToKey - this.#windowBase);
    for (
      let offset = this.#occupied.highestUpTo(this.#window.length - 1);
      offset >= lowest && missing > 0;
      offset = this.#occupied.highestUpTo(offset - 1)
    ) {
      const level = this.#window[offset]!;
      missing -= this.doubles[(level >> 1) + TOTAL]! + this.hiddenAt(level);
    }
    if (missing > 0) {
      for (const [key, level] of this.#far.entries()) {
        if (key >= downToKey) missing -= this.doubles[(level >> 1) + TOTAL]! + this.hiddenAt(level);
      }
    }
    return missing <= 0;
  }

  #insert(key: number, level: number): void {
    const offset = key - this.#windowBase;
    if (offset >= 0 && offset < this.#window.length) {
      this.#window[offset | 0] = level;
      this.#occupied.add(offset | 0);
      return;
    }
    this.#far.add(key, level);
    this.#misses += 1;
    if (this.size === 1 || this.#misses > this.size + MISSES_ALLOWED) this.#moveWindow();
  }

  /** Called when the best level was removed; `offset` is where it had been. */
  #findBest(offset: number): void {
    const last = this.#window.length - 1;
    const next = this.#occupied.highestUpTo(offset > last ? last : offset - 1);
    const windowKey = next < 0 ? 0 : this.#windowBase + next;
    const farKey = this.#far.size === 0 ? 0 : this.#far.highest();
    if (farKey > windowKey) {
      this.bestKey = farKey;
      this.bestLevel = this.#far.get(farKey);
    } else {
      this.bestKey = windowKey;
      this.bestLevel = next < 0 ? 0 : this.#window[next]!;
    }
  }

  /** Places the window around the best level, with a quarter of it above, and takes in the levels it covers now. */
  #moveWindow(): void {
    const levels = this.levelsFromBest(this.size);
    const keys = levels.map((level) => this.doubles[(level >> 1) + KEY]!);
    const ticks = windowTicksFor(keys);
    this.#window = new Int32Array(ticks);
    this.#occupied = new TickBitmap(ticks);
    this.#windowBase = Math.max(0, keys[0]! - (ticks / 4) * 3);
    this.#far.clear();
    this.#misses = 0;
    levels.forEach((level, index) => {
      this.#insert(keys[index]!, level);
    });
    this.#misses = 0;
  }

  #allocate(): number {
    const level = this.#free;
    if (level !== 0) {
      this.#free = this.ints[level + NEXT_FREE]!;
      return level;
    }
    if (this.#unusedFrom === this.ints.length) this.#grow();
    this.#unusedFrom += INTS_A_LEVEL;
    return this.#unusedFrom - INTS_A_LEVEL;
  }

  #grow(): void {
    const ints = this.ints;
    const buffer = new ArrayBuffer(ints.byteLength * 2);
    this.doubles = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.ints.set(ints);
  }
}

/** The smallest window that reaches down to most of the levels that the largest could reach. Keys come best first. */
function windowTicksFor(keys: readonly number[]): number {
  const best = keys[0]!;
  const reach = (MAX_WINDOW_TICKS / 4) * 3;
  const beyond = keys.findIndex((key) => best - key >= reach);
  const reachable = beyond < 0 ? keys.length : beyond;
  const span = best - keys[Math.ceil((reachable - 1) * COVERED_PART)]!;
  let ticks = MIN_WINDOW_TICKS;
  while ((ticks / 4) * 3 < span) ticks *= 2;
  return ticks;
}
