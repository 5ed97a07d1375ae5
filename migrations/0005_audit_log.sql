-- Every security and operator action, in the order in which they were written down. Entries are never changed: each is chained
-- to the one before, as the batches of the message log are.
-- hash = SHA-256(hash of the entry before || entry_no as 8 bytes big-endian || payload).
create table audit_log (
  entry_no bigint primary key,
  -- JSON, to the byte what was hashed.
  payload text not null,
  hash bytea not null check (length(hash) = 32),
  -- For look-ups; what counts is the payload.
  at_ms bigint not null generated always as ((payload::jsonb ->> 'atMs')::bigint) stored,
  action text not null generated always as (payload::jsonb ->> 'action') stored,
  user_id bigint generated always as ((payload::jsonb ->> 'userId')::bigint) stored
);
create index audit_log_user on audit_log (user_id, entry_no) where user_id is not null;
create index audit_log_action on audit_log (action, entry_no);

-- One row: where the chain ends. Writers take turns at it.
create table audit_head (
  singleton boolean primary key default true check (singleton),
  entry_no bigint not null,
  hash bytea not null check (length(hash) = 32)
);
insert into audit_head (entry_no, hash) values (0, decode(repeat('00', 32), 'hex'));

-- Writes an entry down, as a part of the transaction that it tells of.
create function append_audit(entry text) returns bigint language plpgsql as $$
declare
  head audit_head;
begin
  select * into strict head from audit_head for update;
  head.entry_no := head.entry_no + 1;
  head.hash := sha256(head.hash || int8send(head.entry_no) || convert_to(entry, 'UTF8'));
  insert into audit_log (entry_no, payload, hash) values (head.entry_no, entry, head.hash);
  update audit_head set entry_no = head.entry_no, hash = head.hash;
  return head.entry_no;
end
$$;

-- Against a slip of the hand; who owns the database can take these away, and is found out by the chain.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'entries of % are never changed', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger audit_log_is_append_only before update or delete on audit_log
  for each row execute function refuse_change();
create trigger audit_log_is_kept before truncate on audit_log
  for each statement execute function refuse_change();
