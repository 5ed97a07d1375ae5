import { assert } from '../../domain/assert.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { accept, type Refusal, type Result, refuse } from '../../domain/rejection.ts';
import type { Ledger } from '../../domain/settlement.ts';
import { approvalPayload, type Decision } from '../../domain/withdrawals/approval-payload.ts';
import {
  type CompiledPolicy,
  compilePolicy,
  compileUnvalued,
} from '../../domain/withdrawals/compiled-policy.ts';
import { WithdrawalDesk, type WithdrawalStep } from '../../domain/withdrawals/desk.ts';
import { type DeskSnapshot, type DeskState, VELOCITY } from '../../domain/withdrawals/desk-state.ts';
import type { ApprovalEvidence, Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import type { WithdrawalPolicySpec } from '../../domain/withdrawals/withdrawal-policy.ts';
import { type ActorRef, type ParentRef, spawnActor, tell } from '../actor.ts';
import { createAlarm } from '../alarm.ts';
import type { Effect, Reply } from '../effects.ts';
import type { DeskMessage, SubmitWithdrawal } from '../withdrawal-messages.ts';

export interface DeskPorts {
  readonly ledger: Pick<Ledger, 'findWithdrawal' | 'networkCostExists' | 'isFrozen'>;
  readonly clock: { now(): number };
  catalog(): Catalog;
  tellSettlement(effect: Effect): void;
  onError(error: unknown): void;
}

export interface Desk {
  readonly ref: ActorRef<DeskMessage>;
  /** As the desk has it, which may not be committed yet. */
  state(): DeskState;
  underWay(withdrawalNo: number): Withdrawal | undefined;
  stop(): void;
}

/**
 * Spawns the actor of all withdrawals: it decides on one message at a time, and settlement makes it true. After a bug in here it
 * refuses everything until the exchange restarts: what it knows may be half a change.
 */
export function spawnDesk(parent: ParentRef, snapshot: DeskSnapshot, ports: DeskPorts): Desk {
  const desk = new WithdrawalDesk(snapshot, compiled(snapshot.state.policy));
  const alarm = createAlarm(ports.clock.now, () => tell(ref, { type: 'clock' }));
  const costsUnderWay = new Set<string>();
  let broken = false;

  function compiled(spec: WithdrawalPolicySpec): CompiledPolicy {
    // The assets by which the exchange values come after the exchange.
    if (ports.catalog().asset(spec.valuationAsset) === undefined) return compileUnvalued(spec);
    const policy = compilePolicy(spec, ports.catalog());
    assert(policy.ok, 'a policy that was taken can be read again');
    return policy.value;
  }

  /** Answers in its turn: a refusal may tell of what isn't committed yet. */
  function answer(replyTo: number, reply: Reply, returned: SubmitWithdrawal | null = null): void {
    const funds = returned?.funds;
    ports.tellSettlement({
      type: 'answerEffect',
      reply,
      replyTo,
      returned:
        funds === undefined || !('reserved' in funds)
          ? null
          : {
              accountId: returned!.requested.accountId,
              hold: { type: 'reservationReturned', reserved: funds.reserved },
            },
    });
  }
  const refuseTo = (replyTo: number, refusal: Refusal, returned: SubmitWithdrawal | null = null) =>
    answer(replyTo, { type: 'refused', refusal }, returned);

  function settle(steps: readonly WithdrawalStep[], atMs: number, replyTo: number): void {
    for (const [index, step] of steps.entries()) {
      const isLast = index === steps.length - 1;
      ports.tellSettlement({
        type: 'withdrawalEffect',
        atMs,
        ...step,
        reserved: null,
        replyTo: isLast ? replyTo : 0,
      });
    }
  }

  function settleOne(step: Result<WithdrawalStep>, atMs: number, replyTo: number): void {
    if (step.ok) settle([step.value], atMs, replyTo);
    else refuseTo(replyTo, step.refusal);
  }

  function settleState(state: DeskState, atMs: number, replyTo: number): void {
    ports.tellSettlement({ type: 'deskEffect', atMs, state, replyTo });
  }

  async function submit(message: SubmitWithdrawal): Promise<void> {
    const { requested, funds, replyTo } = message;
    const name = requested.clientWithdrawalId;
    const looked = await read(async () =>
      name === null
        ? undefined
        : (desk.named(requested.accountId, name) ??
          (await ports.ledger.findWithdrawal(requested.accountId, name))),
    );
    if (!looked.ok) return refuseTo(replyTo, looked.refusal, message);
    const known = looked.value;
    if (known !== undefined) {
      if (known.requestDigest !== requested.requestDigest) {
        const detail = 'This clientWithdrawalId was used for another withdrawal.';
        return refuseTo(replyTo, refuse('client_withdrawal_id_conflict', detail).refusal, message);
      }
      return answer(replyTo, { type: 'withdrawal', withdrawal: known, repeated: true }, message);
    }
    if ('refusal' in funds) return refuseTo(replyTo, funds.refusal);
    const atMs = ports.clock.now();
    const step = desk.submit(requested, atMs);
    if (!step.ok) return refuseTo(replyTo, step.refusal, message);
    ports.tellSettlement({
      type: 'withdrawalEffect',
      atMs,
      ...step.value,
      reserved: funds.reserved,
      replyTo,
    });
  }

  /** Reads what a decision needs, before anything is changed. */
  async function read<Value>(look: () => Promise<Value>): Promise<Result<Value>> {
    try {
      return accept(await look());
    } catch (error) {
      ports.onError(error);
      return refuse('account_unavailable', 'The ledger can’t be read at the moment; try again.');
    }
  }

  function confirm(withdrawalNo: number, heldUntilMs: number, replyTo: number): void {
    const atMs = ports.clock.now();
    const steps = desk.confirm(withdrawalNo, heldUntilMs, atMs);
    if (!steps.ok) return refuseTo(replyTo, steps.refusal);
    settle(steps.value, atMs, replyTo);
    if (desk.isTooFast(atMs)) settleState(desk.pause(VELOCITY, atMs), atMs, 0);
  }

  /** Whether evidence is of the withdrawal as it is now. */
  function isOf(withdrawalNo: number, decision: Decision, evidence: ApprovalEvidence): boolean {
    const withdrawal = desk.get(withdrawalNo);
    // What is not there is refused by whoever looks for it next.
    if (withdrawal === undefined) return true;
    const asset = ports.catalog().assetById(withdrawal.assetId)!;
    return evidence.payload === approvalPayload(decision, withdrawal, asset);
  }

  async function handle(message: Exclude<DeskMessage, { type: 'clock' }>): Promise<void> {
    const { replyTo } = message;
    switch (message.type) {
      case 'submitWithdrawal':
        return submit(message);
      case 'confirmWithdrawal':
        return confirm(message.withdrawalNo, message.heldUntilMs, replyTo);
      case 'approveWithdrawal': {
        const { withdrawalNo, approval } = message;
        if (!isOf(withdrawalNo, 'approve', approval.evidence)) return refuseTo(replyTo, CHANGED);
        const atMs = ports.clock.now();
        return settleOne(desk.approve(withdrawalNo, approval, atMs), atMs, replyTo);
      }
      case 'reviseWithdrawal': {
        const atMs = ports.clock.now();
        return settleOne(desk.revise(message.withdrawalNo, message.revision, atMs), atMs, replyTo);
      }
      case 'signWithdrawal': {
        const { withdrawalNo, version, paymentId } = message;
        const withdrawal = desk.get(withdrawalNo);
        const frozen = await read(async () => withdrawal && ports.ledger.isFrozen(withdrawal.accountId));
        if (!frozen.ok) return refuseTo(replyTo, frozen.refusal);
        if (frozen.value)
          return refuseTo(
            replyTo,
            refuse('account_frozen', 'The account is frozen: nothing leaves it.').refusal,
          );
        const atMs = ports.clock.now();
        return settleOne(desk.sign(withdrawalNo, version, paymentId, atMs), atMs, replyTo);
      }
      case 'actOnWithdrawal': {
        const { withdrawalNo, event } = message;
        if (
          event.type === 'rejected' &&
          event.evidence !== undefined &&
          !isOf(withdrawalNo, 'reject', event.evidence)
        )
          return refuseTo(replyTo, CHANGED);
        const atMs = ports.clock.now();
        return settleOne(desk.act(withdrawalNo, event, atMs), atMs, replyTo);
      }
      case 'recordNetworkCost': {
        const { type: _, ...cost } = message;
        const isRepeat = await read(
          async () => costsUnderWay.has(cost.reference) || ports.ledger.networkCostExists(cost.reference),
        );
        if (!isRepeat.ok) return refuseTo(replyTo, isRepeat.refusal);
        if (isRepeat.value) return answer(replyTo, { type: 'done' });
        costsUnderWay.add(cost.reference);
        return ports.tellSettlement({ type: 'networkCostEffect', atMs: ports.clock.now(), ...cost });
      }
      case 'pauseWithdrawals': {
        const atMs = ports.clock.now();
        return settleState(desk.pause(message.reason, atMs), atMs, replyTo);
      }
      case 'resumeWithdrawals': {
        const atMs = ports.clock.now();
        return settleState(desk.resume(atMs), atMs, replyTo);
      }
      case 'setWithdrawalPolicy': {
        const policy = compilePolicy(message.policy, ports.catalog());
        if (!policy.ok) return refuseTo(replyTo, policy.refusal);
        return settleState(desk.setPolicy(policy.value), ports.clock.now(), replyTo);
      }
    }
  }

  const ref = spawnActor<DeskMessage>(
    parent,
    'withdrawals',
    async (message) => {
      if (broken) return message.type === 'clock' ? undefined : refuseTo(message.replyTo, BROKEN);
      if (desk.policy.valuation === null) desk.recompile(compiled(desk.state.policy));
      if (message.type !== 'clock') await handle(message);
      const atMs = ports.clock.now();
      settle([...desk.due(atMs)], atMs, 0);
      alarm.set(desk.nextDueAtMs);
    },
    (message, error) => {
      // A reservation doesn't come back: memory may under-state what an account owns, never over-state it.
      broken = true;
      ports.onError(error);
      if (message.type !== 'clock') refuseTo(message.replyTo, BROKEN);
    },
  );
  tell(ref, { type: 'clock' });
  return {
    ref,
    state: () => desk.state,
    underWay: (withdrawalNo) => desk.get(withdrawalNo),
    stop: () => alarm.set(Number.POSITIVE_INFINITY),
  };
}

const BROKEN = refuse('exchange_stopped', 'Withdrawals wait for a restart of the exchange.').refusal;
const CHANGED = refuse(
  'approval_mismatch',
  'The withdrawal has changed since it was signed: look at it again.',
).refusal;
