-- Evidence that identifies a person. Written as 0001_members.sql explains; ids are random and days stand for
-- instants, because a time tells when someone came.

-- The original, sealed under the person's key. Nothing of it is in the clear but whose it is.
create table personal_evidence (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    member_id uuid not null references member (id),
    person_key_id uuid not null,
    sealed_title bytea not null,
    sealed_record bytea not null,
    recorded_on text not null,
    is_invented boolean not null
);
create index personal_evidence_organisation on personal_evidence (organisation_id);
create index personal_evidence_member on personal_evidence (member_id);
create index personal_evidence_key on personal_evidence (person_key_id);

-- Its files: sha256 is that of the sealed bytes; name and kind are in the sealed record.
create table personal_file (
    id uuid primary key,
    personal_evidence_id uuid not null references personal_evidence (id) on delete cascade,
    position integer not null,
    sha256 text not null,
    n_bytes bigint not null
);
create index personal_file_evidence on personal_file (personal_evidence_id);

-- A redacted copy, sealed until a second person has compared it with the original. Approved, it becomes an item
-- of evidence, which is what the coalition reads.
create table redaction (
    id uuid primary key,
    personal_evidence_id uuid not null references personal_evidence (id) on delete cascade,
    member_id uuid not null references member (id),
    state text not null,
    sealed_copy bytea not null,
    sealed_note bytea,
    reviewer_id uuid references member (id),
    evidence_id uuid references evidence (id),
    written_on text not null
);
create index redaction_evidence on redaction (personal_evidence_id);
create index redaction_member on redaction (member_id);
create index redaction_reviewer on redaction (reviewer_id);
create index redaction_item on redaction (evidence_id);

-- Opening an original that is not one's own, with the reason, until someone else has looked at it.
create table break_glass (
    id uuid primary key,
    personal_evidence_id uuid not null references personal_evidence (id) on delete cascade,
    member_id uuid not null references member (id),
    sealed_reason bytea not null,
    at bigint not null,
    reviewer_id uuid references member (id),
    is_justified boolean,
    reviewed_at bigint
);
create index break_glass_evidence on break_glass (personal_evidence_id);
create index break_glass_member on break_glass (member_id);
create index break_glass_reviewer on break_glass (reviewer_id);
