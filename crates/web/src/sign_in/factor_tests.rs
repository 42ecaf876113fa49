//! Signing in with a second factor, and the waits that follow failures.

use access::factor::totp::code_at;
use axum::http::{StatusCode, header};
use domain::Instant;
use testkit::client::Answer;
use testkit::{Client, Stage, on_both};

use super::tests::{PASSWORD, boss};
use crate::app::Settings;
use crate::tests::router_on;

/// The cookies that an answer sets, as the next request sends them.
pub(crate) fn cookies(answer: &Answer) -> String {
    answer
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok()?.split(';').next())
        .collect::<Vec<_>>()
        .join("; ")
}

/// Signs `boss` in with the passphrase alone.
pub(crate) async fn signed_in(stage: &Stage, settings: Settings) -> Client {
    let visitor = Client::visitor(&router_on(stage, settings));
    let answer = visitor
        .post("/sign-in", &[("sign_in", "boss"), ("password", PASSWORD)])
        .await
        .expect(StatusCode::SEE_OTHER);
    visitor.carrying(&cookies(&answer)).await
}

/// Sets up an authenticator for `boss`: the secret as it is typed, and the recovery codes.
async fn with_authenticator(stage: &Stage, member: &Client) -> (String, Vec<String>) {
    member
        .post("/account/authenticator", &[])
        .await
        .expect(StatusCode::SEE_OTHER);
    let page = member.get("/account/authenticator").await.expect(StatusCode::OK);
    let secret = between(page.says("data:image/svg+xml,").body.as_str(), "<p><code>", "</code>");
    let code = code_at(&secret, stage.now).expect("a secret");
    member
        .post("/account/authenticator/finish", &[("one_time_code", "000000")])
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says("This is not the code");
    let sheet = member
        .post("/account/authenticator/finish", &[("one_time_code", &code)])
        .await
        .expect(StatusCode::OK)
        .says("shown this once");
    let codes: Vec<String> = sheet
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

fn between(text: &str, before: &str, after: &str) -> String {
    text.split_once(before)
        .and_then(|(_, rest)| rest.split_once(after))
        .map_or_else(
            || panic!("no {before}…{after} in:\n{text}"),
            |(inside, _)| inside.to_owned(),
        )
}

#[tokio::test]
async fn a_member_with_an_authenticator_needs_its_code_and_each_code_opens_once() {
    on_both(async |stage| {
        boss(stage).await;
        let member = signed_in(stage, Settings::default()).await;
        let (secret, codes) = with_authenticator(stage, &member).await;
        member.get("/account").await.says("10 left").lacks(&codes[0]);
        let used = code_at(&secret, stage.now).expect("a code");
        let next = code_at(&secret, Instant(stage.now.0 + 30_000_000)).expect("a code");

        let halfway = async || {
            let visitor = Client::visitor(&router_on(stage, Settings::default()));
            let asked = visitor
                .post(
                    "/sign-in",
                    &[("sign_in", "boss"), ("password", PASSWORD), ("next", "/audit")],
                )
                .await
                .expect(StatusCode::OK)
                .says("Second factor");
            let visitor = visitor.carrying(&cookies(&asked)).await;
            // The passphrase alone opens nothing yet.
            visitor.get("/audit").await.expect(StatusCode::SEE_OTHER);
            visitor
        };
        let visitor = halfway().await;
        visitor
            .post("/sign-in/factor", &[("one_time_code", &used)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("was used before");
        let done = visitor
            .post("/sign-in/factor", &[("one_time_code", &next), ("next", "/audit")])
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_eq!(done.location, "/audit");
        visitor.get("/audit").await.expect(StatusCode::OK);

        let visitor = halfway().await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        visitor
            .post("/sign-in/factor", &[("one_time_code", &typed)])
            .await
            .expect(StatusCode::SEE_OTHER);
        member.get("/account").await.says("9 left");
        let visitor = halfway().await;
        visitor
            .post("/sign-in/factor", &[("one_time_code", &codes[3])])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn failures_are_made_to_wait_where_they_come_from_and_a_known_browser_is_not() {
    on_both(async |stage| {
        boss(stage).await;
        let settings = || Settings {
            trusts_proxy: true,
            ..Settings::default()
        };
        let router = router_on(stage, settings());
        let from = |address: &str| Client::visitor(&router).with("x-forwarded-for", address);
        let right = [("sign_in", "boss"), ("password", PASSWORD)];
        let own = from("192.0.2.1")
            .post("/sign-in", &right)
            .await
            .expect(StatusCode::SEE_OTHER);
        let browser = cookies(&own)
            .split("; ")
            .find(|pair| pair.starts_with("rapporteur_browser="))
            .expect("the browser is remembered")
            .to_owned();
        for _ in 0..5 {
            from("192.0.2.66")
                .post("/sign-in", &[("sign_in", "boss"), ("password", "guessed wrongly")])
                .await
                .expect(StatusCode::UNPROCESSABLE_ENTITY);
        }
        from("192.0.2.66")
            .post("/sign-in", &right)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("wait 30 seconds");
        from("198.51.100.1")
            .post("/sign-in", &right)
            .await
            .expect(StatusCode::SEE_OTHER);
        from("192.0.2.1")
            .with("cookie", &browser)
            .post("/sign-in", &right)
            .await
            .expect(StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_flood_from_one_network_is_told_to_wait() {
    on_both(async |stage| {
        boss(stage).await;
        let visitor = Client::visitor(&router_on(stage, Settings::default()));
        let mut last = visitor.post("/sign-out", &[]).await;
        for _ in 0..200 {
            last = visitor.post("/passkey", &[]).await;
        }
        let last = last.expect(StatusCode::TOO_MANY_REQUESTS).says("Wait 1 minute");
        assert_eq!(last.headers[header::RETRY_AFTER], "60");
    })
    .await;
}
