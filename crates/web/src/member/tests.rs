//! The pages of members.

use access::{Actor, key};
use axum::http::StatusCode;
use domain::permission::Role;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::invitation::tests::link;
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

fn roles_of(actor: &Actor) -> String {
    format!("/members/{}/roles", actor.member.expect("a member"))
}

#[tokio::test]
async fn a_change_of_roles_counts_at_the_next_request_and_takes_back_keys() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let second = coalition.organisations[1].0;
        let manager = cast::key(stage, &coalition.second_manager).await;
        let cx = store::Cx {
            key: Some(&manager),
            ..stage.cx(&coalition.second_manager)
        };
        let them = coalition.contributor.member.expect("a member");
        key::establish(&cx, second).await.expect("established");
        key::grant(&cx, second, them).await.expect("given");

        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        let path = roles_of(&coalition.contributor);
        contributor.get("/evidence/new").await.expect(StatusCode::OK);
        manager
            .get(&path)
            .await
            .expect(StatusCode::OK)
            .says("value=\"contributor\" aria-describedby=\"roles-why-4\" checked")
            .says("name=\"shown\" value=\"contributor\"")
            .lacks("Coordinator");
        manager
            .post(&path, &[("shown", "contributor")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose at least one role");
        manager
            .post(&path, &[("shown", "contributor"), ("roles", "observer")])
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor.get("/evidence/new").await.expect(StatusCode::FORBIDDEN);
        let standing = key::standing(&stage.cx(&coalition.second_manager), second).await;
        let standing = standing.expect("read").expect("a key");
        assert!(standing.exposed_at.is_some(), "the key is to be rotated");
        assert!(standing.holders.iter().all(|holder| holder.member != them));

        // Chosen on a page that someone else has overtaken: nothing changes, and what is there now is shown.
        manager
            .post(&path, &[("shown", "contributor"), ("roles", "manager")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("they are now Observer")
            .says("name=\"shown\" value=\"observer\"");
        contributor.get("/members").await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_roles_beyond_their_own_reach() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        let own = roles_of(&coalition.first_manager);
        manager
            .post(
                &own,
                &[("shown", "manager"), ("roles", "manager"), ("roles", "contributor")],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("you cannot change your own roles");
        let elsewhere = [("shown", "contributor"), ("roles", "manager")];
        manager
            .post(&roles_of(&coalition.contributor), &elsewhere)
            .await
            .expect(StatusCode::FORBIDDEN);
        let path = roles_of(&coalition.first_assessor);
        let raised = [("shown", "assessor"), ("roles", "coordinator")];
        manager.post(&path, &raised).await.expect(StatusCode::FORBIDDEN);
        // What the coalition gave is not a manager's to take.
        manager
            .post(&path, &[("shown", "assessor"), ("roles", "contributor")])
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator.get("/members").await.says("Assessor, Contributor");
        manager.get(&path).await.says("They also are Assessor");
        coordinator
            .post(
                &path,
                &[("shown", "assessor"), ("shown", "contributor"), ("roles", "reviewer")],
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        let roles = access::member::actor(&stage.db, coalition.first_assessor.member.expect("a member")).await;
        assert_eq!(roles.expect("read").expect("active").roles, [Role::Reviewer]);
    })
    .await;
}

#[tokio::test]
async fn a_link_made_by_a_manager_never_opens_an_account_raised_meanwhile() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let them = coalition.contributor.member.expect("a member");
        let link = link(&manager.post(&format!("/members/{them}/link"), &[]).await.body);
        let visitor = Client::visitor(&router);
        visitor.get(&link).await.expect(StatusCode::OK);
        coordinator
            .post(
                &roles_of(&coalition.contributor),
                &[("shown", "contributor"), ("roles", "coordinator")],
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        visitor.get(&link).await.expect(StatusCode::NOT_FOUND);
        manager
            .post(&format!("/members/{them}/link"), &[])
            .await
            .expect(StatusCode::FORBIDDEN);
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
    let (secret, _) = cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in [
            "/members",
            "/members/new",
            &roles_of(&coalition.contributor),
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
