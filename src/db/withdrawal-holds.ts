import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

/** What holds withdrawals back for a while: who did it may have stolen the sign-in, and its owner needs time to notice. */
export const WITHDRAWAL_HOLD_REASONS = Object.freeze([
  'password_changed',
  'password_reset',
  'factor_added',
  'factor_removed',
  /** By an operator. */
  'factor_reset',
  'recovery_code_used',
  /** With an OpenID provider. */
  'identity_linked',
  'identity_unlinked',
  /** Withdrawals may go to any address again. */
  'address_list_off',
] as const);
export type WithdrawalHoldReason = (typeof WITHDRAWAL_HOLD_REASONS)[number];

export const DEFAULT_WITHDRAWAL_HOLD_MS = 24 * 60 * 60 * 1000;

const whole = z.bigint().transform(Number);

/**
 * Holds a user's withdrawals back, in the transaction of what gives the reason. Several holds run side by side: the longest
 * counts.
 */
export async function holdWithdrawals(
  db: CommonQueryMethods,
  userId: number,
  reason: WithdrawalHoldReason,
  { nowMs, holdMs }: { readonly nowMs: number; readonly holdMs: number },
): Promise<void> {
  await db.query(sql.unsafe`
    insert into withdrawal_holds (user_id, reason, begins_at_ms, until_ms)
    values (${userId}, ${reason}, ${nowMs}, ${nowMs + holdMs})`);
}

const holdRow = z.strictObject({
  reason: z.enum(WITHDRAWAL_HOLD_REASONS),
  beginsAtMs: whole,
  untilMs: whole,
});
export type WithdrawalHold = z.output<typeof holdRow>;

/** Those that are not over, the longest first. */
export function listWithdrawalHolds(
  db: CommonQueryMethods,
  userId: number,
  nowMs: number,
): Promise<readonly WithdrawalHold[]> {
  return db.any(sql.type(holdRow)`
    select reason, begins_at_ms as "beginsAtMs", until_ms as "untilMs"
    from withdrawal_holds where user_id = ${userId} and until_ms > ${nowMs} order by until_ms desc, id`);
}

const obstaclesRow = z.strictObject({ frozen: z.boolean(), heldUntilMs: whole.nullable() });
/** Why nothing may leave a user's account now. */
export type WithdrawalObstacles = z.output<typeof obstaclesRow>;

/** A withdrawal may be taken only where the account is not frozen and no hold lasts. As of the last commit. */
export function findWithdrawalObstacles(
  db: CommonQueryMethods,
  userId: number,
  nowMs: number,
): Promise<WithdrawalObstacles> {
  return db.one(sql.type(obstaclesRow)`
    select a.frozen, (
      select max(h.until_ms) from withdrawal_holds h where h.user_id = u.id and h.until_ms > ${nowMs}
    ) as "heldUntilMs"
    from users u join accounts a on a.id = u.account_id where u.id = ${userId}`);
}
