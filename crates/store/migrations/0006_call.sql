-- Calls for evidence, which anyone can answer on a public page. Written as 0001_members.sql explains.

create table call (
    id uuid primary key,
    title text not null,
    asks text not null,
    opens_on text not null,
    closes_on text not null,
    closed_on text,
    is_invented boolean not null,
    member_id uuid not null references member (id),
    recorded_at bigint not null
);

-- An answer, sealed under a key of its own to the coalition's key. The day it came is all that is kept of when.
-- The redacted copy is sealed too until a second person has approved it: it may still say too much.
create table call_answer (
    id uuid primary key,
    call_id uuid not null references call (id),
    person_key_id uuid not null,
    sealed_answer bytea not null,
    receipt_hash text not null unique,
    received_on text not null,
    state text not null,
    set_aside_for text,
    sealed_redaction bytea,
    redaction_number integer not null,
    redacted_by_id uuid references member (id),
    approved_by_id uuid references member (id),
    evidence_id uuid references evidence (id)
);
create index call_answer_call on call_answer (call_id);
create index call_answer_evidence on call_answer (evidence_id);
