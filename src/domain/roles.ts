/** Who may do what: everybody but customers is an operator, and has no more rights than his work takes. */

export const ROLES = Object.freeze(['customer', 'viewer', 'support', 'treasurer', 'risk', 'admin'] as const);
export type Role = (typeof ROLES)[number];

/**
 * What operators may be allowed to do, and whom it is allowed to. An admin can do everything, since he could make somebody
 * what it takes. docs/security.md shows this table; a test holds both equal.
 */
export const PERMISSIONS = Object.freeze({
  /** Find users; see their roles, sessions, keys and withdrawal holds. */
  'users.read': ['viewer', 'support', 'treasurer', 'risk', 'admin'],
  'audit.read': ['viewer', 'admin'],
  'sessions.end': ['support', 'admin'],
  'accounts.freeze': ['support', 'risk', 'admin'],
  'accounts.unfreeze': ['risk', 'admin'],
  /** Trade groups and self-trade prevention. */
  'accounts.policy': ['risk', 'admin'],
  /** Halt, restrict, auction, open and close markets. */
  'markets.status': ['risk', 'admin'],
  /** Add markets, set fees. */
  'markets.manage': ['admin'],
  'assets.manage': ['admin'],
  /** Simulated deposits. */
  'credits.add': ['treasurer', 'admin'],
  'withdrawals.read': ['viewer', 'support', 'treasurer', 'risk', 'admin'],
  /** Approve and reject; who asked for a withdrawal never may. */
  'withdrawals.approve': ['treasurer', 'risk', 'admin'],
  /** Stop all withdrawals, and let them go on. */
  'withdrawals.pause': ['treasurer', 'risk', 'admin'],
  /** Tiers, limits, fees; edits of single withdrawals. */
  'withdrawals.manage': ['admin'],
  /** What is in custody, and whether it is what the ledger says. */
  'custody.read': ['viewer', 'treasurer', 'risk', 'admin'],
  'health.read': ['viewer', 'support', 'treasurer', 'risk', 'admin'],
  /** Make a proof of liabilities. */
  'liabilities.publish': ['treasurer', 'admin'],
  'roles.manage': ['admin'],
} as const) satisfies Readonly<Record<string, readonly Exclude<Role, 'customer'>[]>>;
export type Permission = keyof typeof PERMISSIONS;

export function isOperator(role: Role): boolean {
  return role !== 'customer';
}

export function isAllowed(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}
