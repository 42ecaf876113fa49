//! What a case gives, column by column; who may prepare a contribution, what is logged and who is left out, on both
//! databases. That nothing else gets out is shown in `crates/cli/tests/contribute`.

mod beside;
mod period;
mod sending;
mod settled;

use domain::casework::{Agency, Nation};
use domain::pack::codes::{EnglishRegion, LanguageGroup};
use domain::pack::{Pack, Schema, THRESHOLD, Value};
use domain::permission::Role;
use domain::{Day, Instant};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use store::row::{audit, event};
use testkit::{Stage, cast, on_both};

use super::*;
use crate::background::Background;
use crate::case::tests::{CANARY, House, Keyed, house, identity, input};
use crate::case::{self, About};
use crate::event::{self as events, Basis, Entry, Event, History, Kind};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::person::{Person, SafeContact};
use crate::sheet::{Line, PartDay, Sheet, Typed};
use crate::time_entry::Given;
use access::key;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn year() -> Period {
    Period {
        from: day("2025-01-01"),
        until: day("2025-12-31"),
    }
}

type Answers<'a> = &'a [(&'a str, &'a str)];

const AGREED: (Kind, &str, Answers<'_>) = (
    Kind::Consent,
    "2025-01-02",
    &[("purpose", "monitoring"), ("said", "given"), ("said_by", "person")],
);
const REFERRED: (Kind, &str, Answers<'_>) = (
    Kind::NrmReferral,
    "2025-05-21",
    &[("agency", "police"), ("is_child", "yes")],
);

fn read<S: Sheet>(answers: Answers<'_>) -> S {
    let mut errors = store::FieldErrors::new();
    S::read(&Typed::of(answers.iter().copied()), &mut errors).expect("sound")
}

/// A case in which this happened, recorded in this order.
struct Told {
    person: Person,
    about: About,
    history: History,
    episodes: Vec<Episode>,
    needs: Vec<Need>,
    background: Vec<Background>,
    time: Vec<Given>,
    is_open: bool,
}

