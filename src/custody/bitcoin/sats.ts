import { accept, type Result, refuse } from '../../domain/rejection.ts';

/** How many digits a bitcoin has after the point. */
export const BITCOIN_SCALE = 8;

/**
 * Satoshis of what a node writes as a JSON number. There are fewer than 2^53 of them, so the nearest number with eight decimals is
 * exactly the one that the node meant.
 */
export function satsFromBitcoins(bitcoins: number): bigint {
  return BigInt(bitcoins.toFixed(BITCOIN_SCALE).replace('.', ''));
}

/** Between satoshis and the minor units of the ledger's asset, which may have more decimals but not fewer. */
export class SatsInLedger {
  readonly #minorPerSat: bigint;

  /** @throws when the asset has fewer decimals than a bitcoin: deposits would lose some */
  constructor(scale: number) {
    if (scale < BITCOIN_SCALE) {
      throw new Error(`an asset kept on Bitcoin needs ${BITCOIN_SCALE} decimals at least, not ${scale}`);
    }
    this.#minorPerSat = 10n ** BigInt(scale - BITCOIN_SCALE);
  }

  minorOf(sats: bigint): bigint {
    return sats * this.#minorPerSat;
  }

  satsOf(amountMinor: bigint): Result<bigint> {
    return amountMinor % this.#minorPerSat === 0n
      ? accept(amountMinor / this.#minorPerSat)
      : refuse('too_many_decimals', `Bitcoin carries ${BITCOIN_SCALE} decimals.`);
  }
}
