/** Days that count towards a fee tier, today included. */
export const VOLUME_DAYS = 30;

export const DAY_MS = 86_400_000;

/** What an account traded a day, per quote asset. */
export class TradedVolumes {
  readonly #byAsset = new Map<number, Map<number, bigint>>();

  constructor(volumes: readonly (readonly [quoteAssetId: number, day: number, volumeMinor: bigint])[]) {
    for (const [quoteAssetId, day, volumeMinor] of volumes) this.add(quoteAssetId, day, volumeMinor);
  }

  add(quoteAssetId: number, day: number, volumeMinor: bigint): void {
    let days = this.#byAsset.get(quoteAssetId);
    if (days === undefined) {
      days = new Map();
      this.#byAsset.set(quoteAssetId, days);
    }
    days.set(day, (days.get(day) ?? 0n) + volumeMinor);
    if (days.size > VOLUME_DAYS + 1) {
      for (const old of days.keys()) if (old <= day - VOLUME_DAYS) days.delete(old);
    }
  }

  /** @param today days since the epoch */
  last30Days(quoteAssetId: number, today: number): bigint {
    let sum = 0n;
    const days = this.#byAsset.get(quoteAssetId);
    if (days === undefined) return sum;
    for (const [day, volumeMinor] of days) if (day > today - VOLUME_DAYS) sum += volumeMinor;
    return sum;
  }
}
