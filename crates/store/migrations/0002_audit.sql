-- The audit: standards, evidence, series, cycles, assessments, findings, editions. Written as
-- 0001_members.sql explains.

create table standard (
    id uuid primary key,
    code text not null,
    version text not null,
    title text not null,
    short_title text not null,
    source text not null,
    about text not null,
    loaded_at bigint not null,
    unique (code, version)
);

create table provision (
    id uuid primary key,
    standard_id uuid not null references standard (id),
    position integer not null,
    number text not null,
    article text not null,
    heading text not null,
    title text not null,
    obligation text not null,
    force text not null,
    qualifier text not null,
    holder text not null,
    pillar text,
    asked text not null,
    verified text not null,
    check_note text not null,
    chapter text not null,
    chapter_title text not null,
    unique (standard_id, number)
);

create table provision_mapping (
    from_provision_id uuid not null references provision (id),
    to_provision_id uuid not null references provision (id),
    mapped text not null,
    note text not null,
    primary key (from_provision_id, to_provision_id)
);
create index provision_mapping_to on provision_mapping (to_provision_id);

create table indicator_version (
    id uuid primary key,
    code text not null,
    version integer not null,
    name text not null,
    kind text not null,
    definition text not null,
    direction text not null,
    sources text not null,
    disaggregation text not null,
    limits text not null,
    measures text not null,
    state text not null,
    comparability text,
    comparability_why text not null,
    member_id uuid references member (id),
    created_at bigint not null,
    unique (code, version)
);
create index indicator_version_member on indicator_version (member_id);

create table indicator_provision (
    indicator_version_id uuid not null references indicator_version (id) on delete cascade,
    provision_id uuid not null references provision (id),
    primary key (indicator_version_id, provision_id)
);
create index indicator_provision_provision on indicator_provision (provision_id);

create table indicator_comment (
    id uuid primary key,
    indicator_version_id uuid not null references indicator_version (id) on delete cascade,
    member_id uuid not null references member (id),
    organisation_id uuid not null references organisation (id),
    words text not null,
    at bigint not null
);
create index indicator_comment_version on indicator_comment (indicator_version_id);
create index indicator_comment_member on indicator_comment (member_id);
create index indicator_comment_organisation on indicator_comment (organisation_id);

create table indicator_position (
    indicator_version_id uuid not null references indicator_version (id) on delete cascade,
    organisation_id uuid not null references organisation (id),
    stance text not null,
    reason text not null,
    member_id uuid not null references member (id),
    at bigint not null,
    primary key (indicator_version_id, organisation_id)
);
create index indicator_position_organisation on indicator_position (organisation_id);
create index indicator_position_member on indicator_position (member_id);

create table evidence (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    member_id uuid not null references member (id),
    kind text not null,
    title text not null,
    summary text not null,
    origin text not null,
    publisher text not null,
    publisher_folded text not null,
    derived_from_id uuid references evidence (id),
    source_url text not null,
    effective_on text not null,
    reliability text not null,
    credibility text not null,
    handling text not null,
    quoting text not null,
    is_invented boolean not null,
    revision integer not null,
    recorded_at bigint not null
);
create index evidence_organisation on evidence (organisation_id);
create index evidence_member on evidence (member_id);
create index evidence_derived on evidence (derived_from_id);
create index evidence_effective on evidence (effective_on);

create table evidence_named (
    evidence_id uuid not null references evidence (id) on delete cascade,
    organisation_id uuid not null references organisation (id),
    primary key (evidence_id, organisation_id)
);
create index evidence_named_organisation on evidence_named (organisation_id);

create table evidence_provision (
    evidence_id uuid not null references evidence (id) on delete cascade,
    provision_id uuid not null references provision (id),
    primary key (evidence_id, provision_id)
);
create index evidence_provision_provision on evidence_provision (provision_id, evidence_id);

-- facet: form, group or area; code: from the list of that facet.
create table evidence_facet (
    evidence_id uuid not null references evidence (id) on delete cascade,
    facet text not null,
    code text not null,
    primary key (evidence_id, facet, code)
);
create index evidence_facet_code on evidence_facet (facet, code, evidence_id);

