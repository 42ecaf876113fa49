//! Interests, as members without scripts declare them.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn an_interest_is_declared_printed_with_its_name_and_never_by_an_observer() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("10(1).1", "mandatory")]).await[0].to_string();
        let assessor = Client::member(&router, stage, &coalition.first_assessor).await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        assessor
            .get("/interests")
            .await
            .expect(StatusCode::OK)
            .says("Nobody has declared an interest yet")
            .says("All of this is printed");
        assessor
            .get("/interests/new")
            .await
            .expect(StatusCode::OK)
            .says("Specimen 10(1).1");
        let answer = assessor
            .post("/interests/new", &[("kind", "party"), ("words", "Kept words")])
            .await;
        answer
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("href=\"#body\"")
            .says("Kept words");
        let unknown = [
            ("kind", "party"),
            ("words", "Acts in a case"),
            ("provision", "00000000-0000-4000-8000-000000000000"),
        ];
        assessor
            .post("/interests/new", &unknown)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose a provision of a standard");
        let fields = [
            ("kind", "party"),
            ("whose", "own"),
            ("words", "Acts in a case on it"),
            ("provision", provision.as_str()),
            ("bars", "yes"),
        ];
        observer
            .post("/interests/new", &fields)
            .await
            .expect(StatusCode::FORBIDDEN);
        observer.get("/interests").await.says("Nobody has declared");
        assert_eq!(
            assessor
                .post("/interests/new", &fields)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            "/interests"
        );
        observer
            .get("/interests")
            .await
            .says("Acts in a case on it")
            .says("Test assessor-1, First")
            .says("bars")
            .says("10(1).1")
            .lacks("Declare an interest");
    })
    .await;
}
