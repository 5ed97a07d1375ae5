-- Roles of operators; what each may do is in the code (src/domain/roles.ts). Who was an operator could do everything.
alter table users drop constraint users_role_check;
update users set role = 'admin' where role = 'operator';
alter table users
  add constraint users_role_check check (role in ('customer', 'viewer', 'support', 'treasurer', 'risk', 'admin'));
create index users_operators on users (role, id) where role <> 'customer';
-- For looking people up by how their address begins, whatever the collation.
create index users_email_prefix on users (lower(email) text_pattern_ops);

-- Sessions that the command line begins: whoever has the machine and its secrets shows no second factor.
alter table sessions
  add column by_command_line boolean not null default false;