create table evidence_file (
    evidence_id uuid not null references evidence (id) on delete cascade,
    file_id uuid not null references file (id),
    position integer not null,
    primary key (evidence_id, file_id)
);
create index evidence_file_file on evidence_file (file_id);

-- Where in the evidence the words stand.
create table citation (
    id uuid primary key,
    evidence_id uuid not null references evidence (id) on delete cascade,
    file_id uuid references file (id),
    page text not null,
    quote text not null
);
create index citation_evidence on citation (evidence_id);
create index citation_file on citation (file_id);

create table series (
    id uuid primary key,
    code text not null unique,
    title text not null,
    publisher text not null,
    unit text not null,
    counting_rule text not null,
    about text not null,
    created_at bigint not null
);

create table import (
    id uuid primary key,
    kind text not null,
    file_id uuid not null references file (id),
    organisation_id uuid not null references organisation (id),
    member_id uuid not null references member (id),
    state text not null,
    mapping text not null,
    n_rows integer not null,
    n_good integer not null,
    n_refused integer not null,
    n_known integer not null,
    faults text not null,
    at bigint not null
);
create index import_file on import (file_id);
create index import_organisation on import (organisation_id);
create index import_member on import (member_id);

-- A column mapping, remembered for files with the same header.
create table import_mapping (
    organisation_id uuid not null references organisation (id),
    header text not null,
    mapping text not null,
    at bigint not null,
    primary key (organisation_id, header)
);

create table observation (
    id uuid primary key,
    series_id uuid not null references series (id),
    import_id uuid references import (id),
    period_start text not null,
    period_end text not null,
    breakdown text not null,
    category text not null,
    value double precision,
    mark text not null,
    published_on text not null,
    vintage_note text not null,
    source_kind text not null,
    is_unverified boolean not null,
    source_title text not null,
    source_url text not null,
    licence text not null,
    unique (series_id, period_start, period_end, breakdown, category, published_on, source_title)
);
create index observation_import on observation (import_id);

create table series_break (
    id uuid primary key,
    series_id uuid not null references series (id),
    from_on text not null,
    reason text not null,
    source text not null,
    member_id uuid references member (id),
    at bigint not null
);
create index series_break_series on series_break (series_id);
create index series_break_member on series_break (member_id);

create table claim (
    id uuid primary key,
    provision_id uuid not null references provision (id),
    jurisdiction text not null,
    body_id uuid references body (id),
    words text not null,
    source text not null,
    source_url text not null,
    made_on text not null,
    is_invented boolean not null,
    member_id uuid not null references member (id),
    recorded_at bigint not null
);
create index claim_provision on claim (provision_id);
create index claim_body on claim (body_id);
create index claim_member on claim (member_id);

create table cycle (
    id uuid primary key,
    code text not null unique,
    title text not null,
    period_start text not null,
    period_end text not null,
    cutoff_on text not null,
    state text not null,
    previous_id uuid references cycle (id),
    is_invented boolean not null,
    method text not null,
    opened_at bigint not null,
    closed_at bigint,
    revision integer not null
);
create index cycle_previous on cycle (previous_id);

-- What a cycle froze: standards and indicator versions when it opened, evidence at its cut-off.
create table cycle_standard (
    cycle_id uuid not null references cycle (id),
    standard_id uuid not null references standard (id),
    primary key (cycle_id, standard_id)
);
create index cycle_standard_standard on cycle_standard (standard_id);

create table cycle_indicator (
    cycle_id uuid not null references cycle (id),
    indicator_version_id uuid not null references indicator_version (id),
    primary key (cycle_id, indicator_version_id)
);
create index cycle_indicator_version on cycle_indicator (indicator_version_id);

create table cycle_evidence (
    cycle_id uuid not null references cycle (id),
    evidence_id uuid not null references evidence (id),
    revision integer not null,
    frozen text not null,
    primary key (cycle_id, evidence_id)
);
create index cycle_evidence_evidence on cycle_evidence (evidence_id);

