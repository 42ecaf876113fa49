//! The list of what is due, as members without scripts use it.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn a_manager_sets_the_term_of_their_own_records_and_a_fault_is_said_at_its_field() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager
            .get("/retention")
            .await
            .expect(StatusCode::OK)
            .says("No term is over")
            .lacks("Answers to a call");
        let kind = ("kind", "personal_evidence");
        manager
            .post("/retention", &[kind, ("months", "none")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter a number of months");
        manager
            .post("/retention", &[kind, ("months", "7")])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager
            .get("/retention")
            .await
            .says("value=\"7\"")
            .says("Feedback on your organisation’s help")
            .says("value=\"24\"");
        let feedback = ("kind", "feedback");
        manager
            .post("/retention", &[feedback, ("months", "none")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter a number of months");
        manager
            .post("/retention", &[feedback, ("months", "9")])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager
            .get("/retention")
            .await
            .says("value=\"9\"")
            .lacks("value=\"24\"");
        manager.get("/feedback").await.says("after 9 months");
        let nothing = format!("/retention/{}/keep", uuid::Uuid::from_u128(5));
        manager.post(&nothing, &[]).await.expect(StatusCode::NOT_FOUND);
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .post("/retention", &[kind, ("months", "7")])
            .await
            .expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn the_page_is_accessible_and_fits_a_narrow_window() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let browser = Browser::open(router, 1280).await;
    let (secret, _) = cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        browser.go("/retention").await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
