//! What leaves: everything, so that another organisation could begin with it; and one person's file.

use domain::casework::Status;
use interchange::table::Cell;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::audit;
use store::{AppError, Cx};
use testkit::{Stage, on_both};
use uuid::Uuid;

use super::{everything, for_person, read, tables};
use crate::case::tests::{House, Keyed, house, input};
use crate::case::{Caseload, Filter, list, open, record};
use crate::event::{self, Kind};
use crate::import::{Plan, Taking, check_file, take};
use crate::sheet::Typed;

async fn happened(cx: &Cx<'_>, case: Uuid, kind: Kind, typed: &[(&str, &str)]) -> Uuid {
    let typed = Typed::of(typed.iter().copied());
    event::record(cx, case, event::Record { kind, typed })
        .await
        .expect("recorded")
}

/// A case with a bit of everything, and an entry that was struck.
async fn lived(cx: &Cx<'_>) -> Uuid {
    let case = record(cx, input("=Sample \"Quoted\" <b>")).await.expect("recorded");
    happened(
        cx,
        case,
        Kind::NrmReferral,
        &[("on", "2025-05-20"), ("agency", "police")],
    )
    .await;
    let given = [
        ("on", "2025-05-20"),
        ("purpose", "monitoring"),
        ("said", "given"),
        ("said_by", "person"),
    ];
    happened(cx, case, Kind::Consent, &given).await;
    let decided = [
        ("on", "2025-05-21"),
        ("outcome", "negative"),
        ("authority", "sca"),
        ("reasons", "inconsistent"),
        ("reasons", "too_little"),
        ("note", "first line\nsecond line"),
    ];
    happened(cx, case, Kind::ReasonableGrounds, &decided).await;
    let struck = happened(cx, case, Kind::Note, &[("on", "2025-05-21"), ("words", "a slip")]).await;
    event::strike(cx, case, struck, "of another person")
        .await
        .expect("struck");
    let typed = Typed::of([("forms", "sexual"), ("forms", "labour"), ("began", "2020-03")]);
    crate::part::record::<crate::exploitation::Episode>(cx, case, &typed)
        .await
        .expect("recorded");
    let typed = Typed::of([("area", "housing"), ("horizon", "emergency"), ("since", "2025-05-20")]);
    crate::part::record::<crate::need::Need>(cx, case, &typed)
        .await
        .expect("recorded");
    let typed = Typed::of([("born_in", "Invented Town"), ("has_disability", "no")]);
    crate::part::record::<crate::background::Background>(cx, case, &typed)
        .await
        .expect("recorded");
    let typed = Typed::of([("role", "lawyer"), ("name", "Sample Adviser")]);
    crate::part::record::<crate::contact::Contact>(cx, case, &typed)
        .await
        .expect("recorded");
    let typed = Typed::of([("on", "2025-05-21"), ("words", "Nobody told me"), ("about", "help")]);
    crate::part::record::<crate::voice::Voice>(cx, case, &typed)
        .await
        .expect("recorded");
    let typed = Typed::of([
        ("on", "2025-05-21"),
        ("minutes", "45"),
        ("kind", "chasing"),
        ("agency", "police"),
    ]);
    crate::time_entry::record(cx, case, &typed).await.expect("recorded");
    case
}

