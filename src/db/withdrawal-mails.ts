import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';

/** What the owner of a withdrawal is told by mail. The index of the migration names the same. */
export const TOLD_EVENTS = Object.freeze([
  'requested',
  'confirmed',
  'sent',
  'rejected',
  'expired',
  'failed',
] as const);

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const untoldRow = z.strictObject({
  withdrawalNo: whole,
  eventNo: whole,
  event: z.enum(TOLD_EVENTS),
  atMs: whole,
  email: z.string(),
  assetId: whole,
  amountMinor: z.bigint(),
  network: z.string(),
  address: z.string(),
});
/** An event that nobody was told of yet, and whom to tell. */
export type UntoldEvent = z.output<typeof untoldRow>;

/** Events since a time that were not mailed, the oldest first. */
export function listUntoldEvents(
  db: CommonQueryMethods,
  sinceMs: number,
  limit: number,
): Promise<readonly UntoldEvent[]> {
  // The types stand here as they stand in the index: with a parameter it would not be used.
  return db.any(sql.type(untoldRow)`
    select e.withdrawal_no as "withdrawalNo", e.event_no as "eventNo", e.type as event, e.at_ms as "atMs", u.email,
           w.asset_id as "assetId", w.amount_minor as "amountMinor", w.network, w.address
    from withdrawal_events e join withdrawals w using (withdrawal_no) join users u on u.id = w.user_id
    where e.type in ('requested', 'confirmed', 'sent', 'rejected', 'expired', 'failed') and e.at_ms > ${sinceMs}
      and not exists (
        select from withdrawal_mails m where m.withdrawal_no = e.withdrawal_no and m.event_no = e.event_no
      )
    order by e.at_ms, e.withdrawal_no, e.event_no limit ${limit}`);
}

/** Notes that an event is mailed, in the transaction that queues the mail. @returns false when another did it */
export async function markTold(
  db: CommonQueryMethods,
  { withdrawalNo, eventNo }: Pick<UntoldEvent, 'withdrawalNo' | 'eventNo'>,
): Promise<boolean> {
  const { rowCount } = await db.query(sql.unsafe`
    insert into withdrawal_mails (withdrawal_no, event_no) values (${withdrawalNo}, ${eventNo})
    on conflict do nothing`);
  return rowCount === 1;
}
