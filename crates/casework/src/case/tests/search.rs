//! Nobody who is there is said not to be: a search, and whoever is recorded a second time; on both databases.

use domain::permission::Action;
use store::{AppError, Cx};
use testkit::on_both;

use super::{CANARY, found, house, input, names};
use crate::case::{Caseload, Filter, close, namesakes, record};
use crate::event::{self as events, Kind};
use crate::sheet::Typed;

#[tokio::test]
async fn a_search_from_ones_own_open_cases_finds_closed_ones_and_colleagues_ones_as_far_as_one_may_see_them() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        let cx = house.worker.cx(stage);
        let closed = record(&cx, input("Ada Specimen")).await.expect("recorded");
        close(&cx, closed).await.expect("closed");
        record(&cx, input("Zoë Specimen")).await.expect("recorded");
        record(&house.colleague.cx(stage), input("Iris Specimen"))
            .await
            .expect("recorded");
        let mine = |words: &str| Filter {
            words: words.to_owned(),
            is_mine: true,
            ..Filter::default()
        };
        let of = found(stage, &house.worker, &caseload, mine("specimen")).await;
        assert_eq!(names(&of), ["Zoë Specimen", "Ada Specimen"], "open ones first");
        assert_eq!(
            of.cases.iter().map(|case| case.is_open).collect::<Vec<_>>(),
            [true, false]
        );
        let of = found(stage, &house.supervisor, &caseload, mine("iris")).await;
        assert_eq!(names(&of), ["Iris Specimen"], "a colleague's, of the same team");
        assert_eq!(of.cases[0].members, ["Test caseworker-2"]);
        for by in [&house.worker, &house.outsider] {
            assert_eq!(found(stage, by, &caseload, mine("iris")).await.n, 0, "{}", by.0.name);
        }
        // Without words, each list is what its name says.
        let of = found(stage, &house.worker, &caseload, Filter::default()).await;
        assert_eq!(names(&of), ["Zoë Specimen"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_records_a_person_of_a_name_that_is_there_is_shown_the_case_first() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        let first = Cx {
            once: Some("token-of-the-first"),
            ..house.worker.cx(stage)
        };
        let id = record(&first, input(CANARY)).await.expect("recorded");
        let cx = house.worker.cx(stage);
        let alike = async |cx: &Cx<'_>, name: &str| {
            let found = namesakes(cx, &caseload, name).await.expect("looked for");
            found.into_iter().map(|case| case.id).collect::<Vec<_>>()
        };
        for name in [CANARY, "  canaria  PLUMAGE ", "birdie"] {
            assert_eq!(alike(&cx, name).await, [id], "{name}");
        }
        for name in ["Canaria", "Plumage Birdie", "SC-7", " "] {
            assert!(alike(&cx, name).await.is_empty(), "{name}");
        }
        close(&cx, id).await.expect("closed");
        assert_eq!(alike(&cx, CANARY).await, [id], "closed ones too");
        assert_eq!(alike(&house.supervisor.cx(stage), CANARY).await, [id]);
        assert!(alike(&house.colleague.cx(stage), CANARY).await.is_empty());
        assert!(matches!(
            namesakes(&house.manager.cx(stage), &caseload, CANARY).await,
            Err(AppError::Forbidden(words)) if words == Action::ReadCase.words()
        ));
        // The second click of the form that made the case is told apart from another person.
        assert!(matches!(
            namesakes(&first, &caseload, CANARY).await,
            Err(AppError::Repeated(Some(made))) if made == id
        ));
    })
    .await;
}

#[tokio::test]
async fn a_search_finds_the_numbers_that_authorities_gave_while_they_stand() {
    on_both(async |stage| {
        let house = house(stage).await;
        let caseload = Caseload::default();
        let cx = house.worker.cx(stage);
        let id = record(&cx, input("Łódka Specimen")).await.expect("recorded");
        let mut made = Vec::new();
        for (kind, typed) in [
            (
                Kind::NrmReferral,
                vec![
                    ("on", "2025-05-20"),
                    ("agency", "police"),
                    ("is_child", "no"),
                    ("reference", "NRM-4711"),
                ],
            ),
            (
                Kind::Interview,
                vec![("on", "2025-05-20"), ("crime_reference", "CR/0815")],
            ),
        ] {
            let typed = Typed::of(typed);
            let event = events::record(&cx, id, events::Record { kind, typed }).await;
            made.push(event.expect("recorded"));
        }
        let n_found = async |words: &str| {
            let filter = Filter {
                words: words.to_owned(),
                ..Filter::default()
            };
            found(stage, &house.worker, &caseload, filter).await.n
        };
        for words in ["nrm-4711", "cr/0815", "lodka", "ŁÓDKA"] {
            assert_eq!(n_found(words).await, 1, "{words}");
        }
        assert_eq!(
            namesakes(&cx, &caseload, "Lodka Specimen")
                .await
                .expect("looked for")
                .len(),
            1
        );
        events::strike(&cx, id, made[0], "Entered twice").await.expect("struck");
        assert_eq!(n_found("nrm-4711").await, 0, "it was of somebody else");
        assert_eq!(n_found("cr/0815").await, 1);
    })
    .await;
}
