/** Latencies in microseconds, kept as counts in buckets that are 2 % wide: small whatever the number. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  /** @param elapsedMs how long something took */
  add(elapsedMs: number): void {
    const bucket = Math.floor(Math.log(Math.max(1, elapsedMs * 1000)) / GROWTH);
    this.#counts[Math.min(BUCKETS - 1, bucket)]! += 1;
    this.#total += 1;
  }

  /**
   * The value that this share of the latencies does not exceed, in milliseconds; 0 when there are none.
   * @param share for example 0.99
   */
  percentileMs(share: number): number {
    const rank = Math.ceil(this.#total * share);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket]!;
      if (seen >= rank && seen > 0) return Math.exp((bucket + 1) * GROWTH) / 1000;
    }
    return 0;
  }
}

const GROWTH = Math.log(1.02);
/** Up to about five minutes. */
const BUCKETS = 1_000;
