import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const entriesBalance = sqlCheck({
  name: 'entries_balance',
  title: 'the postings of every entry sum to zero per asset',
  subject: 'postings',
  count: countOf('postings'),
  offenders: sql.unsafe`
    select p.entry_no, a.symbol as asset, p.sum_minor
    from (
      select entry_no, asset_id, sum(amount_minor) as sum_minor
      from postings group by entry_no, asset_id having sum(amount_minor) <> 0
    ) p left join assets a on a.id = p.asset_id
    order by p.entry_no limit ${OFFENDER_LIMIT}`,
});
