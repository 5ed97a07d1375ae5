-- Orders beyond plain limit and market orders: those that wait for a price or for another order, icebergs, lists,
-- good till date; self-trade prevention; limits of a market.

-- type, time_in_force, self_trade: as in orders. waiting: 0 on the book, 1 for a stop price, 2 for the working order of its
-- list. terms: what the order asks for beyond the columns; null for a plain order.
alter table open_orders
  add column type smallint not null default 0,
  add column time_in_force smallint not null default 0,
  add column waiting smallint not null default 0 check (waiting between 0 and 2),
  add column self_trade smallint not null default 0,
  -- null: the account by itself.
  add column trade_group bigint,
  -- json, not jsonb: the text stays as the exchange wrote it.
  add column terms json;
alter table orders
  add column self_trade smallint not null default 0,
  add column terms json;

-- Places in its queues that a market gave out; until now a place was the number of the message.
alter table market_states add column places bigint;
update market_states set places = seq;
alter table market_states alter column places set not null;

alter table markets
  -- 0: none.
  add column max_notional_minor numeric(38, 0) not null default 0 check (max_notional_minor >= 0),
  add column limit_band_ppm integer not null default 0 check (limit_band_ppm between 0 and 1000000),
  add column max_open_orders integer not null default 10000 check (max_open_orders between 1 and 10000),
  add column max_open_stops integer not null default 500 check (max_open_stops between 1 and 10000);

-- Accounts of one trade group don't trade with each other where an order asks for that; null: the account by itself.
-- self_trade: what orders ask for that don't say themselves; 1: cancel_newest.
alter table accounts
  add column trade_group bigint,
  add column self_trade smallint not null default 1;

-- Trades that did not happen because both orders belonged to one trade group.
create table prevented_matches (
  id bigint generated always as identity primary key,
  market_id integer not null,
  seq bigint not null,
  place integer not null,
  mode smallint not null,
  price_ticks bigint not null,
  quantity_lots bigint not null,
  taker_side smallint not null,
  maker_account_id bigint not null,
  maker_order_no bigint not null,
  taker_account_id bigint not null,
  taker_order_no bigint not null,
  prevented_at_ms bigint not null,
  unique (market_id, seq, place)
);
create index prevented_matches_maker on prevented_matches (maker_account_id, id);
create index prevented_matches_taker on prevented_matches (taker_account_id, id);

-- The dead-man's switch: an account whose countdown runs out has its orders canceled; null: off.
create table countdowns (
  account_id bigint primary key references accounts,
  expires_at_ms bigint
) with (fillfactor = 40);

-- The life of a market: pending until it is opened, auction while orders gather without trading, closed for good.
alter table market_states drop constraint market_states_status_check;
alter table market_states
  add constraint market_states_status_check check (
    status in ('open', 'post_only', 'cancel_only', 'halted', 'pending', 'auction', 'closed')
  ),
  -- When the auction ends by itself; null: an operator ends it.
  add column auction_ends_at_ms bigint,
  -- The circuit breaker measures from the trade after this one: an auction found a new price.
  add column breaker_from_trade_no bigint not null default 0;
-- The circuit breaker: how far the price may move in how long before an auction of what length; null: none.
alter table markets
  add column breaker_band_ppm integer check (breaker_band_ppm between 1 and 1000000),
  add column breaker_window_ms bigint check (breaker_window_ms between 1000 and 3600000),
  add column breaker_auction_ms bigint check (breaker_auction_ms between 1000 and 86400000),
  add check (num_nulls(breaker_band_ppm, breaker_window_ms, breaker_auction_ms) in (0, 3));

-- Words for the small numbers in orders, for people; a test holds them equal to the code's.
create function order_word(kind text, code integer) returns text language sql immutable
return (case kind
  when 'type' then array['limit', 'market', 'stop', 'stop_limit', 'take_profit', 'take_profit_limit', 'trailing_stop']
  when 'time_in_force' then array['gtc', 'ioc', 'fok', 'gtd']
  when 'self_trade' then array['none', 'cancel_newest', 'cancel_oldest', 'cancel_both', 'decrement_and_cancel']
  when 'status' then
    array['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'untriggered', 'pending']
  when 'reason' then
    array['none', 'filled', 'canceled_by_client', 'immediate_or_cancel', 'fill_or_kill_not_fillable',
          'post_only_would_take', 'insufficient_liquidity', 'level_full', 'self_trade', 'minimum_not_fillable', 'expired',
          'list_leg_executed', 'list_canceled', 'nothing_received', 'replaced', 'countdown', 'disconnected',
          'market_closed', 'market_halted', 'canceled_by_operator']
end)[code + 1];

-- Orders that have ended, and why.
create view orders_human as
select o.account_id, o.order_no, m.symbol as market, case o.side when 0 then 'buy' else 'sell' end as side,
       order_word('type', o.type) as type, order_word('time_in_force', o.time_in_force) as time_in_force,
       human_units(o.price_ticks * m.tick_units, m.price_scale) as price,
       human_units(o.quantity_lots * m.lot_minor, b.scale) as quantity,
       human_units(o.filled_lots * m.lot_minor, b.scale) as filled,
       order_word('status', o.status) as status, order_word('reason', o.reason) as reason, o.terms,
       to_timestamp(o.created_at_ms / 1000.0) as created_at, to_timestamp(o.updated_at_ms / 1000.0) as ended_at
from orders o join markets m on m.id = o.market_id join assets b on b.id = m.base_asset_id;
