/**
 * A set of whole numbers below a fixed size, as a bitmap of three levels, 32 ways each: one bit of a level tells whether a
 * word of the level below has any. Finds the next lower member with a few `Math.clz32`.
 */
export class TickBitmap {
  readonly #words: Int32Array;
  readonly #groups: Int32Array;
  readonly #tops: Int32Array;

  /** @param size a power of two, 1,024 to 2^20. */
  constructor(size: number) {
    this.#words = new Int32Array(size >>> 5);
    this.#groups = new Int32Array(size >>> 10);
    this.#tops = new Int32Array(Math.max(1, size >>> 15));
  }

  add(tick: number): void {
    this.#words[tick >>> 5]! |= 1 << tick;
    this.#groups[tick >>> 10]! |= 1 << (tick >>> 5);
    this.#tops[tick >>> 15]! |= 1 << (tick >>> 10);
  }

  delete(tick: number): void {
    const word = this.#words[tick >>> 5]! & ~(1 << tick);
    this.#words[tick >>> 5] = word;
    if (word !== 0) return;
    const group = this.#groups[tick >>> 10]! & ~(1 << (tick >>> 5));
    this.#groups[tick >>> 10] = group;
    if (group !== 0) return;
    this.#tops[tick >>> 15]! &= ~(1 << (tick >>> 10));
  }

  /** The highest member that is not above `tick`, or −1. */
  highestUpTo(tick: number): number {
    if (tick < 0) return -1;
    let word = tick >>> 5;
    // Shifting by 31 − tick keeps the bits up to `tick`; JavaScript takes shift counts modulo 32.
    let bits = this.#words[word]! & (-1 >>> (31 - (tick & 31)));
    if (bits === 0) {
      word = this.#lastWordBelow(word);
      if (word < 0) return -1;
      bits = this.#words[word]!;
    }
    return (word << 5) + 31 - Math.clz32(bits);
  }

  #lastWordBelow(word: number): number {
    let group = word >>> 5;
    let bits = this.#groups[group]! & ((1 << word) - 1);
    if (bits === 0) {
      let top = group >>> 5;
      let groups = this.#tops[top]! & ((1 << group) - 1);
      // At most 32 words, for the largest size.
      while (groups === 0) {
        if (top === 0) return -1;
        top -= 1;
        groups = this.#tops[top]!;
      }
      group = (top << 5) + 31 - Math.clz32(groups);
      bits = this.#groups[group]!;
    }
    return (group << 5) + 31 - Math.clz32(bits);
  }
}
