import { sql } from 'slonik';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

export const lockedEqualsHolds = sqlCheck({
  name: 'locked_equals_holds',
  title: 'what is locked in a wallet equals the holds of its open orders and withdrawals',
  subject: 'wallets',
  count: countOf('wallets'),
  offenders: sql.unsafe`
    select account_id, a.symbol as asset, w.locked_minor, h.holds_minor
    from wallets w
    full join (
      select account_id, asset_id, sum(hold_minor) as holds_minor from (
        select o.account_id, case o.side when 0 then m.quote_asset_id else m.base_asset_id end as asset_id, o.hold_minor
        from open_orders o join markets m on m.id = o.market_id
        union all
        select account_id, asset_id, amount_minor + fee_minor from withdrawals
        where status in ('requested', 'held', 'awaiting_approval', 'approved')
      ) held group by account_id, asset_id
    ) h using (account_id, asset_id)
    left join assets a on a.id = asset_id
    where coalesce(w.locked_minor, 0) <> coalesce(h.holds_minor, 0)
    order by account_id, asset_id limit ${OFFENDER_LIMIT}`,
});
