import { sql } from 'slonik';
import { EXTERNAL_ACCOUNT, TREASURY_ACCOUNT } from '../../../domain/trade.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

/** Kind of a posting, as the schema numbers them. */
const NETWORK_COST = 4;

export const networkCostsPosted = sqlCheck({
  name: 'network_costs_posted',
  title: 'what networks took was paid by the house, and no other posting says it is such',
  subject: 'network costs',
  count: countOf('network_costs'),
  offenders: sql.unsafe`
    select entry_no, account_id, a.symbol as asset, c.expected_minor, p.amount_minor as posted_minor
    from (
      select c.entry_no, c.paid_at_ms, c.asset_id, s.account_id, s.expected_minor
      from network_costs c
      cross join lateral (values
        (${TREASURY_ACCOUNT}::bigint, -c.amount_minor), (${EXTERNAL_ACCOUNT}::bigint, c.amount_minor)
      ) as s (account_id, expected_minor)
    ) c
    full join (select * from postings where kind = ${NETWORK_COST}) p using (account_id, entry_no, asset_id)
    left join assets a on a.id = asset_id
    where c.expected_minor is distinct from p.amount_minor or c.paid_at_ms is distinct from p.posted_at_ms
    order by entry_no, account_id limit ${OFFENDER_LIMIT}`,
});
