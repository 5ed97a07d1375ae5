import { assert } from '../assert.ts';
import {
  nextWithdrawalStatus,
  type WithdrawalEventType,
  type WithdrawalStatus,
} from './withdrawal-machine.ts';

/** How many have to approve a withdrawal, and who. */
export interface ApprovalRule {
  /** Name of the tier of the policy that it fell into. */
  readonly tier: string;
  /** Approvals by different people; 0: nobody has to. */
  readonly required: number;
  /** How many of them by treasurers. */
  readonly treasurers: number;
  /** Users who may approve it; null: everybody with the permission. */
  readonly approvers: readonly number[] | null;
}

/** What an operator should look at before he approves. */
export const RISK_FLAGS = Object.freeze([
  /** First withdrawal to this address. */
  'new_address',
  'new_account',
  /** No price is known by which its worth could be told. */
  'unvalued',
  'large_share_of_balance',
  /** Deposited and withdrawn within a day. */
  'pass_through',
  'many_withdrawals',
] as const);
export type RiskFlag = (typeof RISK_FLAGS)[number];

/** A withdrawal as a user asked for it and as it was admitted. Amounts in minor units of the asset. */
export interface Withdrawal {
  /** Numbers the withdrawals of the exchange, from 1. */
  readonly withdrawalNo: number;
  readonly accountId: number;
  /** Who asked for it: he may not approve it. */
  readonly userId: number;
  readonly assetId: number;
  /** What is to arrive at the address. */
  readonly amountMinor: bigint;
  /** What the exchange takes for it, on top. */
  readonly feeMinor: bigint;
  /** Of the chain, as in `Chain.network`. */
  readonly network: string;
  /** As `Chain.parseAddress` gives it. */
  readonly address: string;
  /** The client's own name for it, within his account; null: none. */
  readonly clientWithdrawalId: string | null;
  /** Of the request: a repeat of the name with another request is refused. */
  readonly requestDigest: number;
  /** Worth in minor units of the policy's valuation asset when it was asked for; null: not known. */
  readonly valueMinor: bigint | null;
  readonly rule: ApprovalRule;
  readonly flags: readonly RiskFlag[];
  readonly status: WithdrawalStatus;
  /** Counts the edits, from 1: approvals are of one version. */
  readonly version: number;
  /** Who approved this version. */
  readonly approvals: readonly { readonly userId: number; readonly isTreasurer: boolean }[];
  readonly requestedAtMs: number;
  /** Before it nothing happens to it. */
  readonly heldUntilMs: number;
  /** When it ends by itself unless it is being paid. */
  readonly expiresAtMs: number;
  readonly updatedAtMs: number;
  /** Counts its events, from 1. */
  readonly eventNo: number;
  /** Of the transaction that pays it, the newest if it was replaced; null: not sent yet. */
  readonly txId: string | null;
  /** Why it ended without being paid: a stable code; null: it didn't. */
  readonly reason: string | null;
}

/** A signature by which somebody approved or rejected: kept, so that it can be verified for ever. */
export interface ApprovalEvidence {
  /** The canonical payload that was signed the hash of (see `approval-payload.ts`). */
  readonly payload: string;
  readonly method: 'passkey' | 'ed25519';
  /** Id of the passkey or of the approver key. */
  readonly keyId: string;
  /** The public key as it was then, base64url: COSE for a passkey, 32 raw bytes for Ed25519. */
  readonly publicKey: string;
  /** Base64url. For a passkey over authenticator data and client data. */
  readonly signature: string;
  readonly authenticatorData?: string;
  readonly clientDataJson?: string;
}

/** Somebody's approval. */
export interface Approval {
  readonly userId: number;
  readonly isTreasurer: boolean;
  readonly evidence: ApprovalEvidence;
}

/** An edit by an operator: what is left out stays. */
export interface Revision {
  readonly userId: number;
  readonly rule?: ApprovalRule;
  readonly expiresAtMs?: number;
  readonly note: string;
}

/** What happened to a withdrawal, as it is logged. */
export type WithdrawalEvent =
  | { readonly type: 'confirmed'; readonly heldUntilMs: number; readonly expiresAtMs: number }
  | { readonly type: 'released' | 'cleared' }
  | ({ readonly type: 'endorsed' | 'approved' } & Approval)
  | ({ readonly type: 'revised' } & Revision)
  /** `paymentId`: the planned payment that pays it, as custody keeps it. */
  | { readonly type: 'signed'; readonly paymentId: string }
  | { readonly type: 'sent'; readonly txId: string }
  | { readonly type: 'settled'; readonly txId: string; readonly networkCosts: readonly NetworkCost[] }
  | {
      readonly type: 'rejected';
      readonly userId: number | null;
      readonly reason: string;
      readonly evidence?: ApprovalEvidence;
    }
  | { readonly type: 'canceled' | 'expired'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string; readonly networkCosts: readonly NetworkCost[] };

/** What a network took for a transaction. Minor units as a decimal integer, as it is logged. */
export interface NetworkCost {
  readonly assetId: number;
  readonly amountMinor: string;
}

/**
 * A withdrawal after an event.
 * @returns undefined when its status doesn't take the event
 */
export function withEvent(
  withdrawal: Withdrawal,
  event: WithdrawalEvent,
  atMs: number,
): Withdrawal | undefined {
  const status = nextWithdrawalStatus(withdrawal.status, event.type satisfies WithdrawalEventType);
  if (status === undefined) return undefined;
  const next = { ...withdrawal, status, updatedAtMs: atMs, eventNo: withdrawal.eventNo + 1 };
  switch (event.type) {
    case 'confirmed':
      return { ...next, heldUntilMs: event.heldUntilMs, expiresAtMs: event.expiresAtMs };
    case 'endorsed':
    case 'approved': {
      const { userId, isTreasurer } = event;
      assert(!withdrawal.approvals.some((one) => one.userId === userId), 'nobody approves twice');
      return { ...next, approvals: [...withdrawal.approvals, { userId, isTreasurer }] };
    }
    case 'revised':
      return {
        ...next,
        version: withdrawal.version + 1,
        approvals: [],
        rule: event.rule ?? withdrawal.rule,
        expiresAtMs: event.expiresAtMs ?? withdrawal.expiresAtMs,
      };
    case 'sent':
    case 'settled':
      return { ...next, txId: event.txId };
    case 'rejected':
    case 'canceled':
    case 'expired':
    case 'failed':
      return { ...next, reason: event.reason };
    case 'released':
    case 'cleared':
    case 'signed':
      return next;
  }
}

/** What a withdrawal takes from its account, its fee included, in minor units. */
export function totalMinor({ amountMinor, feeMinor }: Withdrawal): bigint {
  return amountMinor + feeMinor;
}

/** Whether those who approved it, with one more, are enough. */
export function isEnough(
  { rule, approvals }: Withdrawal,
  more: { readonly userId: number; readonly isTreasurer: boolean },
): boolean {
  const all = [...approvals, more];
  return (
    all.length >= rule.required && all.filter(({ isTreasurer }) => isTreasurer).length >= rule.treasurers
  );
}
