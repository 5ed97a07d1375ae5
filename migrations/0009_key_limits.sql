-- A key may have fewer requests a minute than others, so that a program that goes wild leaves something to the rest.
alter table api_keys add column points_per_minute integer check (points_per_minute > 0);
