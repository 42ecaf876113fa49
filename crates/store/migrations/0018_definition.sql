-- Versions of the measures from cases that the coalition wrote itself; the program carries the others. definition is JSON of
-- crates/domain/src/pack/definition.rs. A cycle takes, of each measure, the newest version that stood when it opened, so a
-- row is only ever added. Written as 0001_members.sql explains.
create table measure_definition (
    id uuid primary key,
    code text not null,
    version integer not null,
    definition text not null,
    why text not null,
    member_id uuid not null references member (id),
    recorded_at bigint not null,
    unique (code, version)
);
create index measure_definition_member on measure_definition (member_id);
