/** A withdrawal as `GET /v1/admin/withdrawals` has it. */
export interface Withdrawal {
  readonly id: string;
  readonly account: string;
  readonly userId: string;
  readonly email: string | null;
  readonly asset: string;
  readonly network: string;
  readonly amount: string;
  readonly fee: string;
  readonly address: string;
  readonly status: string;
  readonly reason: string | null;
  readonly version: number;
  readonly value: string | null;
  readonly valuationAsset: string;
  readonly rule: { readonly tier: string; readonly required: number; readonly treasurers: number };
  readonly flags: readonly string[];
  readonly approvedBy: readonly {
    readonly email: string | null;
    readonly userId: string;
    readonly isTreasurer: boolean;
  }[];
  readonly mayApprove: boolean;
  readonly whyNot: string | null;
  readonly requestedAt: string;
  readonly heldUntil: string;
  readonly expiresAt: string;
  readonly txId: string | null;
}

export interface WithdrawalPage {
  readonly items: readonly Withdrawal[];
  readonly nextCursor: string | null;
  readonly paused: { readonly reason: string; readonly at: string } | null;
}

export interface WithdrawalInFull {
  readonly withdrawal: Withdrawal;
  readonly payload: string;
  readonly payloadHash: string;
  readonly rejectPayload: string;
  readonly rejectPayloadHash: string;
  readonly history: readonly {
    readonly type: string;
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
  }[];
  readonly accountHistory: {
    readonly withdrawals: number;
    readonly deposits: number;
    readonly firstDepositAt: string | null;
    readonly registeredAt: string | null;
  };
}

/** For example `1 of 3, a treasurer is missing`. */
export function describeProgress({ approvedBy, rule }: Withdrawal): string {
  if (rule.required === 0) return 'nobody has to';
  const treasurers = approvedBy.filter(({ isTreasurer }) => isTreasurer).length;
  const missing = rule.treasurers - treasurers;
  const wanted =
    missing > 0 ? `, ${missing === 1 ? 'a treasurer is' : `${missing} treasurers are`} missing` : '';
  return `${approvedBy.length} of ${rule.required}${wanted}`;
}
