/** Codes as operators say them. */

export const STATUS_WORDS: Readonly<Record<string, string>> = Object.freeze({
  requested: 'to be confirmed by its owner',
  held: 'held',
  awaiting_approval: 'awaiting approval',
  approved: 'approved',
  signing: 'being signed',
  broadcast: 'sent',
  confirmed: 'paid',
  rejected: 'rejected',
  canceled: 'canceled',
  expired: 'expired',
  failed: 'failed',
});

export const FLAG_WORDS: Readonly<Record<string, string>> = Object.freeze({
  new_address: 'first withdrawal to this address',
  new_account: 'account younger than a week',
  unvalued: 'worth not known',
  large_share_of_balance: 'nearly all of the balance',
  pass_through: 'deposited within a day',
  many_withdrawals: 'many within a day',
});

/** Why an approval of mine would be refused. */
export const WHY_NOT_WORDS: Readonly<Record<string, string>> = Object.freeze({
  forbidden: 'Your role doesn’t approve withdrawals.',
  withdrawal_not_open: 'It doesn’t wait for approval.',
  approver_not_allowed: 'You asked for it, or its rule names others.',
  approval_repeated: 'You have approved it.',
});

export const EVENT_WORDS: Readonly<Record<string, string>> = Object.freeze({
  requested: 'asked for',
  confirmed: 'confirmed by its owner',
  released: 'released for approval',
  cleared: 'released, nobody has to approve',
  endorsed: 'approved',
  approved: 'approved, and that was enough',
  revised: 'edited: the approvals before are void',
  signed: 'payment decided',
  sent: 'sent to the network',
  settled: 'taken in by the network',
  rejected: 'rejected',
  canceled: 'canceled by its owner',
  expired: 'expired',
  failed: 'failed',
});

export function toneOf(status: string): string {
  if (status === 'confirmed') return 'tag good';
  if (['rejected', 'failed', 'expired', 'canceled'].includes(status)) return 'tag bad';
  return status === 'awaiting_approval' ? 'tag warn' : 'tag';
}
