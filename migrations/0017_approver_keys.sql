-- With what operators sign approvals besides passkeys: Ed25519 public keys. One that was removed stays, so that what it signed
-- before can be told from what it could not have. Times are milliseconds since the Unix epoch.
create table approver_keys (
  id text primary key,
  user_id bigint not null references users,
  name text not null,
  public_key bytea not null unique check (length(public_key) = 32),
  added_at_ms bigint not null,
  removed_at_ms bigint
);
create index approver_keys_user on approver_keys (user_id);
