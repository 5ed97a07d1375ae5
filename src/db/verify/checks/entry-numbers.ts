import { sql } from 'slonik';
import { countRow, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const entryNumbers = sqlCheck({
  name: 'entry_numbers',
  title: 'journal entries are numbered from 1 without gaps up to the number that the exchange goes on from',
  subject: 'entries',
  count: sql.type(countRow)`select entry_no as count from exchange_state`,
  // Each entry is a trade or a deposit; both have unique numbers, so only one that is both could hide a gap.
  offenders: sql.unsafe`
    select s.entry_no as state_entry_no, e.count, e.first, e.last, e.both
    from exchange_state s
    cross join (
      select count(*) as count, min(entry_no) as first, max(entry_no) as last,
             (select count(*) from trades join deposits using (entry_no)) as both
      from (select entry_no from trades union all select entry_no from deposits) all_entries
    ) e
    where s.entry_no <> e.count or s.entry_no <> coalesce(e.last, 0) or e.first <> 1 or e.both <> 0
    limit ${OFFENDER_LIMIT}`,
});
