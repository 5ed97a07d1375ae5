import { sql } from 'slonik';

/**
 * What a lot and a lot at one tick are worth in each market, from the market's own columns and not from the code
 * that trades: columns market_id, base_asset_id, quote_asset_id, lot_minor, tick_lot_minor.
 */
export const marketUnits = sql.fragment`
  select m.id as market_id, m.symbol as market, m.base_asset_id, m.quote_asset_id, m.lot_minor,
         div(m.tick_units * m.lot_minor * ('1' || repeat('0', q.scale))::numeric,
             ('1' || repeat('0', m.price_scale + b.scale))::numeric) as tick_lot_minor
  from markets m join assets b on b.id = m.base_asset_id join assets q on q.id = m.quote_asset_id`;

/** Every order, open or ended, with what trading did to it. */
export const allOrders = sql.fragment`
  select account_id, order_no, market_id, side, quantity_lots, filled_lots, filled_quote_minor, fee_minor,
         maker_fee_ppm, taker_fee_ppm
  from open_orders
  union all
  select account_id, order_no, market_id, side, quantity_lots, filled_lots, filled_quote_minor, fee_minor,
         maker_fee_ppm, taker_fee_ppm
  from orders`;

/** Both sides of every trade: one row per order in it. side: 0 buys, 1 sells. */
export const fills = sql.fragment`
  select t.entry_no, t.market_id, f.account_id, f.order_no, f.side, f.role, t.price_ticks, t.quantity_lots,
         f.fee_minor, t.executed_at_ms
  from trades t
  cross join lateral (values
    (t.maker_account_id, t.maker_order_no, 1 - t.taker_side, 'maker', t.maker_fee_minor),
    (t.taker_account_id, t.taker_order_no, t.taker_side::integer, 'taker', t.taker_fee_minor)
  ) as f (account_id, order_no, side, role, fee_minor)`;
