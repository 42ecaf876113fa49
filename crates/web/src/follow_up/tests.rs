//! Who was reached after a return, with everybody who was not in the count, on both databases.

use axum::http::StatusCode;
use testkit::on_both;

use crate::case::tests::begun;

#[tokio::test]
async fn whoever_was_not_reached_stays_in_the_count() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        worker
            .get("/cases/returns")
            .await
            .expect(StatusCode::OK)
            .says("Nobody’s return is recorded");
        let new = format!("{address}/events/new");
        let gone = [
            ("kind", "return"),
            ("on", "2024-01-10"),
            ("destination", "Specimenland"),
            ("is_voluntary", "no"),
            ("risk_assessed", "no"),
        ];
        worker.post(&new, &gone).await.expect(StatusCode::SEE_OTHER);
        let reached = [
            ("kind", "return_contact"),
            ("on", "2024-07-12"),
            ("point", "month_6"),
            ("is_reached", "yes"),
        ];
        worker.post(&new, &reached).await.expect(StatusCode::SEE_OTHER);
        let page = worker.get("/cases/returns").await.expect(StatusCode::OK);
        page.says("Of <strong>1</strong> person for whom it was due, <strong>1</strong> was reached")
            .says("Of <strong>1</strong> person for whom it was due, <strong>0</strong> were reached")
            .says("1 due, and nothing recorded")
            .says("1 not due yet, of 1 who returned")
            .lacks("Canaria");
    })
    .await;
}
