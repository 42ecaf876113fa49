//! Security modes, and roles that need a second factor.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn read_only_refuses_every_write_and_says_so_on_every_page() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        coordinator
            .post("/security/mode", &[("mode", "nonsense")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        coordinator
            .post("/security/mode", &[("mode", "read-only")])
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor
            .get("/bodies")
            .await
            .expect(StatusCode::OK)
            .says("nothing can be changed now");
        for path in ["/bodies/new", "/draft?form=/bodies/new", "/account/passphrase"] {
            contributor
                .post(path, &[("name", "Specimen")])
                .await
                .expect(StatusCode::SERVICE_UNAVAILABLE)
                .says("Nothing can be changed now");
        }
        coordinator
            .post("/security/mode", &[("mode", "normal")])
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor
            .post("/bodies/new", &[("name", "Specimen")])
            .await
            .expect(StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn closing_ends_every_session_and_leaves_what_is_published() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        coordinator
            .post("/security/mode", &[("mode", "closed")])
            .await
            .expect(StatusCode::SEE_OTHER);
        for client in [&coordinator, &observer] {
            client
                .get("/audit")
                .await
                .expect(StatusCode::SERVICE_UNAVAILABLE)
                .says("Closed for now");
        }
        let visitor = Client::visitor(&router);
        visitor.get("/editions").await.expect(StatusCode::OK);
        visitor
            .get("/sign-in")
            .await
            .expect(StatusCode::OK)
            .says("Only coordinators");
        // A session that a coordinator opens now works; anyone else's would not.
        let again = Client::member(&router, stage, &coalition.coordinator).await;
        again.get("/audit").await.expect(StatusCode::OK);
        let other = Client::member(&router, stage, &coalition.observer).await;
        other.get("/audit").await.expect(StatusCode::SERVICE_UNAVAILABLE);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_is_led_to_set_one_up_before_anything_else() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let reviewer = Client::member(&router, stage, &coalition.first_reviewer).await;
        coordinator
            .post("/security/factors", &[("roles", "reviewer"), ("roles", "publisher")])
            .await
            .expect(StatusCode::SEE_OTHER);
        let led = reviewer.get("/audit").await.expect(StatusCode::SEE_OTHER);
        assert_eq!(led.location, "/account?needs=factor");
        reviewer
            .post("/draft?form=/evidence/new", &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        reviewer.get("/account").await.says("Set up a second factor first");
        reviewer
            .post("/account/authenticator", &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator.get("/audit").await.expect(StatusCode::OK);
        coordinator
            .post("/security/factors", &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        reviewer.get("/audit").await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_the_doors_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let fields = [
        ("organisation", &*coalition.organisations[1].to_string()),
        ("name", "Test newcomer"),
        ("sign_in", "newcomer"),
        ("roles", "assessor"),
    ];
    let made = member.post("/members/new", &fields).await.expect(StatusCode::OK);
    let link = made
        .body
        .split_once("/invitation/")
        .and_then(|(_, rest)| rest.split_once('<'))
        .expect("a link")
        .0
        .to_owned();
    member
        .post("/account/authenticator", &[])
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in [
            "/account",
            "/account/passphrase",
            "/account/authenticator",
            "/account/passkeys/new",
            "/confirm?next=/security",
            "/security",
            "/who-can-see-what",
            "/members",
            "/sign-in",
            &format!("/invitation/{link}"),
        ] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    // The warning before the session ends: shown five minutes before, and gone when they stay.
    browser.go("/account").await;
    let script = "document.querySelector('[data-session-ends]').dataset.sessionEnds = '200'; document.dispatchEvent(new Event('visibilitychange'));";
    browser
        .client
        .execute(script, Vec::new())
        .await
        .expect("the script runs");
    browser
        .shows("[data-session-ends] [role=status]", "Your session ends soon")
        .await;
    browser.is_accessible().await;
    browser.press_anywhere("Stay signed in").await;
    browser.hides("[data-session-ends]").await;
    browser.close().await;
}
