import type { Approval, WithdrawalEvent } from './withdrawal.ts';

/** Something that happened to a withdrawal, as it is kept; the detail of its request is empty. */
export interface KeptEvent {
  readonly type: string;
  readonly atMs: number;
  readonly detail: WithdrawalEvent | Record<string, never>;
}

export type CountedApproval = Approval & { readonly atMs: number };

/** The approvals of the version as it is now: an edit voids what was before it. */
export function countedApprovals(events: readonly KeptEvent[]): readonly CountedApproval[] {
  const edited = events.findLastIndex(({ type }) => type === 'revised');
  return events
    .slice(edited + 1)
    .flatMap(({ detail, atMs }) =>
      detail.type === 'endorsed' || detail.type === 'approved'
        ? [{ userId: detail.userId, isTreasurer: detail.isTreasurer, evidence: detail.evidence, atMs }]
        : [],
    );
}

/** Whether it went on because its rule asked nobody, and never came before approvers. */
export function wasCleared(events: readonly KeptEvent[]): boolean {
  const types = new Set(events.map(({ type }) => type));
  return types.has('cleared') && !types.has('released') && !types.has('endorsed') && !types.has('approved');
}
