-- What people are told by mail, and the tokens in those mails. Times are milliseconds since the Unix epoch.

-- Users from before could sign in, and so can they still.
alter table users add column email_confirmed_at_ms bigint;
update users set email_confirmed_at_ms = created_at_ms;

create table mails (
  id bigint generated always as identity primary key,
  -- No control characters: an address must not be able to write headers.
  recipient text not null check (recipient !~ '[[:cntrl:][:space:]<>,;]'),
  kind text not null,
  -- What the mail says, tokens included: sealed with the exchange's data key, and gone once it is delivered or given up.
  sealed_payload bytea,
  created_at_ms bigint not null,
  -- Not worth delivering any more.
  expires_at_ms bigint not null,
  attempts integer not null default 0,
  next_attempt_at_ms bigint not null,
  -- What went wrong last; null once it is delivered.
  last_error text,
  ended_at_ms bigint,
  outcome text check (outcome in ('delivered', 'given_up', 'not_wanted')),
  check ((sealed_payload is null) = (outcome is not null)),
  check ((ended_at_ms is null) = (outcome is null))
);
create index mails_due on mails (next_attempt_at_ms) where outcome is null;
create index mails_ended on mails (ended_at_ms) where outcome is not null;
create index mails_of_recipient on mails (recipient, kind, created_at_ms);

-- 256 random bits each, stored as SHA-256, good once. A user has at most one for each purpose: a new one replaces the old.
create table mail_tokens (
  user_id bigint not null references users,
  purpose text not null check (purpose in ('confirm_email', 'reset_password')),
  token_hash bytea not null unique check (length(token_hash) = 32),
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  primary key (user_id, purpose)
);
