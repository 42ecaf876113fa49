//! One conversation, one form, an answer for each purpose; on both databases.

use axum::http::StatusCode;
use testkit::on_both;

use crate::case::tests::begun;

#[tokio::test]
async fn a_new_case_leads_to_one_form_that_records_what_was_asked_and_nothing_else() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let form = format!("{address}/consents/new");
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Next: what they agree to")
            .says(&form);
        worker
            .get(&form)
            .await
            .expect(StatusCode::OK)
            .says("What the person agreed to")
            .says("Counting in the audit, without name")
            .says("value=\"not_asked\" checked")
            .says("value=\"Specimen\"");
        let day = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];
        worker
            .post(
                &form,
                &[day.as_slice(), &[("said_by", "person"), ("support", "not_asked")]].concat(),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("at least one of these");
        let answers = [
            ("said_by", "person"),
            ("language", "Specimen"),
            ("support", "given"),
            ("referral", "refused"),
            ("sharing", "not_asked"),
            ("monitoring", "given"),
            ("once", "token-of-the-consents"),
        ];
        let fields = [day.as_slice(), &answers].concat();
        // A double click records each answer once.
        for _ in 0..2 {
            let done = worker.post(&form, &fields).await.expect(StatusCode::SEE_OTHER);
            assert_eq!(done.location, address);
        }
        let page = worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("Next: what they agree to")
            .says("Did not want a referral")
            .says("not asked");
        assert_eq!(page.body.matches("<h3>The person was asked to agree").count(), 3);
    })
    .await;
}
