-- Sessions say where they began, so that their owner knows them, and when their end was written down, so that every process
-- of the exchange hears of it.
alter table sessions
  add column ip text,
  add column user_agent text check (length(user_agent) <= 200),
  -- By the clock of the database, which all processes share.
  add column end_recorded_at timestamptz,
  drop constraint sessions_end_reason_check,
  add constraint sessions_end_reason_check check
    (end_reason in ('logged_out', 'refresh_token_reused', 'ended_by_owner', 'password_changed', 'ended_by_operator'));
create index sessions_recently_ended on sessions (end_recorded_at) where end_recorded_at is not null;
