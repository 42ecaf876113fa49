-- What organisations contribute of their cases, as the coalition receives it, and what is computed of all of them together.
-- Written as 0001_members.sql explains.

-- A contribution as it came. What it holds is in received_file, sealed, and gone once the next one replaces it; this row
-- stays, as the record of it. signing_key is the sender's public key in hexadecimal; none where a coordinator took in a plain
-- file.
create table received_contribution (
    id uuid primary key,
    cycle_id uuid not null references cycle (id),
    organisation_id uuid not null references organisation (id),
    number integer not null,
    state text not null,
    signing_key text,
    sha256 text not null,
    n_bytes bigint not null,
    person_key_id uuid,
    member_id uuid not null references member (id),
    received_at bigint not null,
    ended_at bigint,
    unique (cycle_id, organisation_id, number)
);
create index received_contribution_organisation on received_contribution (organisation_id);

-- The sealed bytes of a contribution that may still be computed.
create table received_file (
    contribution_id uuid primary key references received_contribution (id),
    sealed bytea not null
);

-- The signing key of an organisation, once a coordinator has compared its fingerprint by voice.
create table sender_key (
    organisation_id uuid primary key references organisation (id),
    public_key text not null,
    member_id uuid not null references member (id),
    confirmed_at bigint not null
);

-- Measures computed of every current contribution of a cycle, from 1 on. rests_on: the ids of the contributions, as JSON;
-- left_out: of those that do not fit the pack.
create table case_computation (
    id uuid primary key,
    cycle_id uuid not null references cycle (id),
    number integer not null,
    pack_version integer not null,
    threshold integer not null,
    rests_on text not null,
    left_out text not null,
    member_id uuid not null references member (id),
    computed_at bigint not null,
    unique (cycle_id, number)
);

-- A measure as it may be shown: everything small was withheld before it came here. A measure that a computation does not
-- have stays as the one before it left it.
create table case_measurement (
    id uuid primary key,
    computation_id uuid not null references case_computation (id),
    measure text not null,
    version integer not null,
    measurement text not null,
    unique (computation_id, measure)
);
