-- Doors: invitations, second factors, known devices, failed attempts, security mode. Every secret that a
-- person carries (link, device, code, ceremony) stands here only as its hash.

-- A link that makes or gives back an account. One per member; it works once and is deleted by use.
create table invitation (
    id uuid primary key,
    member_id uuid not null unique references member (id) on delete cascade,
    kind text not null,
    secret_hash text not null unique,
    forgets_factors boolean not null,
    made_by uuid,
    created_at bigint not null,
    expires_at bigint not null
);

-- The secret is sealed to the member's own key pair: their passphrase opens it, the database does not.
-- last_step is the newest step (RFC 6238) whose code was taken, so that no code is taken twice.
create table totp (
    member_id uuid primary key references member (id) on delete cascade,
    sealed_secret bytea not null,
    is_confirmed boolean not null,
    last_step bigint not null,
    created_at bigint not null
);

-- sealed_key: the member's private key under what the authenticator's PRF gives, where it gives any.
create table passkey (
    id uuid primary key,
    member_id uuid not null references member (id) on delete cascade,
    name text not null,
    credential_id text not null unique,
    credential text not null,
    sealed_key bytea,
    created_at bigint not null,
    used_at bigint
);
create index passkey_member on passkey (member_id);

create table recovery_code (
    id uuid primary key,
    member_id uuid not null references member (id) on delete cascade,
    code_hash text not null unique
);
create index recovery_code_member on recovery_code (member_id);

-- A passkey ceremony under way. id_hash is of the secret that the form carries.
create table ceremony (
    id_hash text primary key,
    member_id uuid references member (id) on delete cascade,
    state text not null,
    expires_at bigint not null
);
create index ceremony_member on ceremony (member_id);

-- A browser that a member has signed in from, so that strangers' failures do not shut them out.
create table device (
    id uuid primary key,
    member_id uuid not null references member (id) on delete cascade,
    secret_hash text not null unique,
    created_at bigint not null,
    seen_at bigint not null
);
create index device_member on device (member_id);

-- Failures of one account from one place. place_hash hides both; rows go after a day.
create table attempt (
    place_hash text primary key,
    n_failures integer not null,
    last_at bigint not null,
    until_at bigint not null
);

-- A role whose members need a second factor.
create table required_factor (
    role text primary key,
    set_at bigint not null
);

-- The security mode: no row, or one with id 1.
create table mode (
    id integer primary key,
    mode text not null,
    set_at bigint not null
);
