import { assert } from './assert.ts';

/** Items in the order of a comparison, the first of them at hand: a binary heap that knows where each item is. */
export class ExpiryQueue<Item> {
  readonly #compare: (a: Item, b: Item) => number;
  readonly #heap: Item[] = [];
  readonly #places = new Map<Item, number>();

  /** @param compare negative when `a` expires before `b`; never 0 for two items that are in it together */
  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  get first(): Item | undefined {
    return this.#heap[0];
  }

  get size(): number {
    return this.#heap.length;
  }

  add(item: Item): void {
    assert(!this.#places.has(item), 'an item expires once');
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** Does nothing when the item is not in it. */
  remove(item: Item): void {
    const at = this.#places.get(item);
    if (at === undefined) return;
    this.#places.delete(item);
    const last = this.#heap.pop()!;
    if (last !== item) this.#sink(last, this.#rise(last, at));
  }

  /** @returns where the item came to */
  #rise(item: Item, from: number): number {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#compare(item, this.#heap[parent]!) >= 0) break;
      this.#put(this.#heap[parent]!, at);
      at = parent;
    }
    this.#put(item, at);
    return at;
  }

  #sink(item: Item, from: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && this.#compare(this.#heap[child + 1]!, this.#heap[child]!) < 0)
        child += 1;
      if (this.#compare(this.#heap[child]!, item) >= 0) break;
      this.#put(this.#heap[child]!, at);
      at = child;
    }
    this.#put(item, at);
  }

  #put(item: Item, at: number): void {
    this.#heap[at] = item;
    this.#places.set(item, at);
  }
}
