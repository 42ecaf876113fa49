//! What a person says, on the page of their case.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::case::tests::keyed;
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
    for path in [case.clone(), format!("{case}/voices/new")] {
        browser.go(&path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
