//! The clock of unpaid time on a case's page.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{cast, on_both};

use crate::case::tests::begun;

#[tokio::test]
async fn a_clock_is_started_and_stopped_on_the_page_of_a_case() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let start = format!("{address}/time-entries/start");
        worker
            .post(&start, &[("kind", "chasing")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Whose duty it was");
        let doing = [("kind", "chasing"), ("agency", "police")];
        let started = worker.post(&start, &doing).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(started.location, format!("{address}#time"));
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("The clock runs")
            .says("1 min ago")
            .lacks("Start the clock")
            .lacks("15 min</button>");
        worker
            .post(&format!("{address}/time-entries/stop"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("1 min so far")
            .says("Start the clock");
        worker
            .post(&format!("{address}/time-entries/stop"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("This cannot be done")
            .says("no clock of yours runs in this case");
        worker.post(&start, &doing).await.expect(StatusCode::SEE_OTHER);
        worker
            .post(&format!("{address}/time-entries/discard"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker.get(&address).await.expect(StatusCode::OK).says("1 min so far");
    })
    .await;
}

#[tokio::test]
async fn a_running_clock_is_accessible_and_fits_a_phone() {
    on_both(async |stage| {
        let (coalition, router, _, address) = begun(stage).await;
        let browser = Browser::open(router, 320).await;
        let (secret, _) = cast::session(stage, &coalition.caseworker).await;
        browser.carry(&secret).await;
        browser.go(&address).await;
        browser.choose("agency", "police").await;
        browser.press("Start the clock").await;
        browser.sees("The clock runs").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.press("Stop and save").await;
        browser.sees("1 min so far").await;
        browser.close().await;
    })
    .await;
}
