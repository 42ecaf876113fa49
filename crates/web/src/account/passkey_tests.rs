//! Passkeys, in Chromium with a virtual authenticator (WebDriver's own extension, W3C Web Authentication,
//! section 11).

use axum::http::StatusCode;
use testkit::Stage;
use testkit::browser::Browser;

use crate::app::Settings;
use crate::sign_in::tests::{PASSWORD, boss};
use crate::tests::router_on;

fn settings() -> Settings {
    Settings {
        origin: "http://localhost".to_owned(),
        ..Settings::default()
    }
}

/// A browser that `boss` has signed in with, whose authenticator has PRF or not.
async fn browser_of_boss(stage: &Stage, has_prf: bool) -> Browser {
    boss(stage).await;
    let browser = Browser::open(router_on(stage, settings()), 1280).await.at_localhost();
    browser.authenticator(has_prf).await;
    browser.go("/sign-in").await;
    browser.fill("sign_in", "boss").await;
    browser.fill("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.go("/account/passkeys/new").await;
    browser.fill("name", "virtual key").await;
    browser.press("Add the passkey").await;
    browser.sees("shown this once").await;
    browser
}

#[tokio::test]
async fn a_passkey_with_prf_signs_in_and_opens_seals() {
    let stage = Stage::sqlite().await;
    let browser = browser_of_boss(&stage, true).await;
    browser.go("/account").await;
    browser.sees("virtual key").await;
    browser.sees("opens them").await;
    browser.sign_out().await;
    browser.go("/sign-in?next=/account").await;
    browser.press("Sign in with a passkey").await;
    browser.sees("Where you are signed in").await;
    assert!(!browser.text().await.contains("opens no seal"));
    browser.close().await;
}

#[tokio::test]
async fn a_passkey_without_prf_signs_in_and_opens_no_seal_until_the_passphrase_is_given() {
    let stage = Stage::sqlite().await;
    let browser = browser_of_boss(&stage, false).await;
    browser.go("/account").await;
    browser.sees("signs in only").await;
    browser.sign_out().await;
    browser.go("/sign-in?next=/account").await;
    browser.press("Sign in with a passkey").await;
    browser.sees("opens no seal").await;
    browser.press("Type your passphrase").await;
    browser.fill("password", PASSWORD).await;
    browser.press("Go on").await;
    browser.sees("Where you are signed in").await;
    assert!(!browser.text().await.contains("opens no seal"));
    browser.close().await;
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_after_the_passphrase() {
    let stage = Stage::sqlite().await;
    let browser = browser_of_boss(&stage, true).await;
    browser.sign_out().await;
    browser.go("/sign-in?next=/audit").await;
    browser.fill("sign_in", "boss").await;
    browser.fill("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.sees("Your passphrase was right").await;
    browser.is_accessible().await;
    browser.press("Use your passkey").await;
    browser.sees("audit").await;
    browser.close().await;
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_opens_nothing() {
    testkit::on_both(async |stage| {
        boss(stage).await;
        let visitor = testkit::Client::visitor(&router_on(stage, settings()));
        let begun = visitor
            .post("/passkey", &[])
            .await
            .expect(StatusCode::OK)
            .says("challenge");
        let ceremony = begun
            .body
            .split_once("\"ceremony\":\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .expect("a ceremony")
            .0;
        for (ceremony, credential) in [("unknown", "{}"), (ceremony, "{}"), (ceremony, "nonsense")] {
            visitor
                .post(
                    "/sign-in/passkey",
                    &[("ceremony", ceremony), ("credential", credential)],
                )
                .await
                .expect(StatusCode::UNPROCESSABLE_ENTITY)
                .says("This passkey is not known here");
        }
    })
    .await;
}
