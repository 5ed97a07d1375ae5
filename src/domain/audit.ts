/** What the audit log keeps: who did what to whom, and what came of it. Never a secret, a password or a token. */

export const AUDIT_ACTIONS = Object.freeze([
  'user.added',
  /** Somebody registered with an address that has a user. */
  'user.registered_again',
  'email.confirmation_asked',
  /** With the mail, but not with the password that was chosen. */
  'email.confirmation_refused',
  'email.confirmed',
  'session.begun',
  'session.refused',
  'session.ended',
  'password.changed',
  'password.change_refused',
  /** A mail with which to set a new one was asked for. */
  'password.reset_asked',
  'password.reset',
  'session.stepped_up',
  'factor.added',
  'factor.removed',
  /** A wrong code, or one that was used. */
  'factor.refused',
  'recovery_code.used',
  'recovery_codes.replaced',
  'user.role_changed',
  'account.frozen',
  'account.unfrozen',
  'passkey.added',
  'passkey.renamed',
  'passkey.removed',
  /** An assertion or a new passkey that was not good; the detail says why. */
  'passkey.refused',
  'api_key.added',
  'api_key.refused',
  'api_key.revoked',
  /** An OAuth client got a token for its secret. */
  'oauth_token.issued',
  /** It showed a wrong secret, or one that is good no more, or may not be where it is. */
  'oauth_token.refused',
  'identity.linked',
  'identity.unlinked',
  /** What a provider says about somebody was not taken. */
  'identity.refused',
  'operator.create_asset',
  'operator.create_market',
  'operator.set_fees',
  'operator.set_market_status',
  'operator.set_account_policy',
  'operator.credit',
  'operator.approve_withdrawal',
  'operator.reject_withdrawal',
  'operator.revise_withdrawal',
  'operator.pause_withdrawals',
  'operator.resume_withdrawals',
  'operator.set_withdrawal_policy',
  'operator.set_asset_network',
  'operator.publish_liabilities',
  'approver_key.added',
  'approver_key.removed',
  'withdrawal.requested',
  'withdrawal.confirmed',
  'withdrawal.canceled',
  'withdrawal_address.added',
  'withdrawal_address.removed',
  'withdrawal_address.list_only',
] as const);
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_OUTCOMES = Object.freeze(['asked', 'done', 'refused', 'unknown'] as const);
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Who did it, and from where. */
export type AuditActor =
  | {
      readonly type: 'user';
      readonly userId: number;
      readonly sessionId: string;
      readonly ip: string;
      readonly requestId: string;
    }
  /** Nobody has shown who he is. */
  | { readonly type: 'anonymous'; readonly ip: string; readonly requestId: string }
  /** Whoever has the machine and its secrets. */
  | {
      readonly type: 'command_line';
      /** The operator in whose name it spoke to the exchange. */
      readonly as?: number;
    }
  | { readonly type: 'exchange' };

export interface AuditEvent {
  readonly action: AuditAction;
  /**
   * What several systems have a part in is written down before (`asked`) and after; what is one transaction with its entry,
   * once. `unknown`: the message log tells whether it was done.
   */
  readonly outcome: AuditOutcome;
  readonly actor: AuditActor;
  /** Whom it concerns; null where nobody is known. */
  readonly userId: number | null;
  /** Whatever else explains it, as plain data. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditEvent {
  /** 1, 2, 3 without gaps. */
  readonly entryNo: number;
  readonly atMs: number;
}

/** The entry as it is hashed: JSON whose first members are the same in every entry. */
export function auditPayload(event: AuditEvent, atMs: number): string {
  const { action, outcome, actor, userId, detail } = event;
  return JSON.stringify({
    atMs,
    action,
    outcome,
    userId,
    actor,
    ...(detail === undefined ? {} : { detail }),
  });
}
