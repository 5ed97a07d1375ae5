/**
 * A 64-bit hash of a sequence of whole numbers below 2^53, to compare the states of two books. It finds mistakes, it does not
 * withstand somebody who looks for collisions. The mixing is that of MurmurHash3 (32-bit), in two lanes.
 */
export class StateHash {
  #high = 0x9747b28c;
  #low = 0x3c6ef372;

  add(value: number): void {
    const low = value | 0;
    const high = Math.floor(value / 2 ** 32) | 0;
    this.#high = mix(mix(this.#high, low, 0xcc9e2d51), high, 0x1b873593);
    this.#low = mix(mix(this.#low, high, 0x85ebca6b), low, 0xc2b2ae35);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return hex(avalanche(this.#high ^ this.#low)) + hex(avalanche(this.#low));
  }
}

function mix(state: number, word: number, factor: number): number {
  const scrambled = Math.imul(word, factor);
  const mixed = state ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function avalanche(state: number): number {
  let mixed = state ^ (state >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
