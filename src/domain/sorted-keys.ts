const MAX_CHUNK = 512;

/**
 * A sorted set of numbers in chunks of at most 512, so that adding to a book of 100,000 levels moves a chunk, not
 * the book.
 */
export class SortedKeys {
  /** None is empty, except the only one of an empty set. */
  readonly #chunks: number[][] = [[]];

  /** @param key one that isn't there yet */
  add(key: number): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at]!;
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  /** @param key one that is there */
  delete(key: number): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at]!;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(at, 1);
  }

  /** Visits keys in ascending order until the visitor answers true. */
  forEachUntil(visit: (key: number) => boolean): void {
    for (const chunk of this.#chunks) for (const key of chunk) if (visit(key)) return;
  }

  /** The last chunk that begins at or below the key. */
  #chunkFor(key: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#chunks[middle]![0]! <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(sorted: readonly number[], key: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
