-- Several deposits of an account may be found in one millisecond: pages of them are cut by a number that each has for itself.
alter table chain_transfers add column transfer_no bigint generated always as identity;
drop index chain_transfers_account;
create unique index chain_transfers_account on chain_transfers (account_id, transfer_no);
