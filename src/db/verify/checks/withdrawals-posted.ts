import { sql } from 'slonik';
import { EXTERNAL_ACCOUNT, FEES_ACCOUNT, PENDING_WITHDRAWALS_ACCOUNT } from '../../../domain/trade.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

/** Kind of a posting, as the schema numbers them. */
const WITHDRAWAL = 3;

export const withdrawalsPosted = sqlCheck({
  name: 'withdrawals_posted',
  title: 'every step of a withdrawal that moves money has its postings, and no other posting says it is one',
  subject: 'withdrawals',
  count: countOf('withdrawals'),
  offenders: sql.unsafe`
    select entry_no, account_id, a.symbol as asset, e.expected_minor, p.amount_minor as posted_minor
    from (
      select e.entry_no, e.at_ms, w.asset_id, s.account_id, s.expected_minor
      from withdrawal_events e
      join withdrawals w using (withdrawal_no)
      cross join lateral (values
        ('signed', w.account_id, -w.amount_minor - w.fee_minor),
        ('signed', ${PENDING_WITHDRAWALS_ACCOUNT}::bigint, w.amount_minor),
        ('signed', ${FEES_ACCOUNT}::bigint, w.fee_minor),
        ('settled', ${PENDING_WITHDRAWALS_ACCOUNT}::bigint, -w.amount_minor),
        ('settled', ${EXTERNAL_ACCOUNT}::bigint, w.amount_minor),
        ('failed', ${PENDING_WITHDRAWALS_ACCOUNT}::bigint, -w.amount_minor),
        ('failed', ${FEES_ACCOUNT}::bigint, -w.fee_minor),
        ('failed', w.account_id, w.amount_minor + w.fee_minor)
      ) as s (type, account_id, expected_minor)
      where s.type = e.type and s.expected_minor <> 0
        -- What fails before it is signed has moved nothing.
        and (e.type <> 'failed' or exists (
          select from withdrawal_events b where b.withdrawal_no = e.withdrawal_no and b.type = 'signed'
        ))
    ) e
    full join (select * from postings where kind = ${WITHDRAWAL}) p using (account_id, entry_no, asset_id)
    left join assets a on a.id = asset_id
    where e.expected_minor is distinct from p.amount_minor or e.at_ms is distinct from p.posted_at_ms
    order by entry_no, account_id limit ${OFFENDER_LIMIT}`,
});
