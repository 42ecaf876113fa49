-- More of a case: where the person comes from, whom to speak to, and how an organisation wants its casework done. Written as
-- 0010_casework.sql explains: everything about a person is sealed under their key.

create table background (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_background bytea not null,
    revision integer not null
);
create index background_case on background (case_id);

-- Someone at an authority or a service, for one case.
create table case_contact (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_contact bytea not null,
    revision integer not null
);
create index case_contact_case on case_contact (case_id);

-- What an organisation wants of its casework; without a row nothing more than the program itself asks.
create table case_setting (
    organisation_id uuid primary key references organisation (id),
    wants_approval boolean not null,
    revision integer not null
);
