import { sql } from 'slonik';
import { EXTERNAL_ACCOUNT } from '../../../domain/trade.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';

/** Kinds of postings, as the schema numbers them. */
const WITHDRAWAL = 3;
const NETWORK_COST = 4;

export const moneyConserved = sqlCheck({
  name: 'money_conserved',
  title:
    'customers + fees + pending withdrawals + treasury = deposits − paid withdrawals − network costs, for each asset',
  subject: 'assets',
  count: countOf('assets'),
  offenders: sql.unsafe`
    select a.symbol as asset, coalesce(o.owed_minor, 0) as owed_minor,
           coalesce(d.deposited_minor, 0) as deposited_minor, coalesce(w.withdrawn_minor, 0) as withdrawn_minor
    from assets a
    left join (
      select asset_id, sum(balance_minor) as owed_minor from wallets
      where account_id <> ${EXTERNAL_ACCOUNT} group by asset_id
    ) o on o.asset_id = a.id
    left join (
      select asset_id, sum(amount_minor) as deposited_minor from deposits group by asset_id
    ) d on d.asset_id = a.id
    left join (
      select asset_id, sum(amount_minor) as withdrawn_minor from postings
      where account_id = ${EXTERNAL_ACCOUNT} and kind in (${WITHDRAWAL}, ${NETWORK_COST}) group by asset_id
    ) w on w.asset_id = a.id
    where coalesce(o.owed_minor, 0) <> coalesce(d.deposited_minor, 0) - coalesce(w.withdrawn_minor, 0)
    order by a.id limit ${OFFENDER_LIMIT}`,
});
