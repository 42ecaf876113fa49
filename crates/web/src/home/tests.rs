//! The home page, for a visitor and for a member, and signing in.

use axum::http::StatusCode;
use domain::permission::Role;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::finding::tests::gathering;
use crate::tests::router_on;

#[tokio::test]
async fn the_home_page_tells_a_visitor_what_this_is_and_a_member_what_waits() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let visitor = Client::visitor(&router);
        let page = visitor
            .get("/")
            .await
            .expect(StatusCode::OK)
            .says("Nothing has been published yet")
            .says("The letter")
            .lacks("Waiting for you");
        assert_eq!(page.body.matches("<h1").count(), 1);
        gathering(stage, &coalition, "2025").await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        let page = observer
            .get("/")
            .await
            .expect(StatusCode::OK)
            .says("Nothing waits for you")
            .says("Organisations")
            .lacks("href=\"/log\"")
            .lacks("Record evidence");
        assert_eq!(page.body.matches("<h1").count(), 1);
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .get("/")
            .await
            .expect(StatusCode::OK)
            .says("href=\"/log\"")
            .says("href=\"/members\"")
            .says("Record evidence");
        // Whoever supports people, and does nothing else here, begins with what is late and due; who has another part too
        // finds both on this page.
        let organisation = coalition.organisations[2];
        for (name, roles, is_sent_on) in [
            ("case-1", [Role::Caseworker].as_slice(), true),
            ("case-2", &[Role::Supervisor], true),
            ("case-3", &[Role::Caseworker, Role::Contributor], true),
            ("case-4", &[Role::Caseworker, Role::Assessor], false),
            ("case-5", &[Role::Supervisor, Role::Manager], false),
            ("case-6", &[Role::Contributor], false),
        ] {
            let member = testkit::cast::member(stage, organisation, name, roles).await;
            let home = Client::member(&router, stage, &member).await.get("/").await;
            if is_sent_on {
                assert_eq!(home.expect(StatusCode::SEE_OTHER).location, "/cases", "{name}");
            } else {
                home.expect(StatusCode::OK);
            }
        }
        // The operator keeps the machine running and sees no room of the audit.
        let operator = Client::member(&router, stage, &coalition.operator).await;
        operator
            .get("/")
            .await
            .expect(StatusCode::OK)
            .lacks("href=\"/audit\"")
            .says("Sign out");
    })
    .await;
}

#[tokio::test]
async fn the_public_pages_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let settings = Settings {
        is_demo: true,
        demo_sign_ins: vec![("specimen".to_owned(), "Coordinator: runs the audit".to_owned())],
        ..Settings::default()
    };
    let router = router_on(&stage, settings);
    gathering(&stage, &coalition, "2025").await;
    let browser = Browser::open(router.clone(), 1280).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in ["/", "/accessibility", "/sign-in", "/nowhere"] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        browser.go("/").await;
        browser
            .client
            .execute("document.querySelector('.more').open = true", Vec::new())
            .await
            .expect("it opens");
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
