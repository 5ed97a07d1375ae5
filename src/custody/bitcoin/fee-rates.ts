import type { BitcoinNode } from './node.ts';

/** Satoshis for each virtual byte. */
export interface FeeRateBounds {
  readonly floorSatsPerVbyte: bigint;
  readonly capSatsPerVbyte: bigint;
}

/** An hour, about. */
const TARGET_BLOCKS = 6;

/** What to pay for a place in the next blocks: what the node expects, within the exchange's bounds. */
export class FeeRates {
  readonly #node: BitcoinNode;
  readonly #bounds: FeeRateBounds;

  constructor(node: BitcoinNode, bounds: FeeRateBounds) {
    const { floorSatsPerVbyte, capSatsPerVbyte } = bounds;
    if (floorSatsPerVbyte < 1n || capSatsPerVbyte < floorSatsPerVbyte) {
      throw new Error(
        'fee rates of bitcoin: the floor is 1 satoshi a virtual byte at least, the cap not below it',
      );
    }
    this.#node = node;
    this.#bounds = bounds;
  }

  get capSatsPerVbyte(): bigint {
    return this.#bounds.capSatsPerVbyte;
  }

  async now(): Promise<bigint> {
    const [expected, { least }] = await Promise.all([
      this.#node.estimatedFeeRate(TARGET_BLOCKS),
      this.#node.memoryPoolFeeRates(),
    ]);
    const { floorSatsPerVbyte, capSatsPerVbyte } = this.#bounds;
    const wanted = [perVbyte(expected ?? 0n), perVbyte(least)].reduce(larger, floorSatsPerVbyte);
    return wanted < capSatsPerVbyte ? wanted : capSatsPerVbyte;
  }

  /** By how much a replacement has to pay more for each of its virtual bytes (BIP-125, rule 4). */
  async increment(): Promise<bigint> {
    const { increment } = await this.#node.memoryPoolFeeRates();
    return perVbyte(increment);
  }
}

/** Rounded up: a fee a little below the least is none. */
function perVbyte(satsPerKvbyte: bigint): bigint {
  return (satsPerKvbyte + 999n) / 1000n;
}

export function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