#[tokio::test]
async fn what_leaves_can_be_brought_in_again_elsewhere() {
    on_both(async |stage| {
        let House {
            supervisor, outsider, ..
        } = house(stage).await;
        let case = lived(&supervisor.cx(stage)).await;
        let made = everything(&supervisor.cx(stage)).await.expect("an archive");
        assert_eq!((made.n_cases, &made.bytes[..2]), (1, &b"PK"[..]));
        let opened = audit::Entity::find()
            .filter(audit::Column::Action.eq("case.export"))
            .filter(audit::Column::SubjectId.eq(case))
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(opened, 1, "the log names the case");
        let all = read::all(&supervisor.cx(stage)).await.expect("read");
        let file = super::csv(tables::again(&all));
        let cx = outsider.cx(stage);
        let summary = check_file(&cx, "bring-in-again.csv", file, Plan::default(), None)
            .await
            .expect("read again");
        assert_eq!(summary.faults, []);
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let there = first(stage, &outsider).await;
        let before = open(&supervisor.cx(stage), case).await.expect("opened");
        let after = open(&cx, there).await.expect("opened");
        assert_eq!(after.person.identity, before.person.identity);
        assert_eq!(after.about, before.about);
        assert_eq!(after.status, Some(Status::RgNegative));
        assert_eq!(after.episodes[0].sheet, before.episodes[0].sheet);
        let again = read::all(&cx).await.expect("read");
        let (left, came) = (&all[0], &again[0]);
        let of = |value: &read::Whole| {
            let parts = (
                &value.needs[0].of,
                &value.background[0].of,
                &value.contacts[0].of,
                &value.voices[0].of,
            );
            serde_json::to_string(&(parts, &value.unpaid_time[0].of.given)).expect("JSON")
        };
        assert_eq!(
            of(left),
            of(came),
            "needs, background, contacts, voice and unpaid time come too"
        );
        let told = |of: &crate::case::Opened| -> Vec<(domain::Day, event::What, String)> {
            of.history
                .standing()
                .map(|event| (event.entry.on, event.entry.what.clone(), event.entry.note.clone()))
                .collect()
        };
        assert_eq!(told(&after), told(&before));
    })
    .await;
}

async fn first(stage: &Stage, by: &Keyed) -> Uuid {
    let found = list(&by.cx(stage), &Caseload::default(), &Filter::default())
        .await
        .expect("a list");
    found.cases.first().expect("a case").id
}

/// What stands in the first row of a table, by its heading.
fn cell((headers, rows): &(Vec<String>, Vec<Vec<Cell>>), heading: &str) -> String {
    let at = headers.iter().position(|known| known == heading).expect("a column");
    rows[0][at].text().into_owned()
}

/// Brings everything of a file in, as whoever knows nothing of where it comes from.
async fn bring_in(cx: &Cx<'_>, name: &str, file: Vec<u8>, plan: Plan) {
    let summary = check_file(cx, name, file, plan, None).await.expect("read");
    assert_eq!(summary.faults, []);
    take(cx, summary.import, Taking::default(), &|_| {})
        .await
        .expect("taken");
}

#[tokio::test]
async fn cases_that_share_a_reference_come_back_as_the_cases_that_they_were() {
    on_both(async |stage| {
        let House {
            supervisor, outsider, ..
        } = house(stage).await;
        let cx = supervisor.cx(stage);
        // A person who came back: both times the case has the reference that they were given the first time.
        let first = record(&cx, input("Specimen")).await.expect("recorded");
        let second = record(&cx, input("Specimen")).await.expect("recorded");
        let mut unnamed = input("Without");
        unnamed.about.reference = None;
        let third = record(&cx, unnamed).await.expect("recorded");
        let mut other = input("Another");
        other.about.reference = Some("SC-8".into());
        record(&cx, other).await.expect("recorded");
        for (case, words) in [(first, "before"), (second, "again"), (third, "without")] {
            happened(&cx, case, Kind::Note, &[("on", "2025-05-21"), ("words", words)]).await;
        }
        let all = read::all(&cx).await.expect("read");
        let there = outsider.cx(stage);
        bring_in(&there, "again.csv", super::csv(tables::again(&all)), Plan::default()).await;
        let came = read::all(&there).await.expect("read");
        let mut found: Vec<(String, String, String)> = came
            .iter()
            .map(|of| {
                let words: Vec<String> = of
                    .events
                    .iter()
                    .flat_map(|event| event.of.what.shown())
                    .map(|(_, words)| words)
                    .collect();
                let reference = of.about.reference.as_ref().expect("a reference").0.clone();
                (of.person.identity.name.0.clone(), reference, words.join(" "))
            })
            .collect();
        found.sort();
        let mark = |case: Uuid| -> String { case.simple().to_string().chars().skip(20).collect() };
        let mut expected = [
            ("Another".to_owned(), "SC-8".to_owned(), String::new()),
            (
                "Specimen".to_owned(),
                format!("SC-7 ({})", mark(first)),
                "before".to_owned(),
            ),
            (
                "Specimen".to_owned(),
                format!("SC-7 ({})", mark(second)),
                "again".to_owned(),
            ),
            ("Without".to_owned(), third.to_string(), "without".to_owned()),
        ];
        expected.sort();
        assert_eq!(found, expected);
        let readme = super::readme(&all, jiff::civil::date(2025, 6, 1));
        for words in [
            format!("SC-7 ({})", mark(first)),
            format!("SC-7 ({})", mark(second)),
            "unpaid time that belongs to no case".to_owned(),
            "said before they were amended".to_owned(),
        ] {
            assert!(readme.contains(&words), "{words} in {readme}");
        }
        assert!(!super::readme(&came, jiff::civil::date(2025, 6, 1)).contains("several cases share, and what"));
    })
    .await;
}

