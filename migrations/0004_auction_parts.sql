-- An auction of very many trades is ended in several messages, and the market takes its status with the last of them.
alter table market_states
  add column auction_opens_as text not null default 'open' check (auction_opens_as in ('open', 'post_only'));

-- One more reason for which an order ends.
create or replace function order_word(kind text, code integer) returns text language sql immutable
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
          'market_closed', 'market_halted', 'canceled_by_operator', 'too_many_trades']
end)[code + 1];
