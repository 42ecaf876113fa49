-- What an organisation releases of its cases into a cycle. Written as 0001_members.sql explains. Counts, codes and which cases are in
-- it are sealed under a key of its own, which is sealed to the organisation and destroyed when the contribution is replaced,
-- refused or withdrawn. The file is sealed to the coalition.

-- number: counts what was approved, for one cycle. recipient: the coalition's key that the file is sealed to, as a line of text.
create table contribution (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    cycle text not null,
    number integer,
    state text not null,
    revision integer not null,
    person_key_id uuid,
    sealed_content bytea,
    sealed_cases bytea,
    sealed_reason bytea,
    prepared_by_id uuid not null,
    prepared_at bigint not null,
    decided_by_id uuid,
    decided_at bigint,
    sent_at bigint,
    recipient text,
    sha256 text,
    file bytea,
    unique (organisation_id, cycle, number)
);
create index contribution_organisation on contribution (organisation_id, prepared_at);

-- Who signs an organisation's contributions: made on first use, and anew after its key pair was. number: of that pair.
create table signing_key (
    organisation_id uuid not null references organisation (id),
    number integer not null,
    public_key bytea not null,
    person_key_id uuid not null,
    sealed_secret bytea not null,
    created_at bigint not null,
    primary key (organisation_id, number)
);
