import { createContext, useContext } from 'react';
import { isAllowed, type Permission, type Role } from '../../domain/roles.ts';

/** Who is at the console. */
export interface Me {
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
  readonly secondFactor: { readonly totp: boolean; readonly passkeys: number };
}

export const MeContext = createContext<Me | undefined>(undefined);

/** Whether whoever is at the console may do something: what he may not is not shown, and would be refused. */
export function useMay(permission: Permission): boolean {
  const me = useContext(MeContext);
  return me !== undefined && isAllowed(me.role, permission);
}