#[tokio::test]
async fn who_has_died_and_when_exploitation_began_go_out_by_the_standard_and_who_died_comes_in_closed() {
    on_both(async |stage| {
        let House {
            supervisor, outsider, ..
        } = house(stage).await;
        let cx = supervisor.cx(stage);
        let case = record(&cx, input("Specimen")).await.expect("recorded");
        for began in ["2019-05", "2021-02-03", "2020-03-01"] {
            let typed = Typed::of([("forms", "labour"), ("began", began)]);
            crate::part::record::<crate::exploitation::Episode>(&cx, case, &typed)
                .await
                .expect("recorded");
        }
        let living = super::htcds::table(&read::all(&cx).await.expect("read"));
        assert_eq!(cell(&living, "prs_Deceased"), "");
        assert_eq!(cell(&living, "hte_Type"), "Exploitation");
        assert_eq!(cell(&living, "hte_Date"), "2020-03-01");
        happened(&cx, case, Kind::Death, &[("on", "2025-05-21")]).await;
        let standard = super::htcds::table(&read::all(&cx).await.expect("read"));
        assert_eq!(cell(&standard, "prs_Deceased"), "TRUE");
        let there = outsider.cx(stage);
        let file = super::csv(standard);
        let mut mapping = crate::import::suggested(&there, "htcds.csv", file.clone(), &Plan::default())
            .await
            .expect("a guess");
        mapping.fixed.insert("case.nation".to_owned(), "england".to_owned());
        let planned = Plan {
            mapping: Some(mapping),
            ..Plan::default()
        };
        bring_in(&there, "htcds.csv", file, planned).await;
        let came = read::all(&there).await.expect("read");
        assert!(!came[0].is_open, "nobody waits for who has died");
    })
    .await;
}

#[tokio::test]
async fn what_stands_beside_the_cases_leaves_too_and_the_log_names_it() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.supervisor.cx(stage);
        let case = lived(&cx).await;
        let agreed = [
            ("on", "2025-05-20"),
            ("purpose", "sharing"),
            ("said", "given"),
            ("said_by", "person"),
            ("to_whom", "Second"),
            ("parts", "identity"),
        ];
        happened(&cx, case, Kind::Consent, &agreed).await;
        let receiver = house.outsider.0.organisation.expect("an organisation").0;
        let offer = crate::referral::Offer {
            receiver: receiver.to_string(),
            summary: "Please take on the appeal".to_owned(),
            parts: vec!["name".to_owned()],
            ..crate::referral::Offer::default()
        };
        crate::referral::offer(&cx, case, &offer).await.expect("offered");
        let own = house.supervisor.0.organisation.expect("an organisation").0;
        let words = crate::feedback::Give {
            words: "Nobody called back".to_owned(),
            contact: String::new(),
        };
        let receipt = access::code::Receipt::of(&access::secret::Secret::random());
        crate::feedback::give(&cx, own, &words, &receipt).await.expect("given");
        crate::plan::want(&cx, true, 0).await.expect("set");

        let beside = super::house::of(&cx).await.expect("opened");
        let json = serde_json::to_string(&beside).expect("JSON");
        for words in [
            "Nobody called back",
            "\"plans_are_approved\":true",
            "consent_counting",
            "Third",
        ] {
            assert!(json.contains(words), "{words} in {json}");
        }
        assert!(
            !crate::feedback::list(&cx).await.expect("listed")[0].is_read,
            "nobody has read it"
        );
        let opened = audit::Entity::find()
            .filter(audit::Column::Action.eq("case.export"))
            .filter(audit::Column::SubjectId.eq(beside.feedback[0].id))
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(opened, 1, "the log names the feedback");
        let all = read::all(&cx).await.expect("read");
        let sent = &all[0].referrals_sent[0];
        assert!(sent.is_held, "the other organisation has it");
        let standard = super::htcds::table(&all);
        assert_eq!(cell(&standard, "cas_ReferredOrganisation"), sent.note.receiver);
        assert_eq!(cell(&standard, "cas_OutgoingReferralDate"), sent.offered_on.iso());
        assert_eq!(
            cell(&standard, "cas_OutgoingReferralDetails"),
            "Please take on the appeal"
        );
        assert!(
            serde_json::to_string(&all[0])
                .expect("JSON")
                .contains("Please take on the appeal")
        );
        let names: Vec<String> = tables::all(&all, &beside).into_iter().map(|page| page.name).collect();
        for name in [
            "referrals sent",
            "referrals received",
            "feedback",
            "contributions",
            "consent texts",
            "settings",
        ] {
            assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
        }
        // The receiver sees that it came, and nothing of what is still sealed.
        let came = super::house::of(&house.outsider.cx(stage)).await.expect("opened");
        assert_eq!((came.referrals_received.len(), came.feedback.len()), (1, 0));
        assert_eq!(came.referrals_received[0].sender, "Third");
        // Whoever may not export, may not by this door either.
        assert!(super::house::of(&house.worker.cx(stage)).await.is_err());
        everything(&cx).await.expect("an archive");
    })
    .await;
}

