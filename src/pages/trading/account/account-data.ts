/** What the exchange tells somebody of his sign-in, as `/openapi.json` has it. */
export interface MeInfo {
  readonly userId: string;
  readonly accountId: string;
  readonly email: string;
  readonly role: string;
  readonly hasPassword: boolean;
  readonly secondFactor: {
    readonly totp: boolean;
    readonly passkeys: number;
    readonly recoveryCodesLeft: number;
  };
  readonly frozen: boolean;
  readonly withdrawalsHeldUntil: string | null;
}

export interface SessionInfo {
  readonly id: string;
  readonly createdAt: string;
  readonly refreshedAt: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly isCurrent: boolean;
}

export interface PasskeyInfo {
  readonly id: string;
  readonly name: string;
  readonly isSynced: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export interface ApiKeyInfo {
  readonly id: string;
  readonly name: string;
  readonly algorithm: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface Items<Item> {
  readonly items: readonly Item[];
}

/** Of a client's own description what people recognise: browser and system. */
export function nameOfClient(userAgent: string | null): string {
  if (userAgent === null) return 'Command line';
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  if (browser === undefined) return userAgent.slice(0, 40);
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser;
  return system === undefined ? name : `${name} on ${system.replace('Mac OS X', 'macOS')}`;
}
