import { useSyncExternalStore } from 'react';
import { describeFailure } from '../api/problem.ts';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isBad: boolean;
}

const GOOD_MS = 4_000;
const BAD_MS = 9_000;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says something in the corner, for a while. */
export function say(text: string, isBad = false): void {
  lastId += 1;
  const id = lastId;
  set([...toasts.slice(-3), { id, text, isBad }]);
  setTimeout(() => set(toasts.filter((toast) => toast.id !== id)), isBad ? BAD_MS : GOOD_MS);
}

export function sayFailure(error: unknown): void {
  say(describeFailure(error), true);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, isBad }) => (
        <div key={id} className={isBad ? 'toast bad' : 'toast'}>
          {text}
        </div>
      ))}
    </div>
  );
}
