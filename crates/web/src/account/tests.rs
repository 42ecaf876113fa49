//! One's own sessions and passphrase.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both};

use crate::app::Settings;
use crate::sign_in::factor_tests::signed_in;
use crate::sign_in::tests::{PASSWORD, boss};
use crate::tests::router_on;

#[tokio::test]
async fn a_member_sees_and_ends_their_own_sessions_and_nobody_elses() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let here = Client::member(&router, stage, &coalition.observer).await;
        let there = Client::member(&router, stage, &coalition.observer).await;
        let stranger = Client::member(&router, stage, &coalition.contributor).await;
        let page = here
            .get("/account")
            .await
            .expect(StatusCode::OK)
            .says("this one: sign out");
        let end = page
            .body
            .split_once("/account/sessions/")
            .and_then(|(_, rest)| rest.split_once("/end"))
            .expect("a session")
            .0
            .to_owned();
        let path = format!("/account/sessions/{end}/end");
        stranger.post(&path, &[]).await.expect(StatusCode::NOT_FOUND);
        there.get("/audit").await.expect(StatusCode::OK);
        here.post(&path, &[]).await.expect(StatusCode::SEE_OTHER);
        there.get("/audit").await.expect(StatusCode::SEE_OTHER);
        let third = Client::member(&router, stage, &coalition.observer).await;
        here.post("/account/sessions/end-others", &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        third.get("/audit").await.expect(StatusCode::SEE_OTHER);
        here.get("/audit").await.expect(StatusCode::OK);
        assert_eq!(here.get("/account/stay").await.expect(StatusCode::OK).body, "7200");
    })
    .await;
}

#[tokio::test]
async fn a_changed_passphrase_keeps_what_it_opens_and_ends_the_other_sessions() {
    on_both(async |stage| {
        boss(stage).await;
        let member = signed_in(stage, Settings::default()).await;
        let other = signed_in(stage, Settings::default()).await;
        let page = member.get("/account/passphrase").await.expect(StatusCode::OK);
        let suggestion = page
            .body
            .split_once("<strong><code>")
            .and_then(|(_, rest)| rest.split_once('<'))
            .expect("a suggestion")
            .0
            .to_owned();
        let change = async |current: &str, new: &str| {
            member
                .post(
                    "/account/passphrase",
                    &[("current", current), ("passphrase", new), ("again", new)],
                )
                .await
        };
        change("not it at all", &suggestion)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("This is not your passphrase");
        change(PASSWORD, "boss boss boss")
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("soon be guessed");
        member
            .post("/draft?form=/bodies/new", &[("name", "Half typed")])
            .await
            .expect(StatusCode::NO_CONTENT);
        change(PASSWORD, &suggestion).await.expect(StatusCode::SEE_OTHER);
        other.get("/audit").await.expect(StatusCode::SEE_OTHER);
        let visitor = Client::visitor(&router_on(stage, Settings::default()));
        visitor
            .post("/sign-in", &[("sign_in", "boss"), ("password", PASSWORD)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let opened = visitor
            .post("/sign-in", &[("sign_in", "boss"), ("password", &suggestion)])
            .await
            .expect(StatusCode::SEE_OTHER);
        let again = visitor.carrying(&crate::sign_in::factor_tests::cookies(&opened)).await;
        // Sealed to the key pair before the change: the new passphrase opens it.
        again.get("/bodies/new").await.says("Half typed");
    })
    .await;
}
