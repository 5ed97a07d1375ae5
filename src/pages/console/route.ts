import { useSyncExternalStore } from 'react';
import { isAllowed, type Permission, type Role } from '../../domain/roles.ts';

/** What the console has, under which title and for whom. */
export const PARTS = Object.freeze([
  ['withdrawals', 'Withdrawals', 'withdrawals.read'],
  ['markets', 'Markets', null],
  ['users', 'Users', 'users.read'],
  ['reconciliation', 'Reconciliation', 'custody.read'],
  ['health', 'Health', 'health.read'],
  ['audit', 'Audit log', 'audit.read'],
] as const satisfies readonly (readonly [part: string, title: string, permission: Permission | null])[]);
export type Part = (typeof PARTS)[number][0];

/** Those that somebody may look at; the others would be refused. */
export function partsOf(role: Role) {
  return PARTS.filter(([, , permission]) => permission === null || isAllowed(role, permission));
}

/** Where in the console somebody is: `#/withdrawals/17` is the part and what of it is open. */
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
