import type { DatabasePool } from 'slonik';
import type { Exchange } from '../../actors/ports.ts';
import { findApproverKey } from '../../db/approver-keys.ts';
import { findSignerOfPasskey } from '../../db/passkeys.ts';
import { findPeople } from '../../db/people.ts';
import { listWithdrawalEvents } from '../../db/withdrawals-read.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import { isAllowed } from '../../domain/roles.ts';
import { approvalPayload } from '../../domain/withdrawals/approval-payload.ts';
import {
  type CountedApproval,
  countedApprovals,
  wasCleared,
} from '../../domain/withdrawals/counted-approvals.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { refusalOfEvidence } from '../../signatures/approval-evidence.ts';
import type { RelyingParty } from '../../signatures/relying-party.ts';
import type { PaymentOutput } from '../chain.ts';
import type { PayerPorts } from './payer.ts';

export interface ApprovalCheckOptions {
  readonly pool: DatabasePool;
  readonly catalog: Exchange['catalog'];
  readonly relyingParty: RelyingParty;
}

/**
 * Checks, just before a payment is signed, that it was approved: the payload is made anew from what the payment pays, and every
 * signature is verified over that. Each must be of a key that was and is the approver's, of somebody who may approve now; as many
 * people as the rule asks, none of whom asked for it.
 */
export function createApprovalCheck(options: ApprovalCheckOptions): PayerPorts['checkApprovals'] {
  const { pool, catalog, relyingParty } = options;

  async function refusalOf(
    withdrawal: Withdrawal,
    approval: CountedApproval,
    payload: string,
    people: Awaited<ReturnType<typeof findPeople>>,
  ): Promise<string | undefined> {
    const { userId, isTreasurer, evidence, atMs } = approval;
    const refused = await refusalOfEvidence(evidence, payload, relyingParty);
    if (refused !== undefined) return refused;
    if (userId === withdrawal.userId) return 'who asked for it';
    const { approvers } = withdrawal.rule;
    if (approvers !== null && !approvers.includes(userId)) return 'not named by the rule';
    const role = people.get(userId)?.role;
    if (role === undefined || !isAllowed(role, 'withdrawals.approve')) return 'may not approve';
    if (isTreasurer && role !== 'treasurer') return 'is no treasurer';
    if (evidence.method === 'passkey') {
      const signer = await findSignerOfPasskey(pool, Buffer.from(evidence.keyId, 'base64url'));
      const isHis = signer?.userId === userId && signer.createdAtMs <= atMs;
      return isHis && signer.publicKey.toString('base64url') === evidence.publicKey
        ? undefined
        : 'not his passkey';
    }
    const key = await findApproverKey(pool, evidence.keyId);
    const isHis = key?.userId === userId && key.addedAtMs <= atMs && key.removedAtMs === null;
    return isHis && key.publicKey.toString('base64url') === evidence.publicKey ? undefined : 'not his key';
  }

  return async (withdrawal: Withdrawal, pays: PaymentOutput): Promise<Result<void>> => {
    const { rule, withdrawalNo } = withdrawal;
    const asset = catalog().asset(pays.asset);
    if (asset === undefined) return refuse('asset_not_found', 'There is no such asset.');
    const paid = { ...withdrawal, address: pays.address, amountMinor: pays.amountMinor };
    const payload = approvalPayload('approve', paid, asset);
    const events = await listWithdrawalEvents(pool, withdrawalNo);
    if (rule.required === 0)
      return wasCleared(events)
        ? accept(undefined)
        : refuse('approval_mismatch', 'its rule asks for no approval, but nothing says that it was cleared');
    const approvals = countedApprovals(events);
    const people = await findPeople(
      pool,
      approvals.map(({ userId }) => userId),
    );
    const approvers = new Set<number>();
    let treasurers = 0;
    for (const approval of approvals) {
      const why = await refusalOf(withdrawal, approval, payload, people);
      if (why !== undefined)
        return refuse('approval_mismatch', `the approval of user ${approval.userId}: ${why}`);
      if (!approvers.has(approval.userId) && approval.isTreasurer) treasurers += 1;
      approvers.add(approval.userId);
    }
    if (approvers.size < rule.required || treasurers < rule.treasurers)
      return refuse(
        'approval_mismatch',
        `${approvers.size} of ${rule.required} approved, ${treasurers} of them treasurers`,
      );
    return accept(undefined);
  };
}
