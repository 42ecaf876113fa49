-- Referrals of a person to another organisation. Written as 0001_members.sql explains; ids are random. In clear stand
-- who sends and who receives, the state, the days that a list of what waits needs, and which cases it belongs to, by
-- their random ids. must_review: it was sent without consent, and no supervisor has read why; the log of acts says so
-- as well. sealed_note: what the sender keeps, under the person's key. sealed_copy: what the receiver may read, under a
-- key of its own that is sealed to the receiver's key pair; gone once there is an answer. sealed_file: the file for
-- someone outside, under the person's key.
create table referral (
    id uuid primary key,
    sender_id uuid not null references organisation (id),
    receiver_id uuid references organisation (id),
    case_id uuid references support_case (id) on delete set null,
    received_case_id uuid references support_case (id) on delete set null,
    state text not null,
    offered_on text not null,
    answered_on text,
    ended_on text,
    must_review boolean not null,
    person_key_id uuid,
    sealed_note bytea,
    sealed_copy bytea,
    sealed_file bytea,
    is_invented boolean not null
);
create index referral_sender on referral (sender_id, state);
create index referral_receiver on referral (receiver_id, state);
create index referral_case on referral (case_id);
create index referral_received_case on referral (received_case_id);

-- What was answered, sealed to the sender under a key of its own.
create table referral_answer (
    id uuid primary key,
    referral_id uuid not null references referral (id) on delete cascade,
    person_key_id uuid not null,
    sealed_answer bytea not null
);
create index referral_answer_referral on referral_answer (referral_id);

-- What a person says in their own words, and what it may be used for.
create table voice (
    id uuid primary key,
    case_id uuid not null references support_case (id) on delete cascade,
    sealed_voice bytea not null,
    revision integer not null
);
create index voice_case on voice (case_id);

-- What anyone says of an organisation's help, without an account: sealed to it when it comes. The day without the hour.
create table feedback (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    person_key_id uuid not null,
    sealed_words bytea not null,
    receipt_hash text not null unique,
    received_on text not null,
    is_read boolean not null
);
create index feedback_organisation on feedback (organisation_id, is_read);
