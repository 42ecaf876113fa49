//! Unpaid time outside cases, and the total, as members see it.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, cast, on_both};

use crate::case::tests::begun;

const GIVEN: [(&str, &str); 5] = [
    ("on", "2025-05-21"),
    ("minutes", "90"),
    ("kind", "training"),
    ("agency", "police"),
    ("body", "ukvi"),
];

#[tokio::test]
async fn time_outside_a_case_is_added_and_a_supervisor_sees_the_total_with_that_of_cases() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        worker
            .get("/time")
            .await
            .expect(StatusCode::OK)
            .says("None is recorded yet")
            .lacks("Add up all cases too");
        worker.get("/cases").await.expect(StatusCode::OK).says("href=\"/time\"");
        worker
            .get("/time/new")
            .await
            .expect(StatusCode::OK)
            .says("For which public body");
        worker
            .post("/time/new", &[("minutes", "5")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Whose duty it was");
        worker.post("/time/new", &GIVEN).await.expect(StatusCode::SEE_OTHER);
        let in_case = format!("{address}/time-entries/new");
        worker.post(&in_case, &GIVEN).await.expect(StatusCode::SEE_OTHER);
        worker
            .get("/time")
            .await
            .expect(StatusCode::OK)
            .says("1 h 30 min so far, worth £")
            .says("Training or advising staff: for UK Visas and Immigration, duty of Police");
        worker.post("/time/total", &[]).await.expect(StatusCode::FORBIDDEN);
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        let page = supervisor
            .get("/time")
            .await
            .expect(StatusCode::OK)
            .says("Add up all cases too")
            .lacks("Remove<span");
        assert!(!page.body.contains("Together"));
        supervisor
            .post("/time/total", &[])
            .await
            .expect(StatusCode::OK)
            .says("Together")
            .says("3 h, worth £");
    })
    .await;
}

#[tokio::test]
async fn the_list_is_accessible_and_fits_a_phone() {
    on_both(async |stage| {
        let (coalition, router, worker, _) = begun(stage).await;
        worker.post("/time/new", &GIVEN).await.expect(StatusCode::SEE_OTHER);
        let browser = Browser::open(router, 320).await;
        let (secret, _) = cast::session(stage, &coalition.caseworker).await;
        browser.carry(&secret).await;
        browser.go("/time").await;
        browser.sees("1 h 30 min so far").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.press("Add time").await;
        browser.sees("More, where it is known").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.close().await;
    })
    .await;
}
