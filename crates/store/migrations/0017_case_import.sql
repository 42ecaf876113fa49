-- Files of cases that an organisation brings in. Written as 0001_members.sql explains. A file names people, so it lies
-- here sealed and never on the disk by itself, and goes when it is decided about.

-- sealed_plan: the name of the file, how it is read, and what was found in it. sealed_file: the file, and once it was
-- taken the rows that were refused. person_key_id: what both are sealed with, gone when they are. tried_at: when keys were
-- last made to take it, so that those of an attempt that was cut off are known.
create table case_import (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    member_id uuid not null references member (id),
    person_key_id uuid,
    state text not null,
    sealed_plan bytea,
    sealed_file bytea,
    tried_at bigint,
    at bigint not null
);
create index case_import_organisation on case_import (organisation_id, at);
create index case_import_member on case_import (member_id);

-- The cases that an import brought. n_parts: how many rows hung on the case then, so that undoing sees what came since.
create table case_import_case (
    case_import_id uuid not null references case_import (id) on delete cascade,
    case_id uuid not null references support_case (id) on delete cascade,
    n_parts integer not null,
    primary key (case_import_id, case_id)
);
create index case_import_case_case on case_import_case (case_id);

-- What an organisation said of its files, by their headings: sealed, because headings are theirs.
create table case_mapping (
    organisation_id uuid primary key references organisation (id),
    person_key_id uuid not null,
    sealed_mapping bytea not null
);
