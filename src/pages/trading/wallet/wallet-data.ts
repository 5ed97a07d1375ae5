/** What the exchange tells of deposits and withdrawals, as `/openapi.json` has it. */
export interface WithdrawalInfo {
  readonly id: string;
  readonly asset: string;
  readonly network: string;
  readonly amount: string;
  readonly fee: string;
  readonly total: string;
  readonly address: string;
  readonly status: string;
  readonly reason: string | null;
  readonly requestedAt: string;
  readonly heldUntil: string;
  readonly expiresAt: string;
  readonly txId: string | null;
  readonly approvals: { readonly given: number; readonly required: number };
}

export interface AssetNetwork {
  readonly asset: string;
  readonly network: string;
  readonly withdrawalFee: string;
  readonly minWithdrawal: string;
  readonly minDeposit: string;
  readonly deposits: boolean;
  readonly withdrawals: boolean;
}

export interface NetworkInfo {
  readonly network: string;
  readonly name: string;
  readonly confirmations: number;
  readonly assets: readonly AssetNetwork[];
}

export interface DepositInfo {
  readonly id: string;
  readonly asset: string;
  readonly network: string;
  readonly amount: string;
  readonly txId: string;
  readonly confirmations: number | null;
  readonly requiredConfirmations: number | null;
  readonly status: string;
  readonly detectedAt: string;
}

export interface ListedAddressInfo {
  readonly id: string;
  readonly label: string;
  readonly network: string;
  readonly address: string;
  readonly asset: string | null;
  readonly usableFrom: string;
}

export interface AddressBookInfo {
  readonly allowListOnly: boolean;
  readonly addresses: readonly ListedAddressInfo[];
}

interface Used {
  /** null: no limit. */
  readonly limit: string | null;
  readonly used: string;
  readonly remaining: string | null;
}

export interface WithdrawalLimits {
  readonly valuationAsset: string;
  readonly day: Used;
  readonly assets: readonly (Used & { readonly asset: string })[];
  readonly paused: boolean;
  readonly heldUntil: string | null;
}
