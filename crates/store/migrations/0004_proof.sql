-- Proof: the log of acts as hash chains, signed checkpoints over them, and exports that are asked for.

-- An act's place in the chain of its organisation (without one: the coalition's), and the hash that
-- seals it and everything before it.
alter table audit add column sequence bigint not null default 0;
alter table audit add column hash text not null default '';

-- The last link of each chain; the coalition's own has the id of zeros.
create table chain_head (
    chain_id uuid primary key,
    sequence bigint not null,
    hash text not null
);

-- A signed statement of how every chain stood, as a signed note (C2SP).
create table checkpoint (
    number integer primary key,
    taken_at bigint not null,
    revision_id uuid unique references edition_revision (id),
    key text not null,
    note text not null
);

-- What checkpoints commit to, in order: one salted head for each chain, and padding without a chain.
create table checkpoint_leaf (
    position bigint primary key,
    checkpoint integer not null references checkpoint (number),
    chain_id uuid,
    sequence bigint not null,
    head text not null,
    salt text not null
);
create index checkpoint_leaf_checkpoint on checkpoint_leaf (checkpoint);

-- Which exports need the agreement of a second person. One without a row does not.
create table export_policy (
    kind text primary key,
    is_on_request boolean not null,
    member_id uuid not null references member (id),
    at bigint not null
);
create index export_policy_member on export_policy (member_id);

-- Exports: asked, agreed, made by a job, kept until they expire.
create table export_request (
    id uuid primary key,
    kind text not null,
    subject_id uuid,
    reason text not null,
    state text not null,
    member_id uuid not null references member (id),
    organisation_id uuid not null references organisation (id),
    asked_at bigint not null,
    decided_by_id uuid references member (id),
    decided_at bigint,
    file_id uuid references file (id),
    n_rows bigint,
    expires_at bigint
);
create index export_request_member on export_request (member_id);
create index export_request_organisation on export_request (organisation_id);
create index export_request_decided_by on export_request (decided_by_id);
create index export_request_file on export_request (file_id);
create index export_request_state on export_request (state, expires_at);
