-- Members, files, jobs and registers. One text for SQLite and PostgreSQL: ids are uuid, instants are bigint
-- microseconds (_at), days are ISO text (_on), closed lists are text codes, lists that are never
-- searched are JSON text. Text that is compared or sorted has a folded twin (_folded).

create table organisation (
    id uuid primary key,
    name text not null,
    name_folded text not null unique,
    about text not null,
    is_active boolean not null,
    created_at bigint not null
);

create table member (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    name text not null,
    sign_in text not null unique,
    passphrase text not null,
    is_active boolean not null,
    created_at bigint not null
);
create index member_organisation on member (organisation_id);

create table member_role (
    member_id uuid not null references member (id) on delete cascade,
    role text not null,
    primary key (member_id, role)
);

-- One row per act; ids only, never names or words.
create table audit (
    id uuid primary key,
    at bigint not null,
    organisation_id uuid,
    member_id uuid,
    action text not null,
    subject text not null,
    subject_id uuid,
    outcome text not null
);
create index audit_at on audit (at);
create index audit_organisation on audit (organisation_id, at);

-- What each form post made, so that a double click makes one record.
create table form_post (
    token text primary key,
    member_id uuid not null references member (id) on delete cascade,
    subject_id uuid,
    at bigint not null
);
create index form_post_member on form_post (member_id);

-- What a member has typed and not yet sent, sealed to their own public key.
create table draft (
    member_id uuid not null references member (id) on delete cascade,
    form text not null,
    sealed_body bytea not null,
    saved_at bigint not null,
    primary key (member_id, form)
);

create table job (
    id uuid primary key,
    kind text not null,
    payload text not null,
    state text not null,
    done integer not null,
    total integer not null,
    note text not null,
    attempts integer not null,
    member_id uuid,
    created_at bigint not null,
    beat_at bigint not null
);
create index job_state on job (state, created_at);

create table file (
    id uuid primary key,
    sha256 text not null,
    name text not null,
    media_type text not null,
    n_bytes bigint not null,
    created_at bigint not null
);
create index file_sha256 on file (sha256);

create table area (
    id uuid primary key,
    code text not null unique,
    kind text not null,
    parent_id uuid references area (id),
    successor_id uuid references area (id)
);
create index area_parent on area (parent_id);
create index area_successor on area (successor_id);

create table area_name (
    area_id uuid not null references area (id) on delete cascade,
    name text not null,
    name_folded text not null,
    from_on text not null,
    until_on text,
    primary key (area_id, from_on)
);

create table body (
    id uuid primary key,
    name text not null,
    name_folded text not null unique,
    about text not null,
    is_invented boolean not null,
    created_at bigint not null
);
