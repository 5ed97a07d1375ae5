-- The address book of a user, and whether withdrawals may go only there. Times are milliseconds since the Unix epoch.
create table withdrawal_addresses (
  id text primary key,
  user_id bigint not null references users,
  label text not null,
  network text not null,
  address text not null,
  -- null: for every asset of the network.
  asset_id integer references assets,
  added_at_ms bigint not null,
  usable_from_ms bigint not null,
  removed_at_ms bigint
);
create unique index withdrawal_addresses_once on withdrawal_addresses (user_id, network, address, coalesce(asset_id, 0))
  where removed_at_ms is null;

alter table users
  add column withdraw_listed_only boolean not null default false;
