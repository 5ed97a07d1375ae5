-- Passkeys (WebAuthn): a second factor, and with the check of their owner that they do themselves a whole sign-in.
-- Times are milliseconds since the Unix epoch.

-- What an authenticator keeps in the place of a user's id: random, so that it tells nothing, and the same for all his passkeys.
alter table users add column passkey_handle bytea not null unique default uuid_send(gen_random_uuid());

create table passkeys (
  id text primary key check (id ~ '^pk_[A-Za-z0-9_-]{20}$'),
  user_id bigint not null references users,
  name text not null check (length(name) between 1 and 64),
  -- As the authenticator names it; of one user only.
  credential_id bytea not null unique check (length(credential_id) between 16 and 1023),
  -- COSE (RFC 9052), as the authenticator gave it.
  public_key bytea not null,
  -- Signatures that the authenticator had made at the last one that was seen; 0: it doesn't count.
  sign_count bigint not null check (sign_count >= 0),
  -- Ways to the authenticator, for the browser.
  transports text[] not null,
  -- Whether its owner's other devices may have it too.
  is_synced boolean not null,
  created_at_ms bigint not null,
  last_used_at_ms bigint
);
create index passkeys_user on passkeys (user_id);

-- What an authenticator was asked to sign. Good once.
create table passkey_challenges (
  challenge_hash bytea primary key check (length(challenge_hash) = 32),
  purpose text not null check (purpose in ('add', 'sign_in', 'second_factor', 'step_up')),
  -- The session or the waiting sign-in that asked; null where nobody is known yet. Each has one for each purpose at a time.
  owner text,
  user_id bigint references users,
  expires_at_ms bigint not null,
  unique (purpose, owner),
  check ((purpose = 'sign_in') = (owner is null)),
  check ((purpose = 'sign_in') = (user_id is null))
);
create index passkey_challenges_expiry on passkey_challenges (expires_at_ms);
create index passkey_challenges_user on passkey_challenges (user_id);
