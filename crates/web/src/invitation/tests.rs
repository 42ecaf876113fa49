//! Links that make an account or give it back.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both};

use crate::app::Settings;
use crate::sign_in::factor_tests::cookies;
use crate::tests::{router_a_week_later, router_on};

const CHOSEN: &str = "nettle-quilt-atlas-pebble";

/// The path of the link that a page shows.
pub(crate) fn link(page: &str) -> String {
    let secret = page
        .split_once("/invitation/")
        .and_then(|(_, rest)| rest.split_once('<'))
        .expect("a link")
        .0;
    format!("/invitation/{secret}")
}

#[tokio::test]
async fn an_invitation_is_shown_once_works_once_and_makes_keys_of_their_own() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        let fields = [
            ("name", "Test newcomer"),
            ("sign_in", "newcomer"),
            ("roles", "contributor"),
        ];
        let made = manager
            .post("/members/new", &fields)
            .await
            .expect(StatusCode::OK)
            .says("http://localhost:8080/invitation/");
        let path = link(&made.body);
        manager.get("/members").await.says("invited").lacks(&path);

        let visitor = Client::visitor(&router);
        visitor
            .get(&path)
            .await
            .expect(StatusCode::OK)
            .says("Welcome, Test newcomer")
            .says("First invites you");
        let choose = async |chosen: &str| visitor.post(&path, &[("passphrase", chosen), ("again", chosen)]).await;
        choose("newcomer")
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Use at least 12 characters");
        let opened = choose(CHOSEN).await.expect(StatusCode::SEE_OTHER);
        let member = Client::visitor(&router).carrying(&cookies(&opened)).await;
        member.get("/audit").await.expect(StatusCode::OK).says("Test newcomer");
        member.get("/account").await.lacks("opens no seal");
        assert_eq!(opened.location, "/", "making the key is not theirs");
        choose(CHOSEN).await.expect(StatusCode::NOT_FOUND);
        visitor.get(&path).await.expect(StatusCode::NOT_FOUND);
        visitor
            .post("/sign-in", &[("sign_in", "newcomer"), ("password", CHOSEN)])
            .await
            .expect(StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn an_organisations_first_manager_is_led_on_to_make_its_key() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let organisation = coalition.organisations[1].to_string();
        let fields = [
            ("organisation", organisation.as_str()),
            ("name", "Test newcomer"),
            ("sign_in", "newcomer"),
            ("roles", "manager"),
        ];
        let made = coordinator.post("/members/new", &fields).await.expect(StatusCode::OK);
        let visitor = Client::visitor(&router);
        let opened = visitor
            .post(&link(&made.body), &[("passphrase", CHOSEN), ("again", CHOSEN)])
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_eq!(opened.location, "/keys");
        let manager = Client::visitor(&router).carrying(&cookies(&opened)).await;
        manager.get("/keys").await.expect(StatusCode::OK).says("Make the key");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_runs_out_after_a_week_and_a_newer_one_takes_its_place() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        let fields = [
            ("name", "Test newcomer"),
            ("sign_in", "newcomer"),
            ("roles", "contributor"),
        ];
        let first = link(&manager.post("/members/new", &fields).await.expect(StatusCode::OK).body);
        let late = Client::visitor(&router_a_week_later(stage, Settings::default()));
        late.get(&first).await.expect(StatusCode::NOT_FOUND);
        let visitor = Client::visitor(&router);
        visitor.get(&first).await.expect(StatusCode::OK);
        let list = manager.get("/members").await.body;
        let newcomer = list.split_once("Test newcomer").expect("a line").1;
        let renew = newcomer
            .split_once("action=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .expect("a form")
            .0;
        let second = link(&manager.post(renew, &[]).await.expect(StatusCode::OK).body);
        visitor.get(&first).await.expect(StatusCode::NOT_FOUND);
        visitor.get(&second).await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_reset_gives_back_the_account_ends_its_sessions_and_never_gives_the_key() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let other = Client::member(&router, stage, &coalition.first_manager).await;
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .post("/draft?form=/bodies/new", &[("name", "Sealed to the old key")])
            .await
            .expect(StatusCode::NO_CONTENT);
        let path = format!("/members/{}/link", coalition.contributor.member.expect("a member"));
        other.post(&path, &[]).await.expect(StatusCode::FORBIDDEN);
        let theirs = format!("/members/{}/link", coalition.publisher.member.expect("a member"));
        manager.post(&theirs, &[]).await.expect(StatusCode::FORBIDDEN);
        coordinator.post(&theirs, &[]).await.expect(StatusCode::OK);
        // A passphrase makes it a reset; the cast has none.
        let joined = link(&manager.post(&path, &[]).await.expect(StatusCode::OK).body);
        let visitor = Client::visitor(&router);
        let chosen = [("passphrase", CHOSEN), ("again", CHOSEN)];
        visitor.post(&joined, &chosen).await.expect(StatusCode::SEE_OTHER);
        contributor.get("/audit").await.expect(StatusCode::SEE_OTHER);
        let reset = link(&manager.post(&path, &[]).await.expect(StatusCode::OK).body);
        visitor.get(&reset).await.says("not the key");
        let opened = visitor.post(&reset, &chosen).await.expect(StatusCode::SEE_OTHER);
        let back = visitor.carrying(&cookies(&opened)).await;
        back.get("/bodies/new")
            .await
            .expect(StatusCode::OK)
            .lacks("Sealed to the old key");
    })
    .await;
}
