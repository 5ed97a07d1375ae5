-- Sign-in through OpenID providers, and programs that show a secret for a token. Times are milliseconds since the Unix epoch.

-- Who came through a provider may have no password.
alter table users alter column password_hash drop not null;

-- Who a provider says somebody is. A provider knows him by his subject, which never changes and is never given to another
-- (OpenID Connect Core, section 2), unlike his address.
create table identities (
  id text primary key check (id ~ '^[A-Za-z0-9_-]{20}$'),
  user_id bigint not null references users,
  issuer text not null check (length(issuer) between 1 and 255),
  subject text not null check (length(subject) between 1 and 255),
  -- As the provider told it when it was linked, so that the user knows which it is. Nothing else is decided by it.
  email text,
  created_at_ms bigint not null,
  last_used_at_ms bigint,
  unique (issuer, subject)
);
create index identities_user on identities (user_id);

-- Visits at providers that began and have not ended. Each is used up by the first to end it.
create table oidc_flows (
  -- SHA-256 of what only the page knows that began it.
  handle_hash bytea primary key check (length(handle_hash) = 32),
  -- SHA-256 of what the provider has to hand back.
  state_hash bytea not null check (length(state_hash) = 32),
  -- Its id in the configuration.
  provider text not null,
  -- The PKCE verifier and the nonce, sealed with the exchange's data key.
  sealed_secrets bytea not null,
  -- Who links an identity, and in which session; null for a sign-in.
  user_id bigint references users,
  session_id text references sessions on delete cascade,
  expires_at_ms bigint not null,
  check ((user_id is null) = (session_id is null))
);
create index oidc_flows_end on oidc_flows (expires_at_ms);
create index oidc_flows_session on oidc_flows (session_id) where session_id is not null;

-- The provider that stood in the place of the password; null: the password was shown.
alter table sign_in_challenges add column provider text;

alter table api_keys
  drop constraint api_keys_algorithm_check,
  -- client-secret: key_material is the SHA-256 of 256 random bits, which are shown for a token.
  add constraint api_keys_algorithm_check check (algorithm in ('hmac-sha256', 'ed25519', 'client-secret'));
