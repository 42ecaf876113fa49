//! The pages of claims.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

fn fields(provision: &str) -> Vec<(&str, &str)> {
    let day = [("made_on_day", "1"), ("made_on_month", "3"), ("made_on_year", "2025")];
    let mut fields = vec![
        ("provision", provision),
        ("jurisdiction", "uk"),
        ("words", "Everyone is housed within a day."),
        ("source", "Answer 1"),
    ];
    fields.extend(day);
    fields
}

#[tokio::test]
async fn a_claim_is_recorded_once_and_found_by_its_provision() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get(&format!("/claims?provision={provision}"))
            .await
            .expect(StatusCode::OK)
            .says("No claim is recorded here yet");
        let form = member
            .get(&format!("/claims/new?provision={provision}"))
            .await
            .expect(StatusCode::OK);
        let once = form
            .says(&format!("<option value=\"{provision}\" selected>"))
            .hidden("once");
        let mut sent = fields(&provision);
        sent.push(("once", &once));
        let first = member
            .post("/claims/new", &sent)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_eq!(
            member
                .post("/claims/new", &sent)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            first
        );
        member
            .get(&first)
            .await
            .expect(StatusCode::OK)
            .says("Everyone is housed within a day.")
            .says("1 March 2025")
            .says(", 12(1)");
        assert_eq!(
            member.get("/claims").await.body.matches("Everyone is housed").count(),
            1
        );
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.post("/claims/new", &sent).await.expect(StatusCode::FORBIDDEN);
        member
            .get("/claims?provision=nonsense")
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_of_a_claim_is_kept_beside_the_faults() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let answer = member
            .post("/claims/new", &[("words", "Kept words"), ("made_on_year", "2025")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("Kept words")
            .says("href=\"#provision\"")
            .says("href=\"#made_on\"")
            .says("href=\"#jurisdiction\"")
            .says("value=\"2025\"");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_claims_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let provision = provisions(&stage, &[("12(1)", "mandatory")]).await[0].to_string();
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let claim = member
        .post("/claims/new", &fields(&provision))
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 500] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in ["/claims", "/claims/new", &claim] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
