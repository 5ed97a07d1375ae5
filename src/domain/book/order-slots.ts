import { assert } from '../assert.ts';

/**
 * Resting orders, one slot of 32 bytes each (half a cache line), in one buffer seen through two views: doubles for what
 * needs 53 bits, 32-bit integers for the links. A slot is named by the index of its first integer; 0 means "none".
 *
 * The engine reads and writes the words directly: `ints[slot + SLOT_NEXT]`, `doubles[(slot >> 1) + SLOT_ID]`.
 */
/** Open lots that are shown. */
export const SLOT_REMAINING = 0;
export const SLOT_ID = 1;
/** The order's level, within its side. */
export const SLOT_LEVEL = 4;
export const SLOT_NEXT = 5;
export const SLOT_PREVIOUS = 6;
/** Bit 0 the side, bit 1 whether it hides lots, from bit 2 the owner. */
export const SLOT_FLAGS = 7;
export const FLAG_SIDE = 1;
export const FLAG_ICEBERG = 2;
export const FLAGS_OWNER_SHIFT = 2;

const INTS_A_SLOT = 8;
const SLOT_BYTES = 32;
/** Orders that fit before the index of an integer needs more than 31 bits. */
const MAX_ORDERS = 2 ** 31 / INTS_A_SLOT;
/** V8 reads the binding of an export from memory wherever it is used, but compiles in what stays within the module. */
const NEXT = SLOT_NEXT;

export class OrderSlots {
  doubles: Float64Array;
  ints: Int32Array;
  /** Number of slots in use. */
  used = 0;
  #unusedFrom = INTS_A_SLOT;
  #free = 0;

  constructor(expectedOrders: number) {
    const buffer = new ArrayBuffer(Math.max(16, expectedOrders + 1) * SLOT_BYTES);
    this.doubles = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
  }

  /** Takes a slot: the one freed last, because it is still in the cache. May replace `doubles` and `ints`. */
  allocate(): number {
    this.used += 1;
    const slot = this.#free;
    if (slot !== 0) {
      this.#free = this.ints[slot + NEXT]!;
      return slot;
    }
    if (this.#unusedFrom === this.ints.length) this.#grow();
    this.#unusedFrom += INTS_A_SLOT;
    return this.#unusedFrom - INTS_A_SLOT;
  }

  release(slot: number): void {
    this.used -= 1;
    this.ints[slot + NEXT] = this.#free;
    this.#free = slot;
  }

  #grow(): void {
    const ints = this.ints;
    const buffer = new ArrayBuffer(ints.byteLength * 2);
    assert(buffer.byteLength / SLOT_BYTES <= MAX_ORDERS, 'the number of orders fits their links');
    this.doubles = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.ints.set(ints);
  }
}
