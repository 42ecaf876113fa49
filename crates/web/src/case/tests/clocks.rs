//! What the page of a case and the list say of its clocks, and what the buttons beside them open.

use super::*;

/// Records what happened on a day of May 2025, of which the last is the day before the stage's. Two events of one day would stand in
/// no order, because the stage's clock does not move.
async fn happened(worker: &Client, new: &str, on: &str, answers: &[(&str, &str)]) {
    let day = [("on_day", on), ("on_month", "5"), ("on_year", "2025")];
    let event = [day.as_slice(), answers].concat();
    worker.post(new, &event).await.expect(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn somebody_missing_stands_at_once_above_all_and_the_page_asks_whether_the_police_know_or_they_are_back() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        happened(&worker, &new, "31", &[("kind", "missing"), ("is_reported", "no")]).await;
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("At once")
            .says("Missing: make sure that the police know: 1 day late");
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("The police know now")
            .says("Record that they are back");
        worker
            .post(&new, &[("ask", "found")])
            .await
            .expect(StatusCode::OK)
            .says("Found again");
    })
    .await;
}

#[tokio::test]
async fn what_support_goes_on_is_agreed_by_the_button_beside_its_clock_and_a_new_decision_is_recorded_by_another() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let decision = [
            ("kind", "conclusive_grounds"),
            ("outcome", "negative"),
            ("authority", "sca"),
            ("reasons", "implausible"),
        ];
        happened(&worker, &new, "29", &decision).await;
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Record what was agreed")
            .says("value=\"needs_assessment/recovery\"");
        worker
            .post(&new, &[("ask", "needs_assessment/recovery")])
            .await
            .expect(StatusCode::OK)
            .says("Support goes on until");
        let agreed = [("kind", "needs_assessment"), ("occasion", "recovery")];
        happened(&worker, &new, "30", &agreed).await;
        let won = [
            ("kind", "judicial_review"),
            ("challenged", "conclusive_grounds"),
            ("stage", "won"),
        ];
        happened(&worker, &new, "31", &won).await;
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("Record what was agreed")
            .says("Waiting for the new decision")
            .says("value=\"conclusive_grounds\"");
    })
    .await;
}
