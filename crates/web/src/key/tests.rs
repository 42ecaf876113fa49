//! Keys, as members without scripts make, give, rotate and recover them.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

/// The groups of the recovery key on a page, in one line.
fn recovery_on(body: &str) -> String {
    let (_, list) = body.split_once("class=\"recovery\"").expect("a recovery key");
    let (list, _) = list.split_once("</ol>").expect("a whole list");
    let groups: Vec<&str> = list
        .split("<code>")
        .skip(1)
        .filter_map(|part| part.split_once("</code>").map(|(group, _)| group))
        .collect();
    assert_eq!(groups.len(), 18);
    groups.join(" ")
}

#[tokio::test]
async fn a_manager_makes_the_key_prints_its_recovery_key_once_and_gives_it() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .get("/keys")
            .await
            .expect(StatusCode::OK)
            .says("Your manager makes it here")
            .lacks("Make the key");
        contributor
            .post("/keys/organisation/make", &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        manager
            .get("/keys")
            .await
            .says("There is no key yet")
            .says("Make the key")
            .lacks("The coalition");
        let made = manager
            .post("/keys/organisation/make", &[])
            .await
            .expect(StatusCode::OK);
        let recovery = recovery_on(&made.body);
        assert_eq!(made.headers["cache-control"], "no-store");
        let first_group = format!("<code>{}</code>", &recovery[..4]);
        manager
            .get("/keys")
            .await
            .says("Test manager-2")
            .says("Compare by voice before you give it")
            .lacks(&first_group);
        manager
            .post("/keys/organisation/make", &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("rotate with a new recovery key");

        let member = coalition.contributor.member.expect("a member").to_string();
        contributor
            .get("/keys")
            .await
            .says("You do not hold this key")
            .lacks("Rotate the key");
        assert_eq!(
            manager
                .post("/keys/organisation/give", &[("member", &member)])
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            "/keys#organisation"
        );
        contributor.get("/keys").await.lacks("You do not hold this key");
        let reader = coalition.second_assessor.member.expect("a member").to_string();
        manager
            .post("/keys/organisation/give", &[("member", &reader)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Their role does not read these records");
    })
    .await;
}

#[tokio::test]
async fn a_member_who_holds_the_key_gives_it_to_a_manager_who_lost_theirs() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        manager
            .post("/keys/organisation/make", &[])
            .await
            .expect(StatusCode::OK);
        let member = coalition.contributor.member.expect("a member").to_string();
        manager
            .post("/keys/organisation/give", &[("member", &member)])
            .await
            .expect(StatusCode::SEE_OTHER);
        cast::reset_key(stage, &coalition.second_manager).await;
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager.get("/keys").await.says("You do not hold this key");
        let member = coalition.second_manager.member.expect("a member").to_string();
        contributor
            .post("/keys/organisation/give", &[("member", &member)])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager.get("/keys").await.lacks("You do not hold this key");
    })
    .await;
}

#[tokio::test]
async fn when_a_holder_is_switched_off_the_page_asks_for_a_rotation_and_the_old_print_ends_with_it() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let made = manager.post("/keys/organisation/make", &[]).await;
        let old = recovery_on(&made.body);
        let member = coalition.contributor.member.expect("a member").to_string();
        manager
            .post("/keys/organisation/give", &[("member", &member)])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager.get("/keys").await.lacks("rotate it now");
        manager
            .post(&format!("/members/{member}/deactivate"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager
            .get("/keys")
            .await
            .says("Someone who held this key no longer does: rotate it now")
            .lacks("Test contributor");
        let rotated = manager
            .post("/keys/organisation/rotate", &[("recovery", "yes")])
            .await
            .expect(StatusCode::OK);
        let new = recovery_on(&rotated.body);
        assert_ne!(old, new);
        manager.get("/keys").await.lacks("rotate it now").lacks("under way");
        manager
            .post("/keys/organisation/reseal", &[])
            .await
            .expect(StatusCode::SEE_OTHER);

        cast::reset_key(stage, &coalition.second_manager).await;
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager
            .post("/keys/organisation/rotate", &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("you do not hold your organisation&#39;s key yet");
        manager
            .get("/keys")
            .await
            .says("Nobody holds this key")
            .says("/keys/organisation/recover");
        manager
            .get("/keys/organisation/recover")
            .await
            .expect(StatusCode::OK)
            .says("All 18 groups");
        manager
            .post("/keys/organisation/recover", &[("recovery", &old)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("was replaced by a newer one")
            .lacks(&old);
        manager
            .post("/keys/organisation/recover", &[("recovery", &new.to_uppercase())])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager.get("/keys").await.lacks("Nobody holds this key");
    })
    .await;
}

#[tokio::test]
async fn the_coalition_s_key_is_the_coordinators_and_no_other_s() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .get("/keys")
            .await
            .says("The coalition")
            .says("/keys/coalition/make")
            .lacks("/keys/organisation/make");
        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        manager
            .post("/keys/coalition/make", &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        let made = coordinator
            .post("/keys/coalition/make", &[])
            .await
            .expect(StatusCode::OK);
        recovery_on(&made.body);
        coordinator
            .post("/keys/nobody/make", &[])
            .await
            .expect(StatusCode::NOT_FOUND);
        coordinator
            .get("/keys/about")
            .await
            .expect(StatusCode::OK)
            .says("lost for good");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_keys_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let browser = Browser::open(router, 1280).await;
    let (secret, _) = cast::session(&stage, &coalition.second_manager).await;
    browser.carry(&secret).await;
    browser.go("/keys").await;
    browser.is_accessible().await;
    browser.press("Make the key").await;
    browser.sees("Print this page now").await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        browser.is_accessible().await;
        browser.fits().await;
    }
    for path in ["/keys", "/keys/about", "/keys/organisation/recover"] {
        browser.go(path).await;
        browser
            .client
            .execute(
                "document.querySelectorAll('details').forEach(d => d.open = true)",
                Vec::new(),
            )
            .await
            .expect("what is folded opens");
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
