//! Dangerous acts ask again, and nothing that was sent is lost.

use axum::http::StatusCode;
use testkit::on_both;

use crate::app::Settings;
use crate::sign_in::factor_tests::signed_in;
use crate::sign_in::tests::{PASSWORD, boss};
use crate::tests::router_later;

#[tokio::test]
async fn a_dangerous_act_asks_again_after_ten_minutes_and_then_goes_on_with_what_was_sent() {
    on_both(async |stage| {
        boss(stage).await;
        let fresh = signed_in(stage, Settings::default()).await;
        let member = fresh.on(&router_later(stage, Settings::default()));
        member.get("/security").await.expect(StatusCode::OK);
        let asked = member
            .post("/security/mode", &[("mode", "read-only"), ("note", "a & b")])
            .await
            .expect(StatusCode::UNAUTHORIZED)
            .says("Open, restrict or close the program");
        let (kept, next, act) = (asked.hidden("kept"), asked.hidden("next"), asked.hidden("act"));
        let sent = |password: &str| {
            [
                ("kept", kept.clone()),
                ("next", next.clone()),
                ("act", act.clone()),
                ("password", password.to_owned()),
            ]
        };
        let post = async |password: &str| {
            let fields = sent(password);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            member.post("/confirm", &fields).await
        };
        post("something else")
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("This is not your passphrase");
        post(PASSWORD)
            .await
            .expect(StatusCode::OK)
            .says("Nothing has been done yet")
            .says("name=\"mode\" value=\"read-only\"")
            .says("name=\"note\" value=\"a &#38; b\"")
            .lacks(PASSWORD);
        member
            .post("/security/mode", &[("mode", "read-only")])
            .await
            .expect(StatusCode::SEE_OTHER);
        member.get("/security").await.says("Read-only:");
    })
    .await;
}

#[tokio::test]
async fn setting_up_a_factor_asks_before_its_page_is_shown() {
    on_both(async |stage| {
        boss(stage).await;
        let member = signed_in(stage, Settings::default())
            .await
            .on(&router_later(stage, Settings::default()));
        let led = member.get("/account/authenticator").await.expect(StatusCode::SEE_OTHER);
        assert_eq!(led.location, "/confirm?next=%2Faccount%2Fauthenticator");
        let back = member
            .post(
                "/confirm",
                &[("next", "/account/authenticator"), ("password", PASSWORD)],
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_eq!(back.location, "/account/authenticator");
        member.get("/account/authenticator").await.expect(StatusCode::OK);
    })
    .await;
}
