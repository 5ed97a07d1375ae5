-- Keys that withdraw: only from the networks that they name.
alter table api_keys drop constraint api_keys_scopes_check;
alter table api_keys add constraint api_keys_scopes_check
  check (scopes <@ array['read', 'trade', 'withdraw'] and cardinality(scopes) > 0);
alter table api_keys add constraint api_keys_withdraw_from_networks
  check (not 'withdraw' = any (scopes) or (cardinality(networks) > 0 and algorithm <> 'client-secret'));