create table measurement (
    id uuid primary key,
    cycle_id uuid not null references cycle (id),
    indicator_version_id uuid not null references indicator_version (id),
    measure text not null,
    stratum text not null,
    jurisdiction text not null,
    numerator double precision,
    denominator double precision,
    value double precision not null,
    unit text not null,
    origin text not null,
    is_sample boolean not null,
    lower double precision,
    upper double precision,
    excluded text not null,
    missing_share double precision,
    whose text not null,
    source text not null,
    source_url text not null,
    vintage_on text not null,
    observation_id uuid references observation (id),
    evidence_id uuid references evidence (id),
    note text not null,
    is_invented boolean not null,
    member_id uuid not null references member (id),
    recorded_at bigint not null,
    unique (cycle_id, indicator_version_id, measure, stratum, jurisdiction)
);
create index measurement_version on measurement (indicator_version_id);
create index measurement_observation on measurement (observation_id);
create index measurement_evidence on measurement (evidence_id);
create index measurement_member on measurement (member_id);

create table assessment (
    id uuid primary key,
    cycle_id uuid not null references cycle (id),
    provision_id uuid not null references provision (id),
    jurisdiction text not null,
    state text not null,
    structure text,
    process text,
    outcome text,
    trend text,
    confidence text,
    reasons text not null,
    carried_from_id uuid references assessment (id),
    reconciled_by_id uuid references member (id),
    reconciled_at bigint,
    revision integer not null,
    unique (cycle_id, provision_id, jurisdiction)
);
create index assessment_provision on assessment (provision_id);
create index assessment_carried on assessment (carried_from_id);
create index assessment_reconciled_by on assessment (reconciled_by_id);

create table assessment_evidence (
    assessment_id uuid not null references assessment (id) on delete cascade,
    evidence_id uuid not null references evidence (id),
    primary key (assessment_id, evidence_id)
);
create index assessment_evidence_evidence on assessment_evidence (evidence_id);

-- One assessor's own rating, unseen by the other until both are in.
create table opinion (
    id uuid primary key,
    assessment_id uuid not null references assessment (id) on delete cascade,
    member_id uuid not null references member (id),
    organisation_id uuid not null references organisation (id),
    structure text,
    process text,
    outcome text,
    confidence text,
    reasons text not null,
    submitted_at bigint,
    unique (assessment_id, member_id),
    unique (assessment_id, organisation_id)
);
create index opinion_member on opinion (member_id);
create index opinion_organisation on opinion (organisation_id);

create table opinion_evidence (
    opinion_id uuid not null references opinion (id) on delete cascade,
    evidence_id uuid not null references evidence (id),
    primary key (opinion_id, evidence_id)
);
create index opinion_evidence_evidence on opinion_evidence (evidence_id);

create table assessment_position (
    assessment_id uuid not null references assessment (id) on delete cascade,
    organisation_id uuid not null references organisation (id),
    stance text not null,
    reason text not null,
    member_id uuid not null references member (id),
    at bigint not null,
    primary key (assessment_id, organisation_id)
);
create index assessment_position_organisation on assessment_position (organisation_id);
create index assessment_position_member on assessment_position (member_id);

-- member_id empty: the whole organisation declares it. provision_id empty: it bears on everything
-- that body does.
create table interest (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    member_id uuid references member (id),
    kind text not null,
    body_id uuid references body (id),
    provision_id uuid references provision (id),
    words text not null,
    bars boolean not null,
    declared_at bigint not null
);
create index interest_organisation on interest (organisation_id);
create index interest_member on interest (member_id);
create index interest_body on interest (body_id);
create index interest_provision on interest (provision_id);

create table finding (
    id uuid primary key,
    cycle_id uuid not null references cycle (id),
    provision_id uuid not null references provision (id),
    jurisdiction text not null,
    title text not null,
    claim text not null,
    wording text not null,
    proof text not null,
    contrary_search text not null,
    contrary_searched_on text not null,
    method_note text not null,
    state text not null,
    is_invented boolean not null,
    organisation_id uuid not null references organisation (id),
    member_id uuid not null references member (id),
    revision integer not null,
    recorded_at bigint not null
);
create index finding_cycle on finding (cycle_id);
create index finding_provision on finding (provision_id);
create index finding_organisation on finding (organisation_id);
create index finding_member on finding (member_id);

