-- Withdrawals. Settlement writes all of this, in the transaction of the batch. Amounts are minor units, times milliseconds
-- since the Unix epoch.

-- The house's own money: what it was given from outside to pay networks with, less what they took. May be negative: then
-- networks were paid out of what customers own, and the house owes it.
alter table accounts drop constraint accounts_kind_check;
alter table accounts add constraint accounts_kind_check
  check (kind in ('customer', 'external', 'fees', 'pending_withdrawals', 'treasury'));
insert into accounts (id, kind) values (4, 'treasury');

alter table wallets drop constraint wallets_covered;
alter table wallets add constraint wallets_covered
  check (account_id in (1, 4) or (locked_minor >= 0 and balance_minor >= locked_minor));

-- One row a withdrawal, as it is after its last event.
create table withdrawals (
  withdrawal_no bigint primary key,
  account_id bigint not null references accounts,
  user_id bigint not null,
  asset_id integer not null references assets,
  amount_minor numeric(38, 0) not null check (amount_minor > 0),
  fee_minor numeric(38, 0) not null check (fee_minor >= 0),
  network text not null,
  address text not null,
  client_withdrawal_id text,
  request_digest bigint not null,
  -- In minor units of the valuation asset; null: not known.
  value_minor numeric(38, 0),
  rule jsonb not null,
  flags text[] not null,
  status text not null,
  version integer not null,
  approvals jsonb not null,
  requested_at_ms bigint not null,
  held_until_ms bigint not null,
  expires_at_ms bigint not null,
  updated_at_ms bigint not null,
  event_no integer not null,
  tx_id text,
  reason text
);
create index withdrawals_account on withdrawals (account_id, withdrawal_no);
create index withdrawals_recent on withdrawals (requested_at_ms);
create unique index withdrawals_client_id on withdrawals (account_id, client_withdrawal_id)
  where client_withdrawal_id is not null;
-- What is under way: few, whatever the history.
create index withdrawals_under_way on withdrawals (withdrawal_no)
  where status in ('requested', 'held', 'awaiting_approval', 'approved', 'signing', 'broadcast');

-- All that happened to a withdrawal, numbered from 1 without gaps: never changed. detail is the event as it was logged, with
-- the signature of an approval; entry_no the journal entry that it made, null where no money moved.
create table withdrawal_events (
  withdrawal_no bigint not null references withdrawals,
  event_no integer not null,
  type text not null,
  at_ms bigint not null,
  detail jsonb not null,
  entry_no bigint unique,
  primary key (withdrawal_no, event_no)
);
create index withdrawal_events_confirmed on withdrawal_events (at_ms) where type = 'confirmed';

create trigger withdrawal_events_are_append_only before update or delete on withdrawal_events
  for each row execute function refuse_change();
create trigger withdrawal_events_are_kept before truncate on withdrawal_events
  for each statement execute function refuse_change();

-- One row: what holds for all withdrawals. policy null: the one that the exchange comes with.
create table withdrawal_desk (
  singleton boolean primary key default true check (singleton),
  policy jsonb,
  paused jsonb,
  velocity_from_ms bigint not null default 0
);
insert into withdrawal_desk default values;

-- What networks took, each once.
create table network_costs (
  reference text primary key,
  entry_no bigint not null unique,
  asset_id integer not null references assets,
  amount_minor numeric(38, 0) not null check (amount_minor > 0),
  paid_at_ms bigint not null
);

-- Kind 4 of a posting: network_cost.
create or replace view postings_human as
select p.account_id, p.entry_no, a.symbol as asset,
       (array['trade', 'deposit', 'withdrawal', 'network_cost'])[p.kind] as kind,
       human_units(p.amount_minor, a.scale) as amount,
       to_timestamp(p.posted_at_ms / 1000.0) as posted_at
from postings p join assets a on a.id = p.asset_id;

create view withdrawals_human as
select w.withdrawal_no, w.account_id, a.symbol as asset, human_units(w.amount_minor, a.scale) as amount,
       human_units(w.fee_minor, a.scale) as fee, w.network, w.address, w.status, w.reason, w.tx_id,
       to_timestamp(w.requested_at_ms / 1000.0) as requested_at
from withdrawals w join assets a on a.id = w.asset_id;
