//! The pages of members.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn a_coordinator_invites_a_member_into_any_organisation() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let organisation = coalition.organisations[1].to_string();
        member
            .get("/members/new")
            .await
            .expect(StatusCode::OK)
            .says("Coordinator")
            .says("Reads the audit and changes nothing.");
        let faulty = [("name", "Test newcomer"), ("roles", "assessor")];
        let answer = member
            .post("/members/new", &faulty)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("Choose their organisation")
            .says("Test newcomer")
            .says("value=\"assessor\" aria-describedby=\"roles-why-2\" checked");
        let fields = [
            ("organisation", organisation.as_str()),
            ("name", "Test newcomer"),
            ("sign_in", "newcomer"),
            ("roles", "assessor"),
            ("roles", "reviewer"),
        ];
        member
            .post("/members/new", &fields)
            .await
            .expect(StatusCode::OK)
            .says("A link for Test newcomer");
        member
            .get("/members")
            .await
            .expect(StatusCode::OK)
            .says("Test newcomer")
            .says("Assessor, Reviewer")
            .says("invited");
        member
            .post("/members/new", &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Someone already signs in with that");
        // Nobody has chosen a passphrase yet, so nothing opens the account.
        let visitor = Client::visitor(&router);
        visitor
            .post("/sign-in", &[("sign_in", "newcomer"), ("password", "")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn a_manager_manages_their_own_organisation_and_gives_no_role_of_the_coalition() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        manager
            .get("/members")
            .await
            .expect(StatusCode::OK)
            .says("Test coordinator")
            .lacks("Test observer");
        manager
            .get("/members/new")
            .await
            .expect(StatusCode::OK)
            .says("Contributor")
            .lacks("Coordinator")
            .says("To First");
        let mut fields = vec![("name", "Test helper"), ("sign_in", "helper"), ("roles", "assessor")];
        manager
            .post("/members/new", &fields)
            .await
            .expect(StatusCode::FORBIDDEN);
        fields[2] = ("roles", "contributor");
        manager.post("/members/new", &fields).await.expect(StatusCode::OK);
        manager.get("/members").await.says("Test helper");
        let off = |of: &Coalition, who: &str| {
            let actor = match who {
                "observer" => &of.observer,
                "coordinator" => &of.coordinator,
                "manager" => &of.first_manager,
                _ => &of.first_assessor,
            };
            format!("/members/{}/deactivate", actor.member.unwrap())
        };
        manager
            .post(&off(&coalition, "observer"), &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        manager
            .post(&off(&coalition, "coordinator"), &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        manager
            .post(&off(&coalition, "manager"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("you cannot switch yourself off");
        let assessor = Client::member(&router, stage, &coalition.first_assessor).await;
        assessor.get("/audit").await.expect(StatusCode::OK);
        manager
            .post(&off(&coalition, "assessor"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        assessor.get("/audit").await.expect(StatusCode::SEE_OTHER);
        manager.get("/members").await.says("switched off");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_people_and_acts_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    member
        .post(
            "/organisations/new",
            &[("name", "Specimen House"), ("about", "Gives shelter")],
        )
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 500] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in [
            "/members",
            "/members/new",
            "/organisations",
            "/organisations/new",
            "/log",
            "/log?action=organisation.manage",
        ] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
