-- The key store: a database of its own (`keys.db` beside the embedded one, a second database on
-- PostgreSQL), so that a backup of the records holds no key and a key that was erased comes back from
-- no backup of theirs. Rows refer to records by id alone. Written as 0001_members.sql explains.

-- Who is signed in. In no backup. The member's private key is sealed under the cookie's secret.
create table session (
    id uuid primary key,
    member_id uuid not null,
    secret_hash text not null unique,
    csrf text not null,
    sealed_key bytea,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_member on session (member_id);

-- The key of everything about one person, sealed to the public key of the organisation (or of the
-- coalition) that keeps the records. Without it they are noise.
create table person_key (
    id uuid primary key,
    owner_id uuid not null,
    number integer not null,
    sealed_key bytea not null,
    created_at bigint not null
);
create index person_key_owner on person_key (owner_id, number);

-- The ledger of erasures: written before a key is removed, replayed whenever a backup is restored.
create table erasure (
    person_key_id uuid primary key,
    owner_id uuid not null,
    member_id uuid,
    asked_at bigint not null,
    done_at bigint
);
create index erasure_done on erasure (done_at);
