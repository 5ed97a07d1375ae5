import { assert } from '../assert.ts';

/** What an order hides, and how many lots it shows at a time. */
export interface Iceberg {
  hidden: number;
  readonly display: number;
}

/**
 * The hidden part of the book, apart from the orders' slots: few orders hide anything, and the others must not pay for it.
 */
export class Icebergs {
  readonly #bySlot = new Map<number, Iceberg>();

  /** The iceberg in this slot; its slot says that there is one. */
  at(slot: number): Iceberg {
    const iceberg = this.#bySlot.get(slot);
    assert(iceberg !== undefined, 'an order that hides lots has them here');
    return iceberg;
  }

  add(slot: number, hidden: number, display: number): void {
    this.#bySlot.set(slot, { hidden, display });
  }

  remove(slot: number): void {
    this.#bySlot.delete(slot);
  }
}
