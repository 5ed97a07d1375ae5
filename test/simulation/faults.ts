import type { Random } from './random.ts';

/** What can go wrong with one settlement transaction. */
export const COMMIT_FAULTS = [
  'error before commit',
  'error after commit',
  'connection dropped, commit late',
  'commit hangs',
  'serialization failure',
  'commit rolled back',
] as const;
export const OTHER_FAULTS = [
  'read failed',
  'read slow',
  'process crashed',
  'another process took over',
  'clock jumped forward',
  'clock jumped back',
  'market failed',
  'slow client',
  'duplicate request',
] as const;
export const FAULTS = [...COMMIT_FAULTS, ...OTHER_FAULTS] as const;
export type Fault = (typeof FAULTS)[number];

/** Draws faults and counts those that happened; quiet when the world is to come to rest. */
export class Faults {
  readonly counts = new Map<Fault, number>(FAULTS.map((fault) => [fault, 0]));
  isQuiet = true;
  readonly #random: Random;
  /** Some worlds have many faults, some few. */
  readonly #rate: number;

  constructor(random: Random) {
    this.#random = random;
    this.#rate = random.pick([0.3, 1, 3]);
  }

  happens(fault: Fault, probability: number): boolean {
    if (this.isQuiet || this.#random.fraction() >= probability * this.#rate) return false;
    this.count(fault);
    return true;
  }

  /** What goes wrong with a commit, if anything. */
  ofCommit(): (typeof COMMIT_FAULTS)[number] | undefined {
    if (this.isQuiet || this.#random.fraction() >= 0.03 * this.#rate) return undefined;
    const fault = this.#random.pick(COMMIT_FAULTS);
    this.count(fault);
    return fault;
  }

  count(fault: Fault): void {
    this.counts.set(fault, this.counts.get(fault)! + 1);
  }
}
