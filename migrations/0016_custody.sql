-- What is kept outside of the ledger: addresses, what arrived at them, and how withdrawals are paid. Amounts are minor units of
-- the ledger's assets, times milliseconds since the Unix epoch.

-- Which assets can come and go over which network, and for what.
create table asset_networks (
  asset_id integer not null references assets,
  network text not null check (network ~ '^[a-z0-9-]{1,32}$'),
  withdrawal_fee_minor numeric(38, 0) not null check (withdrawal_fee_minor >= 0),
  min_withdrawal_minor numeric(38, 0) not null check (min_withdrawal_minor > 0),
  min_deposit_minor numeric(38, 0) not null check (min_deposit_minor > 0),
  deposits boolean not null default true,
  withdrawals boolean not null default true,
  primary key (asset_id, network)
);

-- Each asset of an account has an address of its own, derived from its number. 0 is the exchange's own and stands nowhere here.
create table deposit_addresses (
  network text not null,
  address_no integer not null check (address_no > 0),
  account_id bigint not null references accounts,
  asset_id integer not null references assets,
  address text not null,
  created_at_ms bigint not null,
  primary key (network, address_no),
  unique (account_id, asset_id, network),
  unique (network, address)
);

-- The newest blocks that were read, as far back as a reorganisation is looked for.
create table chain_blocks (
  network text not null,
  height bigint not null,
  hash text not null,
  primary key (network, height)
);

-- What arrived at our addresses, each once however often its chain is reorganised. Credited under the reference
-- network:tx_id:output_index.
create table chain_transfers (
  network text not null,
  tx_id text not null,
  output_index integer not null,
  asset_id integer not null references assets,
  address text not null,
  -- 4: the house.
  account_id bigint not null references accounts,
  amount_minor numeric(38, 0) not null check (amount_minor > 0),
  -- Where it is; null: its block is no longer part of the chain.
  height bigint,
  block_hash text,
  detected_at_ms bigint not null,
  credited_at_ms bigint,
  primary key (network, tx_id, output_index)
);
create index chain_transfers_account on chain_transfers (account_id, detected_at_ms);
create index chain_transfers_height on chain_transfers (network, height);
create index chain_transfers_uncredited on chain_transfers (network) where credited_at_ms is null;

-- Transactions of the exchange: planned, then signed, then sent. Several attempts of one payment share their slots, so at most
-- one of them is ever taken in.
create table payments (
  payment_id text primary key,
  -- The first attempt's.
  root_id text not null,
  network text not null,
  -- null: among our own addresses.
  withdrawal_no bigint references withdrawals,
  slots text[] not null,
  unsigned text not null,
  network_fee_minor numeric(38, 0) not null check (network_fee_minor >= 0),
  status text not null check (status in ('planned', 'signed', 'settled', 'void')),
  tx_id text unique,
  raw text,
  planned_at_ms bigint not null,
  sent_at_ms bigint,
  check ((status = 'signed') <= (tx_id is not null and raw is not null))
);
create index payments_live on payments (network) where status in ('planned', 'signed');
create index payments_withdrawal on payments (withdrawal_no);

-- What a chain lets be used only once, and for which payment it is meant. Freed only when its payment can't happen any more.
create table payment_slots (
  network text not null,
  slot text not null,
  root_id text not null,
  primary key (network, slot)
);
-- A withdrawal is paid by one payment at a time.
create table withdrawal_payments (
  withdrawal_no bigint primary key references withdrawals,
  root_id text not null
);

-- The simulated network: what there is outside of the exchange when there is no chain.
create table simulated_blocks (
  height bigint primary key,
  hash text not null unique,
  parent_hash text not null,
  mined_at_ms bigint not null
);
create table simulated_transactions (
  tx_id text primary key,
  -- Payments of the exchange are numbered; what comes from elsewhere has none.
  nonce bigint,
  asset text not null,
  address text not null,
  amount_minor numeric(38, 0) not null check (amount_minor > 0),
  fee_minor numeric(38, 0) not null check (fee_minor >= 0),
  -- null: not in a block yet.
  height bigint references simulated_blocks on delete set null,
  received_no bigint generated always as identity
);
create unique index simulated_nonces on simulated_transactions (nonce) where height is not null;
create index simulated_transactions_height on simulated_transactions (height);
