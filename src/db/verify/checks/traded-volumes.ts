import { sql } from 'slonik';
import { DAY_MS } from '../../../domain/accounts/traded-volumes.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { fills, marketUnits } from '../units.ts';

export const tradedVolumes = sqlCheck({
  name: 'traded_volumes',
  title: 'the daily volumes that fee tiers look at are what the accounts traded',
  subject: 'daily volumes',
  count: countOf('account_volumes'),
  // Both sides of a trade with oneself count, like any other.
  offenders: sql.unsafe`
    select account_id, a.symbol as quote, day, v.volume_minor, f.traded_minor
    from account_volumes v
    full join (
      select f.account_id, u.quote_asset_id, (f.executed_at_ms / ${DAY_MS})::integer as day,
             sum(f.price_ticks * f.quantity_lots::numeric * u.tick_lot_minor) as traded_minor
      from (${fills}) f join (${marketUnits}) u using (market_id)
      group by 1, 2, 3
    ) f using (account_id, quote_asset_id, day)
    left join assets a on a.id = quote_asset_id
    where v.volume_minor is distinct from f.traded_minor
    order by account_id, day limit ${OFFENDER_LIMIT}`,
});
