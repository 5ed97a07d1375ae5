import { sql } from 'slonik';
import { countRow, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const entryNumbers = sqlCheck({
  name: 'entry_numbers',
  title: 'journal entries are numbered from 1 without gaps up to the number that the exchange goes on from',
  subject: 'entries',
  count: sql.type(countRow)`select entry_no as count from exchange_state`,
  // An entry is one of these; in each the numbers are unique, so only one that is in two could hide a gap.
  offenders: sql.unsafe`
    select s.entry_no as state_entry_no, e.count, e.first, e.last, e.both
    from exchange_state s
    cross join (
      select count(*) as count, min(entry_no) as first, max(entry_no) as last,
             count(*) - count(distinct entry_no) as both
      from (
        select entry_no from trades union all select entry_no from deposits union all
        select entry_no from withdrawal_events where entry_no is not null union all
        select entry_no from network_costs
      ) all_entries
    ) e
    where s.entry_no <> e.count or s.entry_no <> coalesce(e.last, 0) or e.first <> 1 or e.both <> 0
    limit ${OFFENDER_LIMIT}`,
});
