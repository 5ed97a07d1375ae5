/**
 * Under which conditions withdrawals are paid, as an operator writes it. Amounts are decimals in units of the valuation asset
 * unless another asset is named; times are milliseconds.
 */
export interface WithdrawalPolicySpec {
  /** Symbol of the asset in which withdrawals are valued. */
  readonly valuationAsset: string;
  /** By rising `upTo`; the last has null and takes what is larger, and whatever can't be valued. */
  readonly tiers: readonly WithdrawalTier[];
  /** Tiers of single assets instead of these. */
  readonly assetTiers?: Readonly<Record<string, readonly WithdrawalTier[]>> | undefined;
  /** What an account may withdraw in 24 hours; null: no limit. */
  readonly accountDayLimit: string | null;
  /** The same by asset, in units of it. */
  readonly assetDayLimits: Readonly<Record<string, string>>;
  /** More than this of the whole exchange within a window pauses withdrawals; null: never. */
  readonly velocity: { readonly windowMs: number; readonly value: string; readonly count: number } | null;
  /** Within what time its owner has to confirm a withdrawal. */
  readonly confirmWithinMs: number;
  /** Within what time it has to be approved and its payment begun, from its confirmation. */
  readonly approveWithinMs: number;
  /** What every confirmed withdrawal waits. */
  readonly coolingMs: number;
}

export interface WithdrawalTier {
  readonly name: string;
  /** Decimal, inclusive; null: no bound. */
  readonly upTo: string | null;
  readonly approvals: number;
  readonly treasurers: number;
  /** Users who may approve; null: everybody with the permission. */
  readonly approvers: readonly number[] | null;
}

const HOUR_MS = 60 * 60 * 1000;

/** What holds until an operator sets another. */
export const DEFAULT_WITHDRAWAL_POLICY: WithdrawalPolicySpec = Object.freeze({
  valuationAsset: 'USDT',
  tiers: [
    { name: 'small', upTo: '1000', approvals: 0, treasurers: 0, approvers: null },
    { name: 'medium', upTo: '50000', approvals: 2, treasurers: 0, approvers: null },
    { name: 'large', upTo: null, approvals: 3, treasurers: 1, approvers: null },
  ],
  accountDayLimit: '250000',
  assetDayLimits: {},
  velocity: { windowMs: HOUR_MS, value: '1000000', count: 500 },
  confirmWithinMs: HOUR_MS,
  approveWithinMs: 72 * HOUR_MS,
  coolingMs: 0,
});
