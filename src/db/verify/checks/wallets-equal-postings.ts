import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const walletsEqualPostings = sqlCheck({
  name: 'wallets_equal_postings',
  title: 'every wallet equals the sum of its postings',
  subject: 'wallets',
  count: countOf('wallets'),
  offenders: sql.unsafe`
    select account_id, a.symbol as asset, w.balance_minor, p.postings_minor
    from wallets w
    full join (
      select account_id, asset_id, sum(amount_minor) as postings_minor from postings group by account_id, asset_id
    ) p using (account_id, asset_id)
    left join assets a on a.id = asset_id
    where coalesce(w.balance_minor, 0) <> coalesce(p.postings_minor, 0)
    order by account_id, asset_id limit ${OFFENDER_LIMIT}`,
});
