-- Which events of withdrawals their owners were told of by mail: written with the mail, so that each is told once.
create table withdrawal_mails (
  withdrawal_no bigint not null,
  event_no integer not null,
  primary key (withdrawal_no, event_no),
  foreign key (withdrawal_no, event_no) references withdrawal_events
);
-- To find those that were not.
create index withdrawal_events_told on withdrawal_events (at_ms)
  where type in ('requested', 'confirmed', 'sent', 'rejected', 'expired', 'failed');
