import { sql } from 'slonik';
import { EXTERNAL_ACCOUNT } from '../../../domain/trade.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

/** Kind of a posting, as the schema numbers them. */
const DEPOSIT = 2;

export const depositsPosted = sqlCheck({
  name: 'deposits_posted',
  title: 'every deposit has its two postings, and no other posting says it is one',
  subject: 'deposits',
  count: countOf('deposits'),
  offenders: sql.unsafe`
    select entry_no, account_id, a.symbol as asset, d.expected_minor, p.amount_minor as posted_minor
    from (
      select d.entry_no, d.asset_id, d.credited_at_ms, s.account_id, s.expected_minor
      from deposits d
      cross join lateral (values
        (d.account_id, d.amount_minor), (${EXTERNAL_ACCOUNT}::bigint, -d.amount_minor)
      ) as s (account_id, expected_minor)
    ) d
    full join (select * from postings where kind = ${DEPOSIT}) p using (account_id, entry_no, asset_id)
    left join assets a on a.id = asset_id
    where d.expected_minor is distinct from p.amount_minor
       or d.credited_at_ms <> p.posted_at_ms
    order by entry_no, account_id limit ${OFFENDER_LIMIT}`,
});
