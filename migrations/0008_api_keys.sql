-- Keys with which programs sign their requests. Times are milliseconds since the Unix epoch.
create table api_keys (
  id text primary key check (id ~ '^bk_[A-Za-z0-9_-]{20}$'),
  user_id bigint not null references users,
  name text not null check (length(name) between 1 and 64),
  algorithm text not null check (algorithm in ('hmac-sha256', 'ed25519')),
  -- hmac-sha256: the secret, sealed with the exchange's data key; ed25519: the public key, 32 bytes.
  key_material bytea not null,
  scopes text[] not null check (scopes <@ array['read', 'trade'] and cardinality(scopes) > 0),
  -- Where it may be used from; empty: anywhere.
  networks text[] not null,
  created_at_ms bigint not null,
  -- null: never.
  expires_at_ms bigint,
  -- To the minute.
  last_used_at_ms bigint,
  revoked_at_ms bigint,
  -- By the clock of the database, which all processes share.
  revocation_recorded_at timestamptz
);
create index api_keys_user on api_keys (user_id);
create index api_keys_recently_revoked on api_keys (revocation_recorded_at) where revocation_recorded_at is not null;
