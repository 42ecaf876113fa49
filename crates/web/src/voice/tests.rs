//! What a person says, on the page of their case.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::case::tests::{begun, keyed};
use crate::tests::router_on;

const PERSON: [(&str, &str); 5] = [
    ("opened_on_day", "20"),
    ("opened_on_month", "5"),
    ("opened_on_year", "2025"),
    ("nation", "england"),
    ("name", "Canaria Plumage"),
];

const SAID: [(&str, &str); 7] = [
    ("on_day", "21"),
    ("on_month", "5"),
    ("on_year", "2025"),
    ("words", "Nobody told Canaria why"),
    ("about", "decision"),
    ("uses", "improve"),
    ("uses", "quote"),
];

#[tokio::test]
async fn words_are_kept_with_what_they_may_be_used_for_and_a_use_is_taken_back() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        keyed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let worker = Client::member(&router, stage, &coalition.caseworker).await;
        let case = worker
            .post("/cases/new", &PERSON)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        worker
            .get(&case)
            .await
            .expect(StatusCode::OK)
            .says("Nothing is recorded in their own words");
        let new = format!("{case}/voices/new");
        worker.post(&new, &SAID).await.expect(StatusCode::SEE_OTHER);
        let page = worker
            .get(&case)
            .await
            .expect(StatusCode::OK)
            .says("Nobody told Canaria why")
            .says("Printed in their own words, without their name");
        let (_, rest) = page.body.split_once(&format!("href=\"{case}/voices/")).expect("a link");
        let one = format!("{case}/voices/{}", rest.split_once('"').expect("an end").0);
        let taken: Vec<_> = SAID
            .iter()
            .copied()
            .chain([("taken_back", "improve"), ("taken_back", "quote"), ("revision", "1")])
            .collect();
        worker.post(&one, &taken).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&case)
            .await
            .expect(StatusCode::OK)
            .says("for nothing: it stays in this case");
        assert_eq!(stage.traces_of("Nobody told").await, Vec::<String>::new());
        for other in [&coalition.first_manager, &coalition.coordinator] {
            let other = Client::member(&router, stage, other).await;
            other.get(&new).await.expect(StatusCode::FORBIDDEN);
        }
    })
    .await;
}

/// What somebody said to their words being printed, on a day of May 2025.
async fn asked(worker: &Client, case: &str, on: &str, said: &str) {
    let answer = [
        ("kind", "consent"),
        ("on", on),
        ("purpose", "publication"),
        ("said", said),
        ("said_by", "person"),
    ];
    worker
        .post(&format!("{case}/events/new"), &answer)
        .await
        .expect(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_no_to_printing_is_heeded_whether_it_came_before_the_words_or_after() {
    on_both(async |stage| {
        let (_, _, worker, case) = begun(stage).await;
        let new = format!("{case}/voices/new");
        asked(&worker, &case, "2025-05-20", "refused").await;
        worker
            .post(&new, &SAID)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("on 20 May 2025 they said no to")
            .says("record that first")
            .says("Nobody told Canaria why");
        asked(&worker, &case, "2025-05-21", "given").await;
        worker.post(&new, &SAID).await.expect(StatusCode::SEE_OTHER);
        let page = worker.get(&case).await.expect(StatusCode::OK);
        assert!(!page.body.contains("May not be used"), "nothing is ruled out");
        asked(&worker, &case, "2025-05-22", "withdrawn").await;
        worker
            .get(&case)
            .await
            .expect(StatusCode::OK)
            .says("May not be used")
            .says("on 22 May 2025 they took back");
        worker
            .get("/cases/voices?use=quote")
            .await
            .expect(StatusCode::OK)
            .says("No words of this use")
            .lacks("Nobody told");
    })
    .await;
}

#[tokio::test]
async fn words_that_may_be_used_are_listed_by_use_and_subject_with_their_case_and_without_a_name() {
    on_both(async |stage| {
        let (coalition, router, worker, case) = begun(stage).await;
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("href=\"/cases/voices\"");
        worker
            .get("/cases/voices")
            .await
            .expect(StatusCode::OK)
            .says("No words may be used yet");
        let said: Vec<(&str, &str)> = SAID
            .iter()
            .copied()
            .map(|(name, value)| (name, if name == "words" { "Nobody told me why" } else { value }))
            .collect();
        worker
            .post(&format!("{case}/voices/new"), &said)
            .await
            .expect(StatusCode::SEE_OTHER);
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        for reader in [&worker, &supervisor] {
            reader
                .get("/cases/voices?use=quote&about=decision")
                .await
                .expect(StatusCode::OK)
                .says("Nobody told me why")
                .says("A decision about them")
                .says(&format!("href=\"{case}\""))
                .lacks("Canaria");
        }
        worker
            .get("/cases/voices?use=audit")
            .await
            .expect(StatusCode::OK)
            .says("No words of this use")
            .lacks("Nobody told");
        for other in [&coalition.first_manager, &coalition.coordinator] {
            let other = Client::member(&router, stage, other).await;
            other.get("/cases/voices").await.expect(StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_voice_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    keyed(&stage, &coalition).await;
    let router = router_on(&stage, Settings::default());
    let worker = Client::member(&router, &stage, &coalition.caseworker).await;
    let case = worker
        .post("/cases/new", &PERSON)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    worker
        .post(&format!("{case}/voices/new"), &SAID)
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router.clone(), 320).await;
    let (secret, _) = cast::session(&stage, &coalition.caseworker).await;
    browser.carry(&secret).await;
    for path in [case.clone(), format!("{case}/voices/new"), "/cases/voices".to_owned()] {
        browser.go(&path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