create table finding_evidence (
    finding_id uuid not null references finding (id) on delete cascade,
    evidence_id uuid not null references evidence (id),
    side text not null,
    primary key (finding_id, evidence_id)
);
create index finding_evidence_evidence on finding_evidence (evidence_id);

create table finding_review (
    finding_id uuid not null references finding (id) on delete cascade,
    member_id uuid not null references member (id),
    organisation_id uuid not null references organisation (id),
    revision integer not null,
    verdict text not null,
    note text not null,
    at bigint not null,
    primary key (finding_id, member_id, revision)
);
create index finding_review_member on finding_review (member_id);
create index finding_review_organisation on finding_review (organisation_id);

create table reply (
    id uuid primary key,
    finding_id uuid not null references finding (id) on delete cascade,
    body_id uuid not null references body (id),
    sent_on text not null,
    due_on text not null,
    replied_on text,
    words text not null
);
create index reply_finding on reply (finding_id);
create index reply_body on reply (body_id);

create table recommendation (
    id uuid primary key,
    cycle_id uuid not null references cycle (id),
    number integer not null,
    body_id uuid not null references body (id),
    finding_id uuid references finding (id),
    urgency text not null,
    wording text not null,
    success text not null,
    due_on text not null,
    repeat_of_id uuid references recommendation (id),
    is_invented boolean not null,
    member_id uuid not null references member (id),
    revision integer not null,
    recorded_at bigint not null,
    unique (cycle_id, number)
);
create index recommendation_body on recommendation (body_id);
create index recommendation_finding on recommendation (finding_id);
create index recommendation_repeat on recommendation (repeat_of_id);
create index recommendation_member on recommendation (member_id);

create table recommendation_provision (
    recommendation_id uuid not null references recommendation (id) on delete cascade,
    provision_id uuid not null references provision (id),
    primary key (recommendation_id, provision_id)
);
create index recommendation_provision_provision on recommendation_provision (provision_id);

create table recommendation_grade (
    recommendation_id uuid not null references recommendation (id) on delete cascade,
    cycle_id uuid not null references cycle (id),
    grade text not null,
    reasons text not null,
    reply text not null,
    replied_on text,
    member_id uuid not null references member (id),
    at bigint not null,
    primary key (recommendation_id, cycle_id)
);
create index recommendation_grade_cycle on recommendation_grade (cycle_id);
create index recommendation_grade_member on recommendation_grade (member_id);

create table edition (
    id uuid primary key,
    cycle_id uuid not null unique references cycle (id),
    created_at bigint not null
);

-- frozen: the whole content as JSON; every file is made from it and from nothing else.
create table edition_revision (
    id uuid primary key,
    edition_id uuid not null references edition (id),
    number integer not null,
    state text not null,
    reason text not null,
    frozen text not null,
    published_on text not null,
    member_id uuid not null references member (id),
    at bigint not null,
    unique (edition_id, number)
);
create index edition_revision_member on edition_revision (member_id);

-- subject and subject_id name the passage: finding, evidence, claim, recommendation ...
create table withdrawal (
    id uuid primary key,
    edition_id uuid not null references edition (id),
    subject text not null,
    subject_id uuid not null,
    reason text not null,
    proposed_by_id uuid not null references member (id),
    proposed_at bigint not null,
    approved_by_id uuid references member (id),
    approved_at bigint,
    unreachable text not null
);
create index withdrawal_edition on withdrawal (edition_id);
create index withdrawal_proposed_by on withdrawal (proposed_by_id);
create index withdrawal_approved_by on withdrawal (approved_by_id);

create table edition_file (
    revision_id uuid not null references edition_revision (id),
    path text not null,
    media_type text not null,
    sha256 text not null,
    n_bytes bigint not null,
    withdrawal_id uuid references withdrawal (id),
    was_sha256 text,
    primary key (revision_id, path)
);
create index edition_file_withdrawal on edition_file (withdrawal_id);
