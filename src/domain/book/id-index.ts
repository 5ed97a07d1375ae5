import { assert } from '../assert.ts';

/** Ids per page. Small, because in the worst case every open order keeps a page of its own alive. */
const PAGE_BITS = 6;
const PAGE_IDS = 2 ** PAGE_BITS;
const FIRST_RING_PAGES = 64;
/** With 2^18 pages the ring covers the newest 16.8 million ids in 1 MiB. */
const MAX_RING_PAGES = 2 ** 18;

/**
 * Which slot holds an open id, for ids handed out in sequence.
 *
 * Ids are gathered in pages of 64. A page has a frame (64 words of `#entries`) only while one of its ids is open, so memory
 * follows the open orders and not the history. The frames of the newest pages are found through a ring indexed by page
 * number; older pages that still have an open id are moved to a Map. Frame 0 stays all zero and stands for every page
 * without an open id, so that a look-up needs no branch for those.
 */
export class IdIndex {
  /** Frame by `page & (length − 1)`, for the pages in (newest − length, newest]. */
  #ring = new Int32Array(FIRST_RING_PAGES);
  #newestPage = -1;
  /** The ids that the ring covers: from `#ringStart` to below `#ringEnd`. */
  #ringStart = 0;
  #ringEnd = 0;
  readonly #oldPages = new Map<number, number>();
  /** Slots by `frame * PAGE_IDS + id & (PAGE_IDS − 1)`. */
  #entries: Int32Array;
  #openInFrame: Uint8Array;
  #freeFrames: Int32Array;
  #freeFrameCount = 0;
  #frames = 1;

  constructor(expectedOrders: number) {
    const capacity = Math.max(16, Math.ceil(expectedOrders / PAGE_IDS) + 1);
    this.#entries = new Int32Array(capacity * PAGE_IDS);
    this.#openInFrame = new Uint8Array(capacity);
    this.#freeFrames = new Int32Array(capacity);
  }

  /** Pages that hold an open id. */
  get pageCount(): number {
    return this.#frames - 1 - this.#freeFrameCount;
  }

  /**
   * Where the slot of this id is kept: to be passed to `slotAt`, `insert` and `delete`, so that a command computes it once.
   * Valid until the index changes.
   */
  locate(id: number): number {
    const ring = this.#ring;
    // `&` cuts off the fraction and works modulo 2^32, and the ring is a power of two.
    const frame =
      id >= this.#ringStart && id < this.#ringEnd
        ? ring[(id / PAGE_IDS) & (ring.length - 1)]!
        : this.#oldFrame(Math.floor(id / PAGE_IDS));
    return (frame << PAGE_BITS) | (id & (PAGE_IDS - 1));
  }

  /** The slot at a position, or 0 when its id is not open. */
  slotAt(position: number): number {
    return this.#entries[position]!;
  }

  /** The slot of an open id, or 0. */
  get(id: number): number {
    return this.#entries[this.locate(id)]!;
  }

  /** Notes that an id, not open before and located at `position`, is in this slot. */
  insert(position: number, id: number, slot: number): void {
    const frame = position < PAGE_IDS ? this.#addPage(id) : position >> PAGE_BITS;
    this.#entries[(frame << PAGE_BITS) | (position & (PAGE_IDS - 1))] = slot;
    this.#openInFrame[frame]! += 1;
  }

  /** Forgets an open id, located at `position`, and its page with the last one. */
  delete(position: number, id: number): void {
    const frame = position >> PAGE_BITS;
    const open = this.#openInFrame[frame]! - 1;
    this.#entries[position] = 0;
    this.#openInFrame[frame] = open;
    if (open === 0) this.#removePage(id, frame);
  }

  #oldFrame(page: number): number {
    return this.#oldPages.get(page) ?? 0;
  }

  #addPage(id: number): number {
    const page = Math.floor(id / PAGE_IDS);
    if (page > this.#newestPage) this.#advance(page);
    const frame = this.#allocateFrame();
    if (this.#newestPage - page < this.#ring.length) this.#ring[page & (this.#ring.length - 1)] = frame;
    else this.#oldPages.set(page, frame);
    return frame;
  }

  #removePage(id: number, frame: number): void {
    const page = Math.floor(id / PAGE_IDS);
    if (this.#newestPage - page < this.#ring.length) this.#ring[page & (this.#ring.length - 1)] = 0;
    else this.#oldPages.delete(page);
    this.#freeFrames[this.#freeFrameCount] = frame;
    this.#freeFrameCount += 1;
  }

  /** Turns the ring on to a newer page. Pages that fall out with an open id make it grow, or go to the Map. */
  #advance(page: number): void {
    const newest = this.#newestPage;
    const lastOut = Math.min(newest, page - this.#ring.length);
    for (let out = Math.max(0, newest - this.#ring.length + 1); out <= lastOut; out += 1) {
      const at = out & (this.#ring.length - 1);
      const frame = this.#ring[at]!;
      if (frame === 0) continue;
      if (this.#ring.length < MAX_RING_PAGES && page - out < MAX_RING_PAGES) {
        this.#growRing();
        this.#advance(page);
        return;
      }
      this.#oldPages.set(out, frame);
      this.#ring[at] = 0;
    }
    this.#newestPage = page;
    this.#setRingIds();
  }

  /**
   * Doubles the ring. The pages that the larger ring covers in addition may be in the Map: they had fallen out, or were
   * restored below it.
   */
  #growRing(): void {
    const old = this.#ring;
    const larger = new Int32Array(old.length * 2);
    const newest = this.#newestPage;
    for (let page = Math.max(0, newest - larger.length + 1); page <= newest; page += 1) {
      if (newest - page < old.length) {
        larger[page & (larger.length - 1)] = old[page & (old.length - 1)]!;
      } else {
        larger[page & (larger.length - 1)] = this.#oldFrame(page);
        this.#oldPages.delete(page);
      }
    }
    this.#ring = larger;
    this.#setRingIds();
  }

  #setRingIds(): void {
    this.#ringEnd = (this.#newestPage + 1) * PAGE_IDS;
    this.#ringStart = this.#ringEnd - this.#ring.length * PAGE_IDS;
  }

  #allocateFrame(): number {
    if (this.#freeFrameCount > 0) {
      this.#freeFrameCount -= 1;
      return this.#freeFrames[this.#freeFrameCount]!;
    }
    if (this.#frames === this.#openInFrame.length) this.#growFrames();
    this.#frames += 1;
    assert(this.#frames * PAGE_IDS < 2 ** 31, 'the id index fits 32-bit positions');
    return this.#frames - 1;
  }

  #growFrames(): void {
    const capacity = this.#openInFrame.length * 2;
    const entries = new Int32Array(capacity * PAGE_IDS);
    entries.set(this.#entries);
    this.#entries = entries;
    const openInFrame = new Uint8Array(capacity);
    openInFrame.set(this.#openInFrame);
    this.#openInFrame = openInFrame;
    const freeFrames = new Int32Array(capacity);
    freeFrames.set(this.#freeFrames);
    this.#freeFrames = freeFrames;
  }
}
