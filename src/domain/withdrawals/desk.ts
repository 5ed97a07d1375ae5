import { assert } from '../assert.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { faultOf, ruleFor } from './compiled-policy.ts';
import type { DeskSnapshot, DeskState } from './desk-state.ts';
import { RecentWithdrawals } from './recent-withdrawals.ts';
import {
  type Approval,
  isEnough,
  type Revision,
  type RiskFlag,
  type Withdrawal,
  type WithdrawalEvent,
  withEvent,
} from './withdrawal.ts';
import { isHolding, isUnderWay, type WithdrawalStatus } from './withdrawal-machine.ts';

/** One thing that happened to a withdrawal: how it is after it. */
export interface WithdrawalStep {
  /** null: it was asked for. */
  readonly event: WithdrawalEvent | null;
  readonly before: WithdrawalStatus | null;
  readonly withdrawal: Withdrawal;
}

/** A withdrawal before it is admitted: what the desk doesn't decide. */
export type Requested = Pick<
  Withdrawal,
  | 'accountId'
  | 'userId'
  | 'assetId'
  | 'amountMinor'
  | 'feeMinor'
  | 'network'
  | 'address'
  | 'clientWithdrawalId'
  | 'requestDigest'
  | 'valueMinor'
> & { readonly flags: readonly RiskFlag[] };

/** So many of an account within a day are many. */
const MANY_WITHDRAWALS = 5;

/**
 * All withdrawals that are under way, and what the limits must know. Each method decides as of a time and then changes; a
 * refusal changes nothing. What it answers is to be settled in the order of the calls.
 */
export class WithdrawalDesk {
  readonly #underWay = new Map<number, Withdrawal>();
  readonly #recent: RecentWithdrawals;
  #nextWithdrawalNo: number;
  #state: DeskState;
  #policy: CompiledPolicy;

  constructor(snapshot: DeskSnapshot, policy: CompiledPolicy) {
    this.#nextWithdrawalNo = snapshot.nextWithdrawalNo;
    this.#state = snapshot.state;
    this.#policy = policy;
    this.#recent = new RecentWithdrawals(snapshot.recent, snapshot.confirmations);
    for (const withdrawal of snapshot.underWay) this.#underWay.set(withdrawal.withdrawalNo, withdrawal);
  }

  get state(): DeskState {
    return this.#state;
  }

  get policy(): CompiledPolicy {
    return this.#policy;
  }

  get(withdrawalNo: number): Withdrawal | undefined {
    return this.#underWay.get(withdrawalNo);
  }

