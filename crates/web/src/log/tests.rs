//! The page of the log.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn the_log_shows_a_coordinator_everything_and_a_manager_their_own_organisation() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member.get("/log").await.expect(StatusCode::OK).says("No act to show");
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .post("/bodies/new", &[("name", "Specimen Agency")])
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor
            .post("/draft?form=/bodies/new", &[("name", "Half typed")])
            .await
            .expect(StatusCode::NO_CONTENT);
        Client::visitor(&router)
            .post("/sign-in", &[("sign_in", "nobody"), ("password", "wrong")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let log = member
            .get("/log")
            .await
            .expect(StatusCode::OK)
            .says("Add a public body to the register")
            .says("href=\"/bodies\"");
        let log = log
            .says("Test contributor")
            .says("Second")
            .says("refused")
            .says("nobody signed in");
        assert_eq!(log.body.matches("<th scope=\"row\">Keep a draft").count(), 0);
        member
            .get("/log?action=draft.save")
            .await
            .says("<th scope=\"row\">Keep a draft")
            .lacks("<th scope=\"row\">Add a public body");
        let first = Client::member(&router, stage, &coalition.first_manager).await;
        first
            .get("/log")
            .await
            .expect(StatusCode::OK)
            .lacks("Test contributor")
            .lacks("nobody signed in");
        let second = Client::member(&router, stage, &coalition.second_manager).await;
        second
            .get("/log?page=9")
            .await
            .expect(StatusCode::OK)
            .says("Test contributor");
        contributor.get("/log").await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}
