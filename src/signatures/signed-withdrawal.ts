import type { Asset } from '../domain/asset.ts';
import { approvalPayload } from '../domain/withdrawals/approval-payload.ts';
import {
  type CountedApproval,
  countedApprovals,
  type KeptEvent,
  wasCleared,
} from '../domain/withdrawals/counted-approvals.ts';
import type { Withdrawal } from '../domain/withdrawals/withdrawal.ts';
import { refusalOfEvidence } from './approval-evidence.ts';
import type { RelyingParty } from './relying-party.ts';

/** A withdrawal whose payment was signed, with all that is needed to prove that it was approved. */
export interface SignedWithdrawal {
  readonly withdrawal: Withdrawal;
  readonly asset: Pick<Asset, 'symbol' | 'scale'>;
  readonly events: readonly KeptEvent[];
  /** What the ledger sent on its way for it, in minor units; null: nothing. */
  readonly paidMinor: bigint | null;
}

/** A key and whose it is. Public keys as in `ApprovalEvidence`. */
export interface TrustedKey {
  readonly userId: number;
  readonly method: 'passkey' | 'ed25519';
  readonly publicKey: string;
  /** Left out: what was logged with an approval says whether a treasurer gave it. */
  readonly isTreasurer?: boolean | undefined;
}

/**
 * Proves that a withdrawal was approved as its rule asks, from nothing but what is given: good signatures over what was paid, by
 * different people, none of whom asked for it.
 * @param keys the only ones that are believed
 * @returns why it wasn't, a sentence each; none: it was
 */
export async function faultsOfSigned(
  { withdrawal, asset, events, paidMinor }: SignedWithdrawal,
  keys: readonly TrustedKey[],
  rp: RelyingParty,
): Promise<readonly string[]> {
  const { rule, amountMinor, userId: requester } = withdrawal;
  const faults: string[] = [];
  if (paidMinor !== amountMinor)
    faults.push(`the ledger paid ${paidMinor ?? 'nothing'}, not ${amountMinor} minor units`);
  const signedAt = events.findIndex(({ type }) => type === 'signed');
  if (signedAt < 0) faults.push('nothing says that it was signed');
  const before = signedAt < 0 ? events : events.slice(0, signedAt);
  if (events.length !== before.length && countedApprovals(events).length !== countedApprovals(before).length)
    faults.push('it was approved or edited after it was signed');
  if (rule.required === 0 && !wasCleared(before))
    faults.push('its rule asks for no approval, but nothing says that it was cleared');
  const payload = approvalPayload('approve', withdrawal, asset);
  const people = new Set<number>();
  let treasurers = 0;
  for (const approval of countedApprovals(before)) {
    const fault = await faultOf(approval);
    if (fault !== undefined) {
      faults.push(`the approval of user ${approval.userId}: ${fault}`);
      continue;
    }
    people.add(approval.userId);
    if (isTreasurers(approval)) treasurers += 1;
  }
  if (people.size < rule.required) faults.push(`${people.size} good approvals of ${rule.required}`);
  if (treasurers < rule.treasurers) faults.push(`${treasurers} treasurers of ${rule.treasurers}`);
  return faults;

  function keyOf({ userId, evidence }: CountedApproval): TrustedKey | undefined {
    const { method, publicKey } = evidence;
    return keys.find((key) => key.userId === userId && key.method === method && key.publicKey === publicKey);
  }

  function isTreasurers(approval: CountedApproval): boolean {
    return approval.isTreasurer && keyOf(approval)?.isTreasurer !== false;
  }

  async function faultOf(approval: CountedApproval): Promise<string | undefined> {
    const { userId, evidence } = approval;
    if (userId === requester) return 'he asked for it himself';
    if (people.has(userId)) return 'he approved it twice';
    if (rule.approvers !== null && !rule.approvers.includes(userId)) return 'the rule does not name him';
    if (keyOf(approval) === undefined) return 'the key is not known as his';
    const refusal = await refusalOfEvidence(evidence, payload, rp);
    return refusal === undefined ? undefined : `${refusal.replaceAll('_', ' ')}`;
  }
}
