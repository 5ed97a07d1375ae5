import { createMachine } from 'xstate';
import { compileLifecycle } from '../lifecycle.ts';

/** Where a withdrawal stands. */
export const WITHDRAWAL_STATUSES = Object.freeze([
  /** Its funds are held; its owner has yet to confirm it with his second factor. */
  'requested',
  /** Confirmed; it waits out a cooling time, or that withdrawals go on. */
  'held',
  'awaiting_approval',
  'approved',
  /** How it is paid is decided and can't be taken back: its funds are on their way out. */
  'signing',
  /** Signed and sent to the network. */
  'broadcast',
  'confirmed',
  'rejected',
  'canceled',
  'expired',
  'failed',
] as const);
export type WithdrawalStatus = (typeof WITHDRAWAL_STATUSES)[number];

/**
 * `confirmed`: by its owner; `released`: nothing holds it back any more, people have to approve; `cleared`: nobody has to;
 * `endorsed`: one more approved, and others still have to; `approved`: the last who had to; `revised`: an edit, which voids the
 * approvals; `signed`: how it is paid is decided; `sent`: the network has it; `settled`: it is as deep in the chain as it must be.
 */
export type WithdrawalEventType =
  | 'confirmed'
  | 'released'
  | 'cleared'
  | 'endorsed'
  | 'approved'
  | 'revised'
  | 'signed'
  | 'sent'
  | 'settled'
  | 'rejected'
  | 'canceled'
  | 'expired'
  | 'failed';

/** The life of a withdrawal. Nothing changes a status but this machine's compiled table. */
export const withdrawalMachine = createMachine({
  id: 'withdrawal',
  initial: 'requested',
  states: {
    requested: { on: { confirmed: 'held', canceled: 'canceled', expired: 'expired' } },
    held: {
      on: {
        released: 'awaiting_approval',
        cleared: 'approved',
        revised: 'held',
        canceled: 'canceled',
        rejected: 'rejected',
        expired: 'expired',
      },
    },
    awaiting_approval: {
      on: {
        endorsed: 'awaiting_approval',
        approved: 'approved',
        revised: 'awaiting_approval',
        canceled: 'canceled',
        rejected: 'rejected',
        expired: 'expired',
      },
    },
    approved: {
      on: {
        signed: 'signing',
        revised: 'awaiting_approval',
        rejected: 'rejected',
        failed: 'failed',
        expired: 'expired',
      },
    },
    signing: { on: { sent: 'broadcast', failed: 'failed' } },
    broadcast: { on: { settled: 'confirmed', failed: 'failed' } },
    confirmed: { type: 'final' },
    rejected: { type: 'final' },
    canceled: { type: 'final' },
    expired: { type: 'final' },
    failed: { type: 'final' },
  },
});

/** Status after an event; undefined when the status doesn't take it. */
export const nextWithdrawalStatus = compileLifecycle<WithdrawalStatus, WithdrawalEventType>(
  withdrawalMachine,
);

/** Whether something can still become of it. */
export function isUnderWay(status: WithdrawalStatus): boolean {
  return isHolding(status) || isLeaving(status);
}

/** Whether its funds are held in the owner's wallet. */
export function isHolding(status: WithdrawalStatus): boolean {
  return (
    status === 'requested' || status === 'held' || status === 'awaiting_approval' || status === 'approved'
  );
}

/** Whether its funds have left the owner's wallet and are not yet at their address. */
export function isLeaving(status: WithdrawalStatus): boolean {
  return status === 'signing' || status === 'broadcast';
}
