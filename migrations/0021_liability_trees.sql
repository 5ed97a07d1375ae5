-- Proofs of liabilities: of each tree its root, which everybody may see, and a proof for each customer, which only he may.
create table liability_trees (
  tree_no bigint generated always as identity primary key,
  batch_no bigint not null,
  root jsonb not null,
  made_at_ms bigint not null
);
create table liability_proofs (
  tree_no bigint not null references liability_trees on delete cascade,
  account_id bigint not null references accounts,
  proof jsonb not null,
  primary key (tree_no, account_id)
);
