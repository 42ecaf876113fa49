//! Texts side by side, with the language and the direction of each.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn a_text_stands_beside_the_english_one_with_its_language_its_direction_and_who_checked_it() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let worker = Client::member(&router, &stage, &coalition.caseworker).await;
    worker
        .get("/texts/consent_sharing?in=ar")
        .await
        .expect(StatusCode::OK)
        .says("<div lang=\"ar\" dir=\"rtl\">")
        .says("We would like to ask another organisation to help you.")
        .says("Checked by: nobody yet. Translation made by machine")
        .says("consent_sharing 2, Arabic, unchecked");
    worker
        .get("/texts/consent_sharing")
        .await
        .expect(StatusCode::OK)
        .says("consent_sharing 2, English, unchecked");
    for wrong in ["/texts/feedback_page", "/texts/nothing"] {
        worker.get(wrong).await.expect(StatusCode::NOT_FOUND);
    }
    let browser = Browser::open(router.clone(), 320).await;
    let (secret, _) = cast::session(&stage, &coalition.caseworker).await;
    browser.carry(&secret).await;
    for path in [
        "/texts",
        "/texts/consent_sharing?in=ar",
        "/texts/safety?in=am",
        "/texts/consent_litigation?in=vi",
        "/texts/feedback",
    ] {
        browser.go(path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
