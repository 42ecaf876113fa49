//! The pages of organisations.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn a_coordinator_adds_an_organisation_and_others_only_read_the_list() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member.get("/organisations/new").await.expect(StatusCode::OK);
        member
            .post("/organisations/new", &[("name", " "), ("about", "Kept words")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Kept words")
            .says("href=\"#name\"");
        member
            .post(
                "/organisations/new",
                &[("name", "Specimen House"), ("about", "Gives shelter")],
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        member
            .post("/organisations/new", &[("name", "SPECIMEN house")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("already an organisation");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get("/organisations")
            .await
            .expect(StatusCode::OK)
            .says("Gives shelter")
            .lacks("/organisations/new");
        observer
            .post("/organisations/new", &[("name", "Another")])
            .await
            .expect(StatusCode::FORBIDDEN);
        observer.get("/organisations").await.lacks("Another");
    })
    .await;
}
