-- Unpaid time that is being given: when a member pressed Start on a case and what for, sealed under the person's key. Stopping it
-- makes a time_entry of it. Written as 0001_members.sql explains.
create table timer (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_start bytea not null
);
create index timer_case on timer (case_id);
