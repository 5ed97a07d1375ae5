-- Who may sign in, and the sessions in which they are. Times are milliseconds since the Unix epoch.

create table users (
  id bigint generated always as identity primary key,
  email text not null check (length(email) between 3 and 254),
  -- Argon2id in PHC string format, parameters and salt included.
  password_hash text not null,
  account_id bigint not null unique references accounts,
  role text not null default 'customer' check (role in ('customer', 'operator')),
  created_at_ms bigint not null
);
-- An address is one person's whatever its spelling.
create unique index users_email on users (lower(email));

create table sessions (
  id text primary key,
  user_id bigint not null references users,
  -- SHA-256 of the refresh token that is good now. The token itself is nowhere but with the client.
  refresh_hash bytea not null unique check (length(refresh_hash) = 32),
  created_at_ms bigint not null,
  refreshed_at_ms bigint not null,
  expires_at_ms bigint not null,
  ended_at_ms bigint,
  end_reason text check (end_reason in ('logged_out', 'refresh_token_reused')),
  check ((ended_at_ms is null) = (end_reason is null))
);
create index sessions_user on sessions (user_id);

-- Refresh tokens that were exchanged for a newer one. Whoever shows one again has a copy, so the session ends.
create table used_refresh_tokens (
  refresh_hash bytea primary key check (length(refresh_hash) = 32),
  session_id text not null references sessions on delete cascade,
  used_at_ms bigint not null
);
create index used_refresh_tokens_session on used_refresh_tokens (session_id);
