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
            .says("value=\"Specimen\"")
            .says("If they agreed to passing details on")
            .says("<option value=\"Second\">")
            .says("value=\"our_text\" checked");
        let day = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];
        worker
            .post(
                &form,
                &[day.as_slice(), &[("said_by", "person"), ("support", "not_asked")]].concat(),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("at least one of these");
        worker
            .post(
                &form,
                &[day.as_slice(), &[("said_by", "person"), ("sharing", "given")]].concat(),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter whom the details may go to")
            .says("Choose what may go to them");
        let answers = [
            ("said_by", "person"),
            ("wording", "our_text"),
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
        page.says("consent_support 1, English, unchecked")
            .says("consent_counting 1, English, unchecked");
        // One answer at a time: whom and what is asked where something goes to somebody.
        let new = format!("{address}/events/new");
        let ask = async |choice: &str| worker.post(&new, &[("ask", choice)]).await.expect(StatusCode::OK);
        ask("consent/monitoring").await.lacks("Whom the details may go to");
        ask("consent/sharing/given")
            .await
            .says("Whom the details may go to")
            .says("What may go to them")
            .says("<option value=\"Second\">");
        let shared = [
            ("kind", "consent"),
            ("purpose", "sharing"),
            ("said", "given"),
            ("said_by", "person"),
            ("wording", "our_text"),
            ("language", "Vietnamese"),
        ];
        let nobody = [day.as_slice(), &shared].concat();
        worker
            .post(&new, &nobody)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter whom the details may go to");
        let somebody = [nobody.as_slice(), &[("to_whom", "Second"), ("parts", "legal")]].concat();
        worker.post(&new, &somebody).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Second: Law: decisions, advice")
            .says("consent_sharing 2, Vietnamese, unchecked");
    })
    .await;
}
