/** Items by the time at which they expire; of one time in the order in which they came. A binary heap. */
export class ExpiryQueue<Item> {
  readonly #heap: { readonly atMs: number; readonly arrival: number; readonly item: Item }[] = [];
  #arrivals = 0;

  /** When the next item expires, in milliseconds since the Unix epoch; Infinity when there is none. */
  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, item: Item): void {
    const heap = this.#heap;
    this.#arrivals += 1;
    const entry = { atMs, arrival: this.#arrivals, item };
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes out the item that expires first; undefined when there is none. */
  take(): Item | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.item;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first.item;
  }
}

interface Entry {
  readonly atMs: number;
  readonly arrival: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs === b.atMs ? a.arrival < b.arrival : a.atMs < b.atMs;
}
