import { useSyncExternalStore } from 'react';

/** Where in the console somebody is: `#/withdrawals/17` is the part and what of it is open. */
export const PARTS = Object.freeze([
  ['withdrawals', 'Withdrawals'],
  ['markets', 'Markets'],
  ['users', 'Users'],
  ['reconciliation', 'Reconciliation'],
  ['health', 'Health'],
  ['audit', 'Audit log'],
] as const);
export type Part = (typeof PARTS)[number][0];

export interface Place {
  readonly part: Part;
  readonly id: string | undefined;
}

export function placeOf(hash: string): Place {
  const [, part, id] = hash.split('/');
  const known = PARTS.find(([name]) => name === part);
  return { part: known?.[0] ?? 'withdrawals', id: id === '' ? undefined : id };
}

export function goTo(part: Part, id?: string): void {
  location.hash = id === undefined ? `/${part}` : `/${part}/${id}`;
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash,
  );
  return placeOf(hash);
}
