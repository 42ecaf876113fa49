-- How long each kind of sealed record is kept. Written as 0001_members.sql explains.

-- owner: an organisation, or the coalition (the nil id).
create table retention_rule (
    owner_id uuid not null,
    kind text not null,
    months integer not null,
    member_id uuid not null references member (id),
    set_at bigint not null,
    primary key (owner_id, kind)
);
create index retention_rule_member on retention_rule (member_id);

-- A record that is kept beyond its term, because someone looked at it and said why not to erase it yet.
create table retention_keep (
    record_id uuid primary key,
    until_on text not null,
    member_id uuid not null references member (id)
);
create index retention_keep_member on retention_keep (member_id);
