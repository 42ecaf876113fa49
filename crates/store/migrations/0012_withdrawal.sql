-- Which approved withdrawal last changed a revision, of whichever edition the passage was chosen in. Written as
-- 0001_members.sql explains.
alter table edition_revision add column withdrawal_id uuid references withdrawal (id);
create index edition_revision_withdrawal on edition_revision (withdrawal_id);
