import { sql } from 'slonik';
import { FEES_ACCOUNT } from '../../../domain/trade.ts';
import { countOf, OFFENDER_LIMIT, sqlCheck } from '../check.ts';
import { marketUnits } from '../units.ts';

/** Kind of a posting, as the schema numbers them. */
const TRADE = 1;

/**
 * The postings that each trade must have, written down here a second time: value and fees between buyer, seller and
 * the fees account, netted when buyer and seller are one, and none of zero but those of someone who traded with himself.
 */
const expectedPostings = sql.fragment`
  select t.entry_no, s.account_id, s.asset_id, s.amount_minor, t.executed_at_ms
  from (
    select t.entry_no, t.executed_at_ms, u.base_asset_id, u.quote_asset_id,
           t.quantity_lots * u.lot_minor as base_minor,
           t.price_ticks * t.quantity_lots::numeric * u.tick_lot_minor as quote_minor,
           case t.taker_side when 0 then t.taker_account_id else t.maker_account_id end as buyer,
           case t.taker_side when 0 then t.maker_account_id else t.taker_account_id end as seller,
           case t.taker_side when 0 then t.taker_fee_minor else t.maker_fee_minor end as buyer_fee,
           case t.taker_side when 0 then t.maker_fee_minor else t.taker_fee_minor end as seller_fee
    from trades t join (${marketUnits}) u using (market_id)
  ) t
  cross join lateral (values
    (t.buyer, t.base_asset_id, case when t.buyer = t.seller then 0 else t.base_minor end - t.buyer_fee,
      t.buyer = t.seller),
    (t.buyer, t.quote_asset_id, case when t.buyer = t.seller then - t.seller_fee else - t.quote_minor end,
      t.buyer = t.seller),
    (t.seller, t.base_asset_id, case when t.buyer = t.seller then 0 else - t.base_minor end, false),
    (t.seller, t.quote_asset_id, case when t.buyer = t.seller then 0 else t.quote_minor - t.seller_fee end,
      false),
    (${FEES_ACCOUNT}::bigint, t.base_asset_id, t.buyer_fee, false),
    (${FEES_ACCOUNT}::bigint, t.quote_asset_id, t.seller_fee, false)
  ) as s (account_id, asset_id, amount_minor, own)
  where s.amount_minor <> 0 or s.own`;

export const tradesPosted = sqlCheck({
  name: 'trades_posted',
  title: 'the postings of every trade are its value and its fees, and no other posting says it is a trade',
  subject: 'trades',
  count: countOf('trades'),
  offenders: sql.unsafe`
    select entry_no, account_id, a.symbol as asset, e.amount_minor as expected_minor, p.amount_minor as posted_minor
    from (${expectedPostings}) e
    full join (select * from postings where kind not in (2, 3, 4)) p using (account_id, entry_no, asset_id)
    left join assets a on a.id = asset_id
    where e.amount_minor is distinct from p.amount_minor
       or e.executed_at_ms <> p.posted_at_ms
       or p.kind <> ${TRADE}
    order by entry_no, account_id limit ${OFFENDER_LIMIT}`,
});
