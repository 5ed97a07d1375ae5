import { useSyncExternalStore } from 'react';

/** A value that components follow. Changes are told at most once a frame: what comes faster nobody can see. */
export class Store<Value> {
  #value: Value;
  #isTelling = false;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (value === this.#value) return;
    this.#value = value;
    if (this.#isTelling) return;
    this.#isTelling = true;
    // A tab that isn't shown has no frames, and goes on all the same.
    const tell = () => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    };
    if (document.hidden) setTimeout(tell, 200);
    else requestAnimationFrame(tell);
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

export function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.listen, () => store.value);
}