#[tokio::test]
async fn the_case_data_standard_goes_out_and_comes_in() {
    on_both(async |stage| {
        let House {
            supervisor, outsider, ..
        } = house(stage).await;
        lived(&supervisor.cx(stage)).await;
        let all = read::all(&supervisor.cx(stage)).await.expect("read");
        let file = super::csv(super::htcds::table(&all));
        let text = String::from_utf8(file.clone()).expect("text");
        for words in [
            "prs_FirstName",
            "NotAVictimOfTrafficking",
            "SexualExploitation;ForcedLabour",
            "2025-05-20",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let cx = outsider.cx(stage);
        let mut mapping = crate::import::Mapping::default();
        for code in [
            "person.name",
            "case.opened_on",
            "episode.forms",
            "event.note.on",
            "event.note.words",
        ] {
            mapping.columns.insert(code.to_owned(), code.to_owned());
        }
        mapping.fixed.insert("case.nation".into(), "england".into());
        let planned = Plan {
            mapping: Some(mapping),
            ..Plan::default()
        };
        let summary = check_file(&cx, "htcds.csv", file, planned, None)
            .await
            .expect("read again");
        assert_eq!(summary.faults, []);
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let of = open(&cx, first(stage, &outsider).await).await.expect("opened");
        assert_eq!(of.person.identity.name.0, "=Sample \"Quoted\" <b>");
        assert_eq!(of.episodes[0].sheet.forms.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_person_is_given_everything_in_words_and_nothing_in_it_is_markup_of_theirs() {
    on_both(async |stage| {
        let House {
            supervisor,
            worker,
            manager,
            outsider,
            ..
        } = house(stage).await;
        let case = lived(&supervisor.cx(stage)).await;
        let made = for_person(&supervisor.cx(stage), case).await.expect("a file");
        let html = String::from_utf8(made.bytes).expect("text");
        for words in [
            "=Sample &quot;Quoted&quot; &lt;b&gt;",
            "Reasonable-grounds decision",
            "first line\nsecond line",
            "later marked as recorded by mistake",
            "Who has opened it",
            "you were not asked",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
        assert!(
            !html.contains("<script") && !html.contains("http"),
            "nothing runs, nothing is fetched"
        );
        for other in [&worker, &manager, &outsider] {
            assert!(for_person(&other.cx(stage), case).await.is_err());
        }
        for other in [&worker, &manager] {
            assert!(matches!(
                everything(&other.cx(stage)).await,
                Err(AppError::Forbidden(_))
            ));
        }
        assert_eq!(everything(&outsider.cx(stage)).await.expect("their own").n_cases, 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_said_before_an_amendment_and_where_an_event_is_known_from_leave_too() {
    on_both(async |stage| {
        let House {
            supervisor, outsider, ..
        } = house(stage).await;
        let cx = supervisor.cx(stage);
        let case = record(&cx, input("Specimen")).await.expect("recorded");
        let typed = |words| Typed::of([("on", "2025-05-21"), ("words", words)]);
        let voice = crate::part::record::<crate::voice::Voice>(&cx, case, &typed("Nobody asked"))
            .await
            .expect("recorded");
        crate::part::amend::<crate::voice::Voice>(&cx, case, voice, &typed("Somebody asked"), 1)
            .await
            .expect("amended");
        let house = [
            ("on", "2025-05-21"),
            ("weeks_due", "4"),
            ("weeks_paid", "4"),
            ("rate", "75.03"),
            ("known_from", "document"),
            ("certainty", "sure"),
        ];
        happened(&cx, case, Kind::Subsistence, &house).await;
        let all = read::all(&cx).await.expect("read");
        let json = serde_json::to_string(&all).expect("JSON");
        for words in ["Nobody asked", "Somebody asked", "\"known_from\":\"document\"", "7503"] {
            assert!(json.contains(words), "{words} in {json}");
        }
        let beside = super::house::of(&cx).await.expect("opened");
        let pages = tables::all(&all, &beside);
        let before = pages
            .iter()
            .find(|page| page.name == "before amendments")
            .expect("a page");
        let cells: Vec<String> = before.rows[0].iter().map(Cell::text).map(Into::into).collect();
        assert!(
            cells.iter().any(|cell| cell.contains("What they said: Nobody asked")),
            "{cells:?}"
        );
        assert!(
            cells.iter().all(|cell| !cell.is_empty()),
            "with when and by whom: {cells:?}"
        );
        let html = for_person(&cx, case).await.expect("a file");
        let html = String::from_utf8(html.bytes).expect("text");
        for words in [
            "Nobody asked",
            "changed it on",
            "£75.03",
            "A letter or document that you have seen",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
        // What is brought in elsewhere says the same of where it is known from.
        let file = super::csv(tables::again(&all));
        let there = outsider.cx(stage);
        let summary = check_file(&there, "again.csv", file, Plan::default(), None)
            .await
            .expect("read");
        assert_eq!(summary.faults, []);
        take(&there, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let of = open(&there, first(stage, &outsider).await).await.expect("opened");
        let entry = &of.history.standing().next().expect("an event").entry;
        assert_eq!(entry.basis, all[0].events[0].of.basis);
        assert_eq!(entry.what, all[0].events[0].of.what);
    })
    .await;
}

#[tokio::test]
async fn words_whose_printing_was_taken_back_leave_with_what_they_may_be_used_for_now() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let case = record(&cx, input("Specimen")).await.expect("recorded");
        let words = [("on", "2025-05-21"), ("words", "Nobody asked"), ("uses", "quote")];
        crate::part::record::<crate::voice::Voice>(&cx, case, &Typed::of(words))
            .await
            .expect("recorded");
        let says = async || {
            let all = read::all(&cx).await.expect("read");
            let beside = super::house::of(&cx).await.expect("opened");
            let pages = tables::all(&all, &beside);
            let page = pages.iter().find(|page| page.name == "what they say").expect("a page");
            let last: String = page.rows[0].last().expect("a cell").text().into();
            let html = String::from_utf8(for_person(&cx, case).await.expect("a file").bytes).expect("text");
            let may = |words: &str| html.contains(&format!("May be used now for: {words}</p>"));
            let is_said = may(&last);
            (last, is_said, all[0].voices_usable.values().flatten().count())
        };
        let printed = "Printed in their own words, without their name".to_owned();
        assert_eq!(says().await, (printed, true, 1));
        let no = [
            ("on", "2025-05-22"),
            ("purpose", "publication"),
            ("said", "refused"),
            ("said_by", "person"),
        ];
        happened(&cx, case, Kind::Consent, &no).await;
        assert_eq!(says().await, ("nothing".to_owned(), true, 0));
    })
    .await;
}
