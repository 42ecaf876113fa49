-- The revision of claims and of series, which can be amended: of two who amend one record, the second is told. Written as
-- 0001_members.sql explains.
alter table claim add column revision integer not null default 1;
alter table series add column revision integer not null default 1;
