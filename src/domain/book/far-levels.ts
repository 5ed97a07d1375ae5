/** A heap that holds more than twice as many keys as there are levels is rebuilt, beyond this many. */
const STALE_KEYS_ALLOWED = 64;

/**
 * The levels outside the window, by key: a Map to find them and a heap to know the highest.
 *
 * A deleted level leaves its key in the heap; it is dropped when it comes to the top, or when stale keys outnumber the
 * others. So every operation costs at most the logarithm of the number of levels, on average.
 */
export class FarLevels {
  readonly #levels = new Map<number, number>();
  /** A binary heap, highest first. A key may be in it twice. */
  #heap: number[] = [];

  get size(): number {
    return this.#levels.size;
  }

  /** The level of this key, or 0. */
  get(key: number): number {
    return this.#levels.get(key) ?? 0;
  }

  add(key: number, level: number): void {
    this.#levels.set(key, level);
    this.#push(key);
  }

  delete(key: number): void {
    this.#levels.delete(key);
    if (this.#heap.length > 2 * this.#levels.size + STALE_KEYS_ALLOWED) {
      // An array in descending order is a heap.
      this.#heap = this.keysDescending(0);
    }
  }

  clear(): void {
    this.#levels.clear();
    this.#heap = [];
  }

  /** The highest key, or 0. */
  highest(): number {
    while (this.#heap.length > 0) {
      const key = this.#heap[0]!;
      if (this.#levels.has(key)) return key;
      this.#pop();
    }
    return 0;
  }

  /** Keys and levels, in no particular order. */
  entries(): IterableIterator<[key: number, level: number]> {
    return this.#levels.entries();
  }

  /** Keys above a bound, highest first. Walks all far levels. */
  keysDescending(above: number): number[] {
    const keys: number[] = [];
    for (const key of this.#levels.keys()) if (key > above) keys.push(key);
    return keys.sort((a, b) => b - a);
  }

  #push(key: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! >= key) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = key;
  }

  #pop(): void {
    const heap = this.#heap;
    const key = heap.pop()!;
    const size = heap.length;
    if (size === 0) return;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1]! > heap[child]!) child += 1;
      if (heap[child]! <= key) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = key;
  }
}
