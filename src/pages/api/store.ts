import { useSyncExternalStore } from 'react';

/** Prices that change more often than that nobody can read. */
export const READABLE_MS = 100;
const HIDDEN_MS = 200;

/** A value that components follow. A change is told with the next frame, and then not before `gapMs` are over. */
export class Store<Value> {
  #value: Value;
  #isTelling = false;
  #toldAtMs = 0;
  readonly #gapMs: number;
  readonly #listeners = new Set<() => void>();

  /** @param gapMs how long what changes all the time stays as it is, so that it can be read */
  constructor(value: Value, gapMs = 0) {
    this.#value = value;
    this.#gapMs = gapMs;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (value === this.#value) return;
    this.#value = value;
    if (this.#isTelling) return;
    this.#isTelling = true;
    const waitMs = this.#toldAtMs + this.#gapMs - performance.now();
    // A tab that isn't shown has no frames, and goes on all the same.
    if (document.hidden) setTimeout(this.#tell, HIDDEN_MS);
    else if (waitMs > 0) setTimeout(this.#tell, waitMs);
    else requestAnimationFrame(this.#tell);
  }

  readonly #tell = () => {
    this.#isTelling = false;
    this.#toldAtMs = performance.now();
    for (const listener of this.#listeners) listener();
  };

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

export function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.listen, () => store.value);
}