fn told(happened: &[(Kind, &str, Answers<'_>)]) -> Told {
    let event = |(n, (kind, on, answers)): (u128, &(Kind, &str, Answers<'_>))| {
        let mut errors = store::FieldErrors::new();
        let typed = Typed::of(answers.iter().copied());
        Event {
            id: Uuid::from_u128(n),
            entry: Entry {
                on: day(on),
                what: kind.read(&typed, &mut errors).unwrap_or_else(|| panic!("{errors:?}")),
                note: String::new(),
                basis: Basis::default(),
                supersedes: None,
                by: Uuid::nil(),
                at: Instant(i64::try_from(n).expect("small")),
            },
        }
    };
    Told {
        person: Person {
            identity: identity(CANARY),
            contact: SafeContact::none(),
            contact_at: Instant(0),
            earlier_contacts: Vec::new(),
        },
        about: About {
            nation: Nation::Scotland,
            ..input(CANARY).about
        },
        history: History::new((1..).zip(happened).map(event).collect()),
        episodes: Vec::new(),
        needs: Vec::new(),
        background: Vec::new(),
        time: Vec::new(),
        is_open: true,
    }
}

impl Told {
    fn row(&self, period: Period) -> Option<Row> {
        let case = Case {
            person: &self.person,
            about: &self.about,
            history: &self.history,
            episodes: &self.episodes,
            needs: &self.needs,
            background: &self.background,
            time: &self.time,
            is_open: self.is_open,
        };
        code(case, &Schema::shipped(), period, Uuid::nil())
    }

    /// What a column says; empty where it says nothing.
    fn says(&self, column: &str) -> String {
        match self.row(year()).expect("a row").values.get(column) {
            None => String::new(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Code(code)) => code.clone(),
        }
    }
}

#[test]
fn every_column_of_the_pack_is_filled_or_said_not_to_be_with_the_reason() {
    let schema = Schema::shipped();
    for column in schema.columns() {
        let is_filled = FILLED.contains(&column.name.as_str());
        let reasons = NOT_FILLED.iter().filter(|(name, _)| *name == column.name).count();
        assert_eq!(usize::from(is_filled) + reasons, 1, "{}", column.name);
    }
    assert_eq!(FILLED.len() + NOT_FILLED.len(), schema.columns().len());
}

#[test]
fn only_who_agrees_today_gives_a_row() {
    assert!(told(&[REFERRED]).row(year()).is_none(), "silence is no consent");
    assert!(told(&[REFERRED, AGREED]).row(year()).is_some());
    // Taken back after the period's end: it counts all the same.
    let withdrawn = [("purpose", "monitoring"), ("said", "withdrawn"), ("said_by", "person")];
    assert!(
        told(&[AGREED, (Kind::Consent, "2026-02-01", &withdrawn)])
            .row(year())
            .is_none()
    );
    let support = [("purpose", "support"), ("said", "given"), ("said_by", "person")];
    assert!(told(&[(Kind::Consent, "2025-01-02", &support)]).row(year()).is_none());
}

#[test]
fn who_was_not_supported_in_the_period_gives_no_row() {
    let left = [("reason", "planned"), ("destination", "family")];
    let ended = |on: &'static str| told(&[AGREED, (Kind::Exit, on, &left)]).row(year()).is_some();
    assert!(ended("2025-02-01"));
    let mut early = told(&[
        (Kind::Consent, "2024-01-02", AGREED.2),
        (Kind::Exit, "2024-12-31", &left),
    ]);
    early.about.opened_on = day("2024-01-01");
    assert!(early.row(year()).is_none());
    let mut late = told(&[AGREED]);
    late.about.opened_on = day("2026-01-01");
    assert!(late.row(year()).is_none());
}

#[test]
fn waits_are_counted_by_the_nation_and_top_coded() {
    let positive = [("outcome", "positive"), ("authority", "sca")];
    let referred = (Kind::NrmReferral, "2025-04-16", REFERRED.2);
    let decided = |on: &'static str| told(&[AGREED, referred, (Kind::ReasonableGrounds, on, &positive)]);
    // Over Easter: its Monday is a bank holiday in England and none in Scotland.
    assert_eq!(decided("2025-04-23").says("rg_working_days"), "4");
    let mut english = decided("2025-04-23");
    english.about.nation = Nation::England;
    assert_eq!(english.says("rg_working_days"), "3");
    assert_eq!(decided("2025-04-23").says("rg_quarter"), "2025-Q2");
    assert_eq!(decided("2025-04-23").says("rg_outcome"), "positive");
    // Still waiting: to the end of the period.
    assert_eq!(decided("2025-12-01").says("cg_outcome"), "pending");
    assert_eq!(decided("2025-12-01").says("cg_wait_days"), "30");
    let long = told(&[
        AGREED,
        (Kind::NrmReferral, "2010-01-04", REFERRED.2),
        (Kind::ReasonableGrounds, "2025-05-28", &positive),
    ]);
    assert_eq!(long.says("rg_working_days"), "500");
    // Decided before it was referred: an impossible wait is not known.
    assert_eq!(decided("2025-04-01").says("rg_working_days"), "");
}

#[test]
fn what_happens_after_the_period_is_not_looked_at() {
    let positive = [("outcome", "positive"), ("authority", "sca")];
    let case = told(&[AGREED, REFERRED, (Kind::ReasonableGrounds, "2026-01-05", &positive)]);
    assert_eq!(case.says("rg_outcome"), "pending");
    assert_eq!(case.says("referral_quarter"), "2025-Q2");
}

#[test]
fn what_is_not_known_is_never_a_no() {
    let nothing = told(&[AGREED]);
    for column in [
        "referred",
        "rg_outcome",
        "cg_outcome",
        "challenge",
        "missed_by",
        "removed_before_cg",
        "age_band",
    ] {
        assert_eq!(nothing.says(column), "", "{column}");
    }
    let met = [("agency", "own")];
    let met = told(&[AGREED, (Kind::Encounter, "2025-03-01", &met)]);
    assert_eq!(
        (met.says("referred").as_str(), met.says("rg_outcome").as_str()),
        ("no", "none")
    );
    assert_eq!(met.says("missed_by"), "none");
    let lost = [("reason", "lost"), ("destination", "unknown")];
    assert_eq!(told(&[AGREED, (Kind::Exit, "2025-03-01", &lost)]).says("returned"), "");
}

#[test]
fn a_body_that_saw_signs_and_did_not_refer_missed_the_person() {
    let signs = [("agency", "health"), ("noted_signs", "yes")];
    let police = [("agency", "police"), ("noted_signs", "yes")];
    let missed = |happened: &[(Kind, &str, Answers<'_>)]| told(happened).says("missed_by");
    let seen = (Kind::Encounter, "2025-04-01", signs.as_slice());
    assert_eq!(missed(&[AGREED, seen, REFERRED]), "health");
    assert_eq!(
        missed(&[AGREED, (Kind::Encounter, "2025-06-01", &signs), REFERRED]),
        "none"
    );
    // Whoever referred the person in the end did not miss them.
    assert_eq!(
        missed(&[AGREED, (Kind::Encounter, "2025-04-01", &police), REFERRED]),
        "none"
    );
    let school = [("agency", "school")];
    assert_eq!(
        missed(&[AGREED, seen, (Kind::Withheld, "2025-04-02", &school)]),
        "several"
    );
    // Met and not recognised: that is what is asked, and not what they say that they saw.
    let blind = [("agency", "school"), ("noted_signs", "no")];
    for answers in [school.as_slice(), &blind] {
        assert_eq!(missed(&[AGREED, (Kind::Encounter, "2025-04-01", answers)]), "school");
    }
    let court = [("agency", "court"), ("noted_signs", "no")];
    assert_eq!(missed(&[AGREED, (Kind::Encounter, "2025-04-01", &court)]), "court");
}

#[test]
fn an_age_is_banded_where_what_is_known_leaves_one_band() {
    let band = |born: &str| {
        let mut case = told(&[AGREED, REFERRED]);
        case.person.identity.born = PartDay::parse(born);
        case.says("age_band")
    };
    assert_eq!(band("2007-05-21"), "18_24");
    assert_eq!(band("2007-05-22"), "16_17");
    assert_eq!(band("2007-05"), "");
    assert_eq!(band("2007"), "");
    assert_eq!(band("2002"), "18_24");
    assert_eq!(band("1960"), "45_over");
    assert_eq!(band("2026"), "");
    let assessed: Answers<'_> = &[("stage", "child")];
    let mut child = told(&[AGREED, REFERRED, (Kind::AgeDispute, "2025-06-01", assessed)]);
    child.person.identity.born = PartDay::parse("1999");
    assert_eq!(child.says("age_band"), "", "held to be a child, whatever the birth");
}

#[test]
fn regions_and_languages_are_told_where_they_are_typed_as_the_list_has_them() {
    let mut case = told(&[AGREED]);
    assert_eq!(case.says("region"), "scotland");
    case.about.nation = Nation::England;
    assert_eq!(case.says("region"), "");
    for (typed, code) in [("yorkshire and the Humber", "yorkshire"), ("Wales", ""), ("Leeds", "")] {
        case.about.region = Some(Line(typed.to_owned()));
        assert_eq!(case.says("region"), code, "{typed}");
    }
    case.about.english_region = Some(EnglishRegion::London);
    assert_eq!(
        case.says("region"),
        "london",
        "what was chosen goes before what was typed"
    );
    // Every group can be reached by what is typed or chosen.
    for (typed, code) in [
        ("Amharic", "tigrinya_amharic"),
        ("Somali", "other_african"),
        ("Polish", "other_european"),
        ("Kurdish Sorani", "other_asian"),
        ("Quechua", ""),
    ] {
        case.person.identity.language = Some(Line(typed.to_owned()));
        assert_eq!(case.says("language"), code, "{typed}");
    }
    case.person.identity.language_group = Some(LanguageGroup::Other);
    assert_eq!(case.says("language"), "other");
}

#[test]
fn a_nationality_is_grouped_as_it_was_chosen_or_else_as_it_was_typed() {
    let mut case = told(&[AGREED]);
    case.person.identity.nationality = Some(Line("Vietnamese".to_owned()));
    assert_eq!(case.says("nationality"), "east_asia");
    case.background = vec![read::<Background>(&[("nationality_group", "eu")])];
    assert_eq!(case.says("nationality"), "eu");
}

#[test]
fn a_case_that_an_older_program_sealed_is_read() {
    let about = r#"{"opened_on":"2025-05-20","nation":"england","came_from":null,"region":"Leeds","reference":null}"#;
    let about: About = serde_json::from_str(about).expect("it is read");
    assert_eq!(
        (about.english_region, about.region),
        (None, Some(Line("Leeds".to_owned())))
    );
}

#[test]
fn a_challenge_stands_by_its_last_stage() {
    let negative = [("outcome", "negative"), ("authority", "ieca")];
    let asked = [
        ("challenged", "reasonable_grounds"),
        ("stage", "asked"),
        ("is_represented", "yes"),
    ];
    let won = [("challenged", "reasonable_grounds"), ("stage", "overturned")];
    let refused = (Kind::ReasonableGrounds, "2025-05-28", negative.as_slice());
    let mut happened = vec![AGREED, REFERRED, refused];
    assert_eq!(
        (
            told(&happened).says("challenge").as_str(),
            told(&happened).says("cg_outcome").as_str()
        ),
        ("none", "none")
    );
    happened.push((Kind::Reconsideration, "2025-06-10", &asked));
    assert_eq!(told(&happened).says("challenge"), "pending");
    assert_eq!(told(&happened).says("challenge_represented"), "yes");
    happened.push((Kind::Reconsideration, "2025-07-10", &won));
    let case = told(&happened);
    assert_eq!(case.says("challenge"), "overturned");
    assert_eq!(
        (case.says("rg_outcome").as_str(), case.says("cg_outcome").as_str()),
        ("negative", "pending")
    );
    assert_eq!(case.says("cg_wait_days"), "174");
}

#[test]
fn needs_forms_and_hours_are_added_up() {
    let mut case = told(&[AGREED]);
    case.episodes = vec![read(&[("forms", "labour"), ("forms", "criminal")])];
    assert_eq!(case.says("exploitation"), "several");
    case.episodes = vec![read(&[("forms", "labour")]), read(&[("forms", "labour")])];
    assert_eq!(case.says("exploitation"), "labour");
    assert_eq!(
        (case.says("medical_need").as_str(), case.says("medical_seen").as_str()),
        ("no", "")
    );
    let need = |more: Answers<'_>| {
        let base = [("area", "medical"), ("horizon", "emergency"), ("since", "2025-02-01")];
        read::<Need>(&[base.as_slice(), more].concat())
    };
    case.needs = vec![need(&[]), need(&[("started_on", "2025-02-11")])];
    assert_eq!(
        (case.says("medical_seen").as_str(), case.says("medical_days").as_str()),
        ("yes", "10")
    );
    let given = |on: &str, minutes: &str, agency: Agency| {
        read::<Given>(&[
            ("on", on),
            ("minutes", minutes),
            ("kind", "chasing"),
            ("agency", agency.code()),
        ])
    };
    case.time = vec![
        given("2025-03-01", "50", Agency::BorderForce),
        given("2025-03-02", "30", Agency::Ukvi),
        given("2025-03-03", "60", Agency::Police),
        given("2024-03-01", "900", Agency::Police),
        given("2025-03-01", "900", Agency::Own),
    ];
    let says = |column| case.says(column);
    assert_eq!(
        [says("unpaid_hours"), says("unpaid_body"), says("unpaid_activity")],
        ["3", "immigration", "chasing"]
    );
    // 140 minutes at £11.44 an hour are £26.69.
    assert_eq!(says("unpaid_pounds"), "27");
}

#[test]
fn unpaid_time_is_worth_the_rates_of_its_days_and_nothing_is_said_where_a_day_has_none() {
    let mut case = told(&[AGREED]);
    case.about.opened_on = day("2023-01-01");
    let given = |on: &str, minutes: &str, agency: &str| {
        read::<Given>(&[
            ("on", on),
            ("minutes", minutes),
            ("kind", "chasing"),
            ("agency", agency),
        ])
    };
    // £64.83 and £61.05.
    case.time = vec![
        given("2025-03-31", "340", "police"),
        given("2025-04-01", "300", "police"),
        given("2025-04-01", "600", "lawyer"),
    ];
    assert_eq!(case.says("unpaid_pounds"), "126");
    // Twice £5.72: rounded once.
    case.time = vec![given("2025-03-30", "30", "police"), given("2025-03-31", "30", "police")];
    assert_eq!(case.says("unpaid_pounds"), "11");
    case.time = vec![given("2023-03-31", "60", "police"), given("2023-04-01", "60", "police")];
    let earlier = Period {
        from: day("2023-01-01"),
        until: day("2023-12-31"),
    };
    let row = case.row(earlier).expect("a row");
    assert_eq!(row.values.get("unpaid_hours"), Some(&Value::Number(2)));
    assert_eq!(
        row.values.get("unpaid_pounds"),
        None,
        "a part of the sum would be no sum"
    );
    case.time = Vec::new();
    assert_eq!(case.says("unpaid_pounds"), "0");
}

/// The shipped columns, and no measure.
pub(super) fn pack() -> Pack {
    Pack {
        cycle: "2025".to_owned(),
        version: 1,
        period: None,
        threshold: THRESHOLD,
        schema: Schema::shipped(),
        definitions: Vec::new(),
    }
}

async fn says(stage: &Stage, by: &Keyed, case: Uuid, (kind, on, answers): (Kind, &str, Answers<'_>)) -> Uuid {
    let pairs = std::iter::once(("on", on)).chain(answers.iter().copied());
    let record = events::Record {
        kind,
        typed: Typed::of(pairs),
    };
    events::record(&by.cx(stage), case, record).await.expect("recorded")
}

async fn prepared(stage: &Stage, house: &House) -> Prepared {
    rows(&house.manager.cx(stage), &pack(), year()).await.expect("prepared")
}

#[tokio::test]
async fn the_cases_of_ones_own_organisation_are_coded_each_opening_is_logged_and_nothing_is_kept() {
    on_both(async |stage| {
        let house = house(stage).await;
        let first = case::record(&house.worker.cx(stage), input(CANARY))
            .await
            .expect("recorded");
        let second = case::record(&house.worker.cx(stage), input("Other"))
            .await
            .expect("recorded");
        for id in [first, second] {
            says(stage, &house.worker, id, REFERRED).await;
        }
        let none = prepared(stage, &house).await;
        assert_eq!((none.rows.len(), none.n_cases, none.n_not_agreed), (0, 2, 2));
        says(stage, &house.worker, first, AGREED).await;
        let n_events = event::Entity::find().count(stage.db.reader()).await.expect("counted");
        let before = audit::Entity::find().all(stage.db.reader()).await.expect("read").len();
        let one = prepared(stage, &house).await;
        assert_eq!((one.rows.len(), one.n_cases, one.n_not_agreed), (1, 2, 1));
        assert_eq!(
            one.rows[0].values["referral_quarter"],
            Value::Code("2025-Q2".to_owned())
        );
        let text = serde_json::to_string(&one.rows).expect("JSON");
        for typed in ["Canaria", "Plumage", "Birdie", "Specimen", "SC-7", "2025-05"] {
            assert!(!text.contains(typed), "{typed}: {text}");
        }
        for id in [first, second] {
            assert!(!text.contains(&id.to_string()), "{text}");
        }
        let log = audit::Entity::find().all(stage.db.reader()).await.expect("read");
        // A case and a person each, and not a row of anything else.
        assert_eq!(log.len(), before + 4);
        let opened = |id: Uuid| {
            log.iter()
                .filter(|row| row.action == "contribution.prepare" && row.subject_id == Some(id))
                .count()
        };
        assert_eq!((opened(first), opened(second)), (2, 2), "prepared twice");
        let now = event::Entity::find().count(stage.db.reader()).await.expect("counted");
        assert_eq!(now, n_events);
        // Drawn anew each time.
        assert_ne!(prepared(stage, &house).await.rows[0].id, one.rows[0].id);
    })
    .await;
}

#[tokio::test]
async fn who_takes_their_consent_back_is_left_out_of_the_next_one() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = case::record(&house.worker.cx(stage), input(CANARY))
            .await
            .expect("recorded");
        let given = says(stage, &house.worker, id, AGREED).await;
        assert_eq!(prepared(stage, &house).await.rows.len(), 1);
        let withdrawn = [("purpose", "monitoring"), ("said", "withdrawn"), ("said_by", "person")];
        let back = says(stage, &house.worker, id, (Kind::Consent, "2025-05-30", &withdrawn)).await;
        assert_eq!(prepared(stage, &house).await.rows.len(), 0);
        let cx = house.worker.cx(stage);
        events::strike(&cx, id, back, "another person’s").await.expect("struck");
        assert_eq!(prepared(stage, &house).await.rows.len(), 1);
        events::strike(&cx, id, given, "never asked").await.expect("struck");
        assert_eq!(prepared(stage, &house).await.rows.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_contribution_is_prepared_by_whom_the_matrix_names_with_a_key_and_never_of_others_cases() {
    on_both(async |stage| {
        let house = house(stage).await;
        let id = case::record(&house.worker.cx(stage), input(CANARY))
            .await
            .expect("recorded");
        says(stage, &house.worker, id, AGREED).await;
        for other in [&house.worker, &house.supervisor, &house.outsider] {
            let answer = rows(&other.cx(stage), &pack(), year()).await;
            assert!(matches!(answer, Err(AppError::Forbidden(_))), "{}", other.0.name);
        }
        let own = house.manager.0.organisation.expect("an organisation");
        let contributor = cast::member(stage, own, "contributor-3", &[Role::Contributor]).await;
        let contributor = Keyed(contributor.clone(), cast::key(stage, &contributor).await);
        let answer = rows(&contributor.cx(stage), &pack(), year()).await;
        assert!(matches!(answer, Err(AppError::Refused(words)) if words.contains("key")));
        let cx = house.manager.cx(stage);
        key::grant(&cx, own.0, contributor.0.member.expect("a member"))
            .await
            .expect("given");
        let prepared = rows(&contributor.cx(stage), &pack(), year()).await.expect("prepared");
        assert_eq!(prepared.rows.len(), 1);
        let elsewhere = house.outsider.0.organisation.expect("an organisation");
        let other = cast::member(stage, elsewhere, "manager-9", &[Role::Manager]).await;
        let other = Keyed(other.clone(), cast::key(stage, &other).await);
        let answer = rows(&other.cx(stage), &pack(), year()).await;
        assert!(answer.is_err(), "no key of theirs");
        let next = Period {
            from: day("2025-06-02"),
            until: day("2026-06-01"),
        };
        let answer = rows(&house.manager.cx(stage), &pack(), next).await;
        assert!(matches!(answer, Err(AppError::Refused(words)) if words.contains("has not begun")));
    })
    .await;
}
