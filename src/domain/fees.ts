/**
 * Fees are charged in the asset received and rounded up to a minor unit, so that rounding never pays the customer.
 */

const PPM = 1_000_000n;

/**
 * @param receivedMinor what the trade gives, in minor units
 * @param feePpm millionths of it
 */
export function feeOn(receivedMinor: bigint, feePpm: number): bigint {
  return feePpm === 0 ? 0n : (receivedMinor * BigInt(feePpm) + PPM - 1n) / PPM;
}
