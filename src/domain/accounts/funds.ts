import { assert } from '../assert.ts';
import type { Reservation } from './admission.ts';

/** What an account may spend, by asset, in minor units. Only a reservation lowers it. */
export class Funds {
  readonly #available: Map<number, bigint>;

  constructor(wallets: readonly (readonly [assetId: number, availableMinor: bigint])[]) {
    this.#available = new Map(wallets);
  }

  /** A copy. */
  get all(): ReadonlyMap<number, bigint> {
    return new Map(this.#available);
  }

  available(assetId: number): bigint {
    return this.#available.get(assetId) ?? 0n;
  }

  cover({ assetId, amountMinor }: Reservation): boolean {
    return amountMinor <= this.available(assetId);
  }

  reserve({ assetId, amountMinor }: Reservation): void {
    const rest = this.available(assetId) - amountMinor;
    assert(amountMinor >= 0n && rest >= 0n, 'a reservation is covered');
    this.#available.set(assetId, rest);
  }

  giveBack({ assetId, amountMinor }: Reservation): void {
    this.#available.set(assetId, this.available(assetId) + amountMinor);
  }
}
