//! The register of public bodies, as a member without scripts uses it.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn a_body_is_added_once_however_often_the_button_is_pressed() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member
            .get("/bodies")
            .await
            .expect(StatusCode::OK)
            .says("No public body is in the register yet");
        let form = member.get("/bodies/new").await.expect(StatusCode::OK);
        let once = form.hidden("once");
        for _ in 0..2 {
            let fields = [
                ("name", "Specimen Agency"),
                ("about", "Decides"),
                ("once", once.as_str()),
            ];
            assert_eq!(
                member
                    .post("/bodies/new", &fields)
                    .await
                    .expect(StatusCode::SEE_OTHER)
                    .location,
                "/bodies"
            );
        }
        assert_eq!(member.get("/bodies").await.body.matches("Specimen Agency").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_beside_the_fault() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let answer = member
            .post("/bodies/new", &[("name", " "), ("about", "Kept words")])
            .await;
        answer
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter the body&#39;s name")
            .says("Kept words")
            .says("href=\"#name\"");
    })
    .await;
}

#[tokio::test]
async fn a_draft_comes_back_when_the_form_is_opened_again_and_goes_when_it_is_sent() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member
            .post("/draft?form=/bodies/new", &[("name", "Half typed")])
            .await
            .expect(StatusCode::NO_CONTENT);
        member
            .get("/bodies/new")
            .await
            .says("Half typed")
            .says("Your draft was restored");
        member
            .post("/bodies/new", &[("name", "Whole")])
            .await
            .expect(StatusCode::SEE_OTHER);
        member.get("/bodies/new").await.lacks("Half typed");
    })
    .await;
}
