//! Searching, and recording a person who may be there already, as members without scripts see it.

use axum::http::StatusCode;
use testkit::{Client, on_both};

use super::{PERSON, begun};

#[tokio::test]
async fn a_search_says_who_is_there_in_closed_cases_and_in_colleagues_ones() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        worker
            .post(&format!("{address}/close"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .post("/cases", &[("words", "birdie"), ("show", "mine")])
            .await
            .expect(StatusCode::OK)
            .says("One person goes by")
            .says("closed")
            .says("Test caseworker");
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        supervisor
            .post("/cases", &[("words", "plumage"), ("show", "mine")])
            .await
            .expect(StatusCode::OK)
            .says("One person goes by")
            .says("Test caseworker");
        supervisor
            .post("/cases", &[("words", "nobody"), ("show", "mine")])
            .await
            .expect(StatusCode::OK)
            .says("Nobody here goes by")
            .says("in open cases or closed ones");
    })
    .await;
}

#[tokio::test]
async fn a_second_person_of_one_name_is_recorded_after_the_case_that_is_there_was_shown_once() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let with = |more: &[(&'static str, &'static str)]| {
            let mut fields = PERSON.to_vec();
            fields.retain(|(name, _)| !more.iter().any(|(other, _)| name == other));
            fields.extend(more);
            fields
        };
        let hint = worker
            .post("/cases/new", &with(&[("once", "another-token")]))
            .await
            .expect(StatusCode::OK)
            .says("Someone of this name is here already")
            .says("Nothing is recorded yet")
            .says(&format!("href=\"{address}\""))
            .says("name=\"shown\" value=\"Canaria Plumage\"")
            .says("Record another person");
        assert!(hint.body.contains("value=\"1999\""), "what was typed stays");
        worker.get("/cases").await.says("1 in all");
        let made = worker
            .post(
                "/cases/new",
                &with(&[("once", "a-third-token"), ("shown", "Canaria Plumage")]),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_ne!(made.location, address);
        worker.get("/cases").await.says("2 in all");
    })
    .await;
}

#[tokio::test]
async fn the_faults_of_a_new_person_are_listed_in_the_order_of_the_form() {
    on_both(async |stage| {
        let (_, _, worker, _) = begun(stage).await;
        let page = worker
            .post("/cases/new", &[("name", ""), ("nation", ""), ("once", "some-token")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let place = |href: &str| page.body.find(href).unwrap_or_else(|| panic!("{href} is missing"));
        assert!(place("href=\"#name\"") < place("href=\"#opened_on\""));
        assert!(place("href=\"#opened_on\"") < place("href=\"#nation\""));
    })
    .await;
}
