//! What leaves: everything, so that another organisation could begin with it; and one person's file.

use domain::casework::Status;
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
