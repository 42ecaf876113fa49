-- People who are supported, and their cases. Written as 0001_members.sql explains; ids are random, because a time tells
-- when someone came. In clear stand the organisation, whether a case is open, its next due day, who works on it and the
-- key; everything else is sealed under the person's key, and no index could be made of it.

-- Who they are, and how they may be contacted.
create table person (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    person_key_id uuid not null,
    sealed_identity bytea not null,
    revision integer not null,
    is_invented boolean not null
);
create index person_organisation on person (organisation_id);
create index person_key on person (person_key_id);

-- The support of a person by one organisation. (`case` alone is a word of SQL.) sealed_line: what a list and a search
-- need of it, written anew with every change. changed: the state of the organisation's caseload that it last changed in.
create table support_case (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    person_id uuid not null references person (id) on delete cascade,
    is_open boolean not null,
    next_due_on text,
    sealed_about bytea not null,
    sealed_line bytea not null,
    revision integer not null,
    changed bigint not null,
    is_invented boolean not null
);
create index support_case_organisation on support_case (organisation_id, changed);
create index support_case_person on support_case (person_id);

create table case_member (
    case_id uuid not null references support_case (id) on delete cascade,
    member_id uuid not null references member (id) on delete cascade,
    primary key (case_id, member_id)
);
create index case_member_member on case_member (member_id);

-- What happened, when, and what it corrects: all of it sealed. Rows are added and never changed.
create table event (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_entry bytea not null
);
create index event_case on event (case_id);

create table exploitation (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_episode bytea not null,
    revision integer not null
);
create index exploitation_case on exploitation (case_id);

create table need (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_need bytea not null,
    revision integer not null
);
create index need_case on need (case_id);

create table time_entry (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_entry bytea not null
);
create index time_entry_case on time_entry (case_id);

-- How often an organisation's cases have changed: what a list that is kept in memory is compared with.
create table caseload (
    organisation_id uuid primary key references organisation (id),
    counter bigint not null
);