  /** The one under way that a client named so. */
  named(accountId: number, clientWithdrawalId: string): Withdrawal | undefined {
    for (const withdrawal of this.#underWay.values())
      if (withdrawal.accountId === accountId && withdrawal.clientWithdrawalId === clientWithdrawalId)
        return withdrawal;
    return undefined;
  }

  /** @returns `withdrawals_paused`, `withdrawal_limit` */
  submit(requested: Requested, nowMs: number): Result<WithdrawalStep> {
    if (this.#state.paused !== null) return PAUSED;
    const used = this.#recent.usedBy(requested.accountId, nowMs);
    const { accountDayLimitMinor, assetDayLimitsMinor, spec } = this.#policy;
    const ofAsset = (used.byAsset.get(requested.assetId) ?? 0n) + requested.amountMinor;
    const assetLimit = assetDayLimitsMinor.get(requested.assetId);
    const value = used.valueMinor + (requested.valueMinor ?? 0n);
    if (
      (accountDayLimitMinor !== null && value > accountDayLimitMinor) ||
      (assetLimit !== undefined && ofAsset > assetLimit)
    )
      return refuse('withdrawal_limit', 'The account may not withdraw so much in 24 hours.');
    const flags: RiskFlag[] = [...requested.flags];
    if (requested.valueMinor === null) flags.push('unvalued');
    if (used.count >= MANY_WITHDRAWALS) flags.push('many_withdrawals');
    const withdrawal: Withdrawal = {
      ...requested,
      withdrawalNo: this.#nextWithdrawalNo,
      rule: ruleFor(this.#policy, requested.assetId, requested.valueMinor),
      flags,
      status: 'requested',
      version: 1,
      approvals: [],
      requestedAtMs: nowMs,
      heldUntilMs: nowMs,
      expiresAtMs: nowMs + spec.confirmWithinMs,
      updatedAtMs: nowMs,
      eventNo: 1,
      txId: null,
      reason: null,
    };
    this.#nextWithdrawalNo += 1;
    this.#keep(withdrawal);
    return accept({ event: null, before: null, withdrawal });
  }

  /** What comes of its owner's confirmation: it is held, and released at once if nothing holds it. */
  confirm(withdrawalNo: number, heldUntilMs: number, nowMs: number): Result<WithdrawalStep[]> {
    const { coolingMs, approveWithinMs } = this.#policy.spec;
    const until = Math.max(heldUntilMs, nowMs + coolingMs);
    const expiresAtMs = Math.max(nowMs, until) + approveWithinMs;
    const confirmed = this.act(withdrawalNo, { type: 'confirmed', heldUntilMs: until, expiresAtMs }, nowMs);
    if (!confirmed.ok) return confirmed;
    this.#recent.confirmed({ atMs: nowMs, valueMinor: confirmed.value.withdrawal.valueMinor });
    if (this.isTooFast(nowMs)) return accept([confirmed.value]);
    return accept([confirmed.value, ...this.#release(confirmed.value.withdrawal, nowMs)]);
  }

  /** Whether more was confirmed within the window than the policy lets pass: withdrawals are to be paused. */
  isTooFast(nowMs: number): boolean {
    const { velocity } = this.#policy;
    if (velocity === null || this.#state.paused !== null) return false;
    const seen = this.#recent.velocitySince(Math.max(nowMs - velocity.windowMs, this.#state.velocityFromMs));
    const isWorthTooMuch = this.#policy.valuation !== null && seen.valueMinor > velocity.valueMinor;
    return isWorthTooMuch || seen.count > velocity.count;
  }

  /**
   * Adds an approval.
   * @returns `approver_not_allowed`, `approval_repeated`, `withdrawal_not_found`, `withdrawal_not_open`
   */
  approve(withdrawalNo: number, approval: Approval, nowMs: number): Result<WithdrawalStep> {
    const withdrawal = this.#underWay.get(withdrawalNo);
    if (withdrawal === undefined) return NOT_FOUND;
    if (withdrawal.status !== 'awaiting_approval') return NOT_OPEN;
    const { approvers } = withdrawal.rule;
    const { userId } = approval;
    if (userId === withdrawal.userId)
      return refuse('approver_not_allowed', 'Nobody approves what he asked for.');
    if (approvers !== null && !approvers.includes(userId))
      return refuse('approver_not_allowed', 'The rule of the withdrawal names other approvers.');
    if (withdrawal.approvals.some((one) => one.userId === userId))
      return refuse('approval_repeated', 'You have approved this withdrawal already.');
    const type = isEnough(withdrawal, approval) ? 'approved' : 'endorsed';
    return this.act(withdrawalNo, { type, ...approval }, nowMs);
  }

  /** @returns also `invalid_withdrawal_policy` */
  revise(withdrawalNo: number, revision: Revision, nowMs: number): Result<WithdrawalStep> {
    const { rule, expiresAtMs } = revision;
    const fault = rule === undefined ? undefined : faultOf(rule);
    if (fault !== undefined || rule?.required === 0)
      return refuse('invalid_withdrawal_policy', fault ?? 'An edited withdrawal needs an approval.');
    if (expiresAtMs !== undefined && expiresAtMs <= nowMs)
      return refuse('invalid_withdrawal_policy', 'The time at which it expires must be to come.');
    const withdrawal = this.#underWay.get(withdrawalNo);
    if (withdrawal !== undefined && (rule ?? withdrawal.rule).required === 0)
      return refuse(
        'invalid_withdrawal_policy',
        'It needs no approval: an edit has to give it a rule that asks for one.',
      );
    return this.act(withdrawalNo, { type: 'revised', ...revision }, nowMs);
  }

  /** How it is paid is decided, by people who approved this version. @returns also `withdrawals_paused` */
  sign(withdrawalNo: number, version: number, paymentId: string, nowMs: number): Result<WithdrawalStep> {
    if (this.#state.paused !== null) return PAUSED;
    const withdrawal = this.#underWay.get(withdrawalNo);
    if (withdrawal !== undefined && (withdrawal.version !== version || withdrawal.expiresAtMs <= nowMs))
      return NOT_OPEN;
    return this.act(withdrawalNo, { type: 'signed', paymentId }, nowMs);
  }

  /** Whatever its status takes. @returns `withdrawal_not_found` for one that never was or has ended, `withdrawal_not_open` */
  act(withdrawalNo: number, event: WithdrawalEvent, nowMs: number): Result<WithdrawalStep> {
    const before = this.#underWay.get(withdrawalNo);
    if (before === undefined) return NOT_FOUND;
    const withdrawal = withEvent(before, event, nowMs);
    if (withdrawal === undefined) return NOT_OPEN;
    this.#keep(withdrawal);
    return accept({ event, before: before.status, withdrawal });
  }

  pause(reason: string, nowMs: number): DeskState {
    this.#state = { ...this.#state, paused: { reason, atMs: nowMs } };
    return this.#state;
  }

  resume(nowMs: number): DeskState {
    this.#state = { ...this.#state, paused: null, velocityFromMs: nowMs };
    return this.#state;
  }

  /** For those that are asked for from now on. */
  setPolicy(policy: CompiledPolicy): DeskState {
    this.#policy = policy;
    this.#state = { ...this.#state, policy: policy.spec };
    return this.#state;
  }

  /** Values by another asset once it is there: the policy stays the same. */
  recompile(policy: CompiledPolicy): void {
    assert(policy.spec === this.#state.policy, 'the policy in force');
    this.#policy = policy;
  }

  /** What time brings: what has waited long enough goes on, what has waited too long ends. */
  *due(nowMs: number): Generator<WithdrawalStep> {
    for (const withdrawal of [...this.#underWay.values()]) {
      if (isHolding(withdrawal.status) && withdrawal.expiresAtMs <= nowMs) {
        const reason = withdrawal.status === 'requested' ? 'not_confirmed' : 'not_paid_in_time';
        const step = this.act(withdrawal.withdrawalNo, { type: 'expired', reason }, nowMs);
        assert(step.ok, 'whatever holds funds can expire');
        yield step.value;
      } else yield* this.#release(withdrawal, nowMs);
    }
  }

  /** When something is due next, in milliseconds since the Unix epoch; Infinity: nothing is. */
  get nextDueAtMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { status, heldUntilMs, expiresAtMs } of this.#underWay.values()) {
      if (isHolding(status)) next = Math.min(next, expiresAtMs);
      if (status === 'held' && this.#state.paused === null) next = Math.min(next, heldUntilMs);
    }
    return next;
  }

  *#release(
    { withdrawalNo, status, heldUntilMs, rule }: Withdrawal,
    nowMs: number,
  ): Generator<WithdrawalStep> {
    if (status !== 'held' || heldUntilMs > nowMs || this.#state.paused !== null) return;
    const step = this.act(withdrawalNo, { type: rule.required === 0 ? 'cleared' : 'released' }, nowMs);
    assert(step.ok, 'what is held can be released');
    yield step.value;
  }

  #keep(withdrawal: Withdrawal): void {
    if (isUnderWay(withdrawal.status)) this.#underWay.set(withdrawal.withdrawalNo, withdrawal);
    else this.#underWay.delete(withdrawal.withdrawalNo);
    this.#recent.keep(withdrawal);
  }
}

const PAUSED = refuse('withdrawals_paused', 'Withdrawals are paused at the moment.');
const NOT_FOUND = refuse('withdrawal_not_found', 'There is no such withdrawal under way.');
const NOT_OPEN = refuse('withdrawal_not_open', 'The withdrawal is past that.');
