import { type CommonQueryMethods, sql } from 'slonik';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { withdrawalColumns, withdrawalRow } from '../withdrawals.ts';

/** The withdrawals over a network that are to be paid, or are being paid, oldest first. */
export function listPayableWithdrawals(
  db: CommonQueryMethods,
  network: string,
): Promise<readonly Withdrawal[]> {
  return db.any(sql.type(withdrawalRow)`
    select ${withdrawalColumns} from withdrawals w
    where w.network = ${network} and w.status in ('approved', 'signing', 'broadcast') order by w.withdrawal_no`);
}
