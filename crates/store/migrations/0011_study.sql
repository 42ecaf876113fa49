-- List studies: how many people no list holds. Written as 0001_members.sql explains. What may never stand here: a row id of
-- a token file, a cluster number, or anything else about one person.

create table study (
    id uuid primary key,
    title text not null,
    question text not null,
    from_on text not null,
    to_on text not null,
    threshold integer not null,
    officer_id uuid not null references member (id),
    recipient text not null,
    schema_fingerprint text not null,
    state text not null,
    n_resamples integer,
    result text,
    true_size bigint,
    published_on text,
    is_invented boolean not null,
    member_id uuid not null references member (id),
    recorded_at bigint not null
);
create index study_officer on study (officer_id);

-- An invited organisation's list. Its number names it in the links: nobody who links needs to know whose it is.
create table study_list (
    id uuid primary key,
    study_id uuid not null references study (id),
    organisation_id uuid not null references organisation (id),
    number integer not null,
    unique (study_id, organisation_id),
    unique (study_id, number)
);
create index study_list_organisation on study_list (organisation_id);

-- A token file as it was sent: encrypted to the linkage officer's key, so nothing in it can be read here. destroyed_for and
-- destroyed_by_id say that it is to be destroyed; destroyed_at, that its bytes are gone. Then only this row stays, as the
-- record of it.
create table study_token_file (
    id uuid primary key,
    study_list_id uuid not null references study_list (id),
    file_id uuid references file (id),
    sha256 text not null,
    n_bytes bigint not null,
    n_people bigint not null,
    member_id uuid not null references member (id),
    sent_at bigint not null,
    destroyed_at bigint,
    destroyed_by_id uuid references member (id),
    destroyed_for text
);
create index study_token_file_list on study_token_file (study_list_id);
-- However many send at once, a list has one token file.
create unique index study_token_file_present on study_token_file (study_list_id) where destroyed_for is null;
create index study_token_file_file on study_token_file (file_id);
create index study_token_file_hash on study_token_file (sha256);

-- How many people are on exactly these lists; history is a bitmask over the lists' numbers, the first list being bit 0.
create table study_overlap (
    id uuid primary key,
    study_id uuid not null references study (id),
    history integer not null,
    n bigint not null,
    unique (study_id, history)
);
