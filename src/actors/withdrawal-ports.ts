import type { Result } from '../domain/rejection.ts';
import type { DeskState } from '../domain/withdrawals/desk-state.ts';
import type {
  Approval,
  Revision,
  RiskFlag,
  Withdrawal,
  WithdrawalEvent,
} from '../domain/withdrawals/withdrawal.ts';
import type { WithdrawalPolicySpec } from '../domain/withdrawals/withdrawal-policy.ts';
import type { EventStream } from './ports.ts';

/**
 * Withdrawals as gateways and custody see them. Like every reply of the exchange, one that says ok is durable. Every method
 * that names a withdrawal may answer `withdrawal_not_found`, and `withdrawal_not_open` when its status doesn't take the event.
 */
export interface Withdrawals {
  /**
   * Holds the funds of a withdrawal. A repeat of its `clientWithdrawalId` with the same request answers the first.
   * @returns also `account_frozen`, `insufficient_funds`, `withdrawal_limit`, `withdrawals_paused`, `client_withdrawal_id_conflict`
   */
  request(command: RequestWithdrawal): Promise<Result<{ withdrawal: Withdrawal; repeated: boolean }>>;
  /** Whoever asks has checked the owner's second factor. @param heldUntilMs what holds it back beside the policy's cooling time */
  confirm(withdrawalNo: number, heldUntilMs: number): Promise<Result<Withdrawal>>;
  cancel(withdrawalNo: number, reason: string): Promise<Result<Withdrawal>>;
  /**
   * Adds an approval whose signature was verified by whoever asks.
   * @returns also `approver_not_allowed` (asked for it, not named by its rule), `approval_repeated`, `approval_mismatch` (the
   * evidence is of another payload than that of the withdrawal as it is now)
   */
  approve(withdrawalNo: number, approval: Approval): Promise<Result<Withdrawal>>;
  /** @param approval null: by the exchange itself */
  reject(withdrawalNo: number, reason: string, approval: Approval | null): Promise<Result<Withdrawal>>;
  /** An edit: voids the approvals. */
  revise(withdrawalNo: number, revision: Revision): Promise<Result<Withdrawal>>;
  /** How it is paid is decided: its funds leave the wallet. */
  sign(withdrawalNo: number, version: number, paymentId: string): Promise<Result<Withdrawal>>;
  sent(withdrawalNo: number, txId: string): Promise<Result<Withdrawal>>;
  settle(
    withdrawalNo: number,
    settled: Omit<Extract<WithdrawalEvent, { type: 'settled' }>, 'type'>,
  ): Promise<Result<Withdrawal>>;
  fail(
    withdrawalNo: number,
    failed: Omit<Extract<WithdrawalEvent, { type: 'failed' }>, 'type'>,
  ): Promise<Result<Withdrawal>>;
  /** What the network took for something else than a withdrawal, such as a consolidation. `reference`: once each. */
  recordNetworkCost(cost: { assetId: number; amountMinor: bigint; reference: string }): Promise<Result<void>>;

  /** While paused, none is asked for, released or signed; what is signed already goes on. */
  pause(reason: string): Promise<Result<DeskState>>;
  resume(): Promise<Result<DeskState>>;
  setPolicy(policy: WithdrawalPolicySpec): Promise<Result<DeskState>>;
  state(): DeskState;
  /**
   * As the desk has it, which may not be committed yet; undefined: it is not under way. What is in the database may have been
   * changed by others.
   */
  underWay(withdrawalNo: number): Withdrawal | undefined;
  /** Each change of a withdrawal, after its commit. */
  readonly events: EventStream<{ readonly withdrawal: Withdrawal; readonly event: WithdrawalEvent | null }>;
  /** Each pause, its end and each new policy, after its commit. */
  readonly states: EventStream<DeskState>;
}

export interface RequestWithdrawal {
  readonly accountId: number;
  readonly userId: number;
  readonly asset: string;
  /** Decimals in units of the asset: what is to arrive, and what the exchange takes on top. */
  readonly amount: string;
  readonly fee: string;
  readonly network: string;
  /** As `Chain.parseAddress` gave it. */
  readonly address: string;
  readonly clientWithdrawalId: string | null;
  /** What a unit of the asset is worth in the policy's valuation asset, as a decimal; null: not known. */
  readonly unitValue: string | null;
  /** As far as the gateway knows; the desk adds its own. */
  readonly flags: readonly RiskFlag[];
}

export type { DeskState };
