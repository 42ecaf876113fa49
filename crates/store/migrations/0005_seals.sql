-- Who can open which seal. Written as 0001_members.sql explains.

-- A member's key pair; the private half is sealed under a key that only their passphrase gives.
create table member_key (
    member_id uuid primary key references member (id) on delete cascade,
    public_key bytea not null,
    sealed_key bytea not null,
    created_at bigint not null
);

-- The numbered key pairs of an organisation, or of the coalition (the nil id). The private half of each is
-- sealed to the owner's printed recovery key. Exposed: someone who held it has left, so a new pair is due.
create table owner_key (
    owner_id uuid not null,
    number integer not null,
    public_key bytea not null,
    recovery_public_key bytea not null,
    recovery_sealed_key bytea not null,
    created_at bigint not null,
    exposed_at bigint,
    retired_at bigint,
    primary key (owner_id, number)
);

-- The private half of an owner's key pair, sealed to the public key of one member.
create table key_grant (
    owner_id uuid not null,
    number integer not null,
    member_id uuid not null references member (id) on delete cascade,
    sealed_key bytea not null,
    granted_by uuid not null,
    granted_at bigint not null,
    primary key (owner_id, number, member_id),
    foreign key (owner_id, number) references owner_key (owner_id, number)
);
create index key_grant_member on key_grant (member_id);
create index key_grant_owner on key_grant (owner_id, number);
