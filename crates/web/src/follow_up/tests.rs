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
            .says("Who is to be contacted")
            .says(&format!("href=\"{address}\""))
            .says("12 months: due since 10 January 2025");
    })
    .await;
}

#[tokio::test]
async fn a_contact_that_is_due_is_shown_where_its_case_is_closed_until_something_is_recorded_or_the_person_died() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let gone = [
            ("kind", "return"),
            ("on", "2024-11-10"),
            ("destination", "Specimenland"),
            ("is_voluntary", "yes"),
            ("risk_assessed", "yes"),
        ];
        worker.post(&new, &gone).await.expect(StatusCode::SEE_OTHER);
        worker
            .post(&format!("{address}/close"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        let list = worker.get("/cases").await.expect(StatusCode::OK);
        list.says("closed case in which a contact after a return is due")
            .lacks(&address);
        let page = worker.get("/cases/returns").await.expect(StatusCode::OK);
        page.says(&address).says("closed");
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Contact after the return: 6 months")
            .lacks("Go through safe contact");
        worker
            .post(&format!("{address}/reopen"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .post(&new, &[("kind", "death"), ("on", "2025-05-20")])
            .await
            .expect(StatusCode::SEE_OTHER);
        let page = worker.get("/cases/returns").await.expect(StatusCode::OK);
        page.lacks("Who is to be contacted").says("1 died before it was due");
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("Next: what they agree to");
    })
    .await;
}
