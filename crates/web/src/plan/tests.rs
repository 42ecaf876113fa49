//! A supervisor's list of plans, on both databases.

use axum::http::StatusCode;
use domain::permission::Role;
use testkit::{Client, cast, on_both};

use crate::case::tests::begun;

#[tokio::test]
async fn a_plan_waits_on_the_supervisors_list_once_the_organisation_wants_it() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        let need = [
            ("area", "housing"),
            ("horizon", "emergency"),
            ("since_day", "20"),
            ("since_month", "5"),
            ("since_year", "2025"),
            ("plan", "A room by June"),
            ("provider", "Specimen Housing"),
        ];
        worker
            .post(&format!("{address}/needs/new"), &need)
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get("/cases?show=plans")
            .await
            .expect(StatusCode::OK)
            .lacks("Plans to approve");
        worker.get("/casework").await.expect(StatusCode::FORBIDDEN);
        supervisor
            .post("/casework", &[("approval", "yes"), ("revision", "0")])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get("/cases?show=plans")
            .await
            .expect(StatusCode::OK)
            .says("Plans to approve")
            .says("a plan waits for approval")
            .says("Canaria Plumage");
        let page = supervisor
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("plan waits for approval")
            .says("/plan\">Approve the plan");
        let (before, _) = page.body.split_once("/plan\">Approve").expect("a link");
        let path = format!("{}/plan", before.rsplit_once('"').expect("a link").1);
        worker.get(&path).await.expect(StatusCode::FORBIDDEN);
        supervisor
            .get(&path)
            .await
            .expect(StatusCode::OK)
            .says("A room by June")
            .says("Emergency")
            .says("20 May 2025")
            .says("Specimen Housing");
        supervisor
            .post(
                &path,
                &[("plan", "A room by June"), ("answer", "sent_back"), ("reason", "")],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say what is missing");
        supervisor
            .post(&path, &[("plan", "A room by May"), ("answer", "approved")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Someone changed the plan");
        supervisor
            .post(&path, &[("plan", "A room by June"), ("answer", "approved")])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("plan approved by");
        let strikes = |page: &str| page.matches("/strike\"").count();
        let seen_by_worker = strikes(&worker.get(&address).await.body);
        let seen_by_supervisor = strikes(&supervisor.get(&address).await.body);
        assert_eq!(seen_by_supervisor, seen_by_worker + 1, "the answer is the supervisor's");
        supervisor
            .get("/cases?show=plans")
            .await
            .expect(StatusCode::OK)
            .says("No plan waits for you");
    })
    .await;
}

#[tokio::test]
async fn who_wrote_a_plan_is_shown_who_else_answers_it_or_that_nobody_does() {
    on_both(async |stage| {
        let (coalition, router, _, address) = begun(stage).await;
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        supervisor
            .post("/casework", &[("approval", "yes"), ("revision", "0")])
            .await
            .expect(StatusCode::SEE_OTHER);
        let plan = async |area: &str| {
            let need = [
                ("area", area),
                ("horizon", "emergency"),
                ("since_day", "20"),
                ("since_month", "5"),
                ("since_year", "2025"),
                ("plan", "By June"),
            ];
            supervisor
                .post(&format!("{address}/needs/new"), &need)
                .await
                .expect(StatusCode::SEE_OTHER);
        };
        plan("housing").await;
        let page = supervisor.get(&address).await.expect(StatusCode::OK);
        let (before, _) = page.body.split_once("/plan\">Approve").expect("a link");
        let path = format!("{}/plan", before.rsplit_once('"').expect("a link").1);
        supervisor
            .get(&path)
            .await
            .expect(StatusCode::OK)
            .says("there is no other supervisor here")
            .says("Approve it");
        let approved = [("plan", "By June"), ("answer", "approved")];
        supervisor.post(&path, &approved).await.expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("plan approved by Test supervisor, who wrote it");

        let third = coalition.organisations[2];
        cast::member(stage, third, "supervisor-4", &[Role::Supervisor]).await;
        supervisor
            .get(&path)
            .await
            .expect(StatusCode::OK)
            .says("You wrote this plan")
            .says("Test supervisor-4")
            .lacks("Approve it");
        supervisor
            .post(&path, &approved)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("another supervisor answers it: Test supervisor-4");
        plan("legal").await;
        supervisor
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("plan waits for approval by Test supervisor-4")
            .lacks("Approve the plan or send it back");
    })
    .await;
}
