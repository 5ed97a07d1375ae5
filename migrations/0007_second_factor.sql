-- What a user shows besides his password. Times are milliseconds since the Unix epoch.

-- Time-based one-time passwords (RFC 6238).
create table totp_factors (
  user_id bigint primary key references users,
  -- Sealed with the exchange's data key: whoever has only the database has no codes.
  sealed_secret bytea not null,
  created_at_ms bigint not null,
  -- null until a code of it was shown.
  confirmed_at_ms bigint,
  -- The newest time step of which a code was used: none of it, or of an older one, is good any more.
  last_step bigint not null default 0
);

-- Good once each, in the place of a code. 80 random bits, so a fast hash is enough.
create table recovery_codes (
  user_id bigint not null references users,
  code_hash bytea not null check (length(code_hash) = 32),
  used_at_ms bigint,
  primary key (user_id, code_hash)
);

-- Sign-ins whose password was right and that wait for a code.
create table sign_in_challenges (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id bigint not null references users,
  expires_at_ms bigint not null
);
create index sign_in_challenges_user on sign_in_challenges (user_id);

alter table sessions
  -- When the second factor was shown in it last; null: never.
  add column verified_at_ms bigint,
  drop constraint sessions_end_reason_check,
  add constraint sessions_end_reason_check check
    (end_reason in ('logged_out', 'refresh_token_reused', 'ended_by_owner', 'password_changed', 'factor_changed',
                    'ended_by_operator'));
