-- An account that is frozen takes no new orders and nothing leaves it. Settlement writes it, as it writes the rest of the policy.
alter table accounts
  add column frozen boolean not null default false;

-- While one of them lasts, nothing is withdrawn: whoever changed the sign-in may not be the owner. Times are milliseconds since
-- the Unix epoch.
create table withdrawal_holds (
  id bigint generated always as identity primary key,
  user_id bigint not null references users,
  reason text not null check (reason ~ '^[a-z_]{1,40}$'),
  begins_at_ms bigint not null,
  until_ms bigint not null check (until_ms >= begins_at_ms)
);
create index withdrawal_holds_user on withdrawal_holds (user_id, until_ms);
