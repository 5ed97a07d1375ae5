import { sql } from 'slonik';
import { PENDING_WITHDRAWALS_ACCOUNT } from '../../../domain/trade.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const pendingEqualsLeaving = sqlCheck({
  name: 'pending_equals_leaving',
  title: 'what is pending equals the withdrawals that are signed and not settled',
  subject: 'assets',
  count: countOf('assets'),
  offenders: sql.unsafe`
    select a.symbol as asset, p.balance_minor as pending_minor, l.leaving_minor
    from (select asset_id, balance_minor from wallets where account_id = ${PENDING_WITHDRAWALS_ACCOUNT}) p
    full join (
      select asset_id, sum(amount_minor) as leaving_minor from withdrawals
      where status in ('signing', 'broadcast') group by asset_id
    ) l using (asset_id)
    left join assets a on a.id = asset_id
    where coalesce(p.balance_minor, 0) <> coalesce(l.leaving_minor, 0)
    order by asset_id limit ${OFFENDER_LIMIT}`,
});
