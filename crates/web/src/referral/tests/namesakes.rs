//! Whoever is offered a person is shown first whom of that name they have already.

use super::*;

const CAUTION: &str = "Someone of this name is here already";

#[tokio::test]
async fn whoever_is_offered_a_person_of_a_name_that_is_there_is_shown_the_case_and_may_still_accept() {
    on_both(async |stage| {
        let of = begun(stage).await;
        of.agree().await;
        let second = of.coalition.organisations[1].0.to_string();
        let send = [
            ("receiver", second.as_str()),
            ("parts", "name"),
            ("summary", "Please take on her appeal"),
            ("step", "send"),
        ];
        of.worker.post(&of.form(), &send).await.expect(StatusCode::SEE_OTHER);
        let inbox = of.receiver.get("/referrals").await.expect(StatusCode::OK).body;
        let (_, rest) = inbox.split_once("<a href=\"/referrals/").expect("a link");
        let one = format!("/referrals/{}", rest.split_once('"').expect("an end").0);
        of.receiver
            .get(&one)
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage")
            .lacks(CAUTION);

        // Of the sender's own case nothing is told; of one's own, whatever the capitals, its name and its address.
        let person = [
            ("opened_on_day", "20"),
            ("opened_on_month", "5"),
            ("opened_on_year", "2025"),
            ("nation", "england"),
            ("name", "canaria plumage"),
        ];
        let theirs = of
            .receiver
            .post("/cases/new", &person)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        of.receiver
            .get(&one)
            .await
            .expect(StatusCode::OK)
            .says(CAUTION)
            .says(&format!("<a href=\"{theirs}\">canaria plumage</a>"))
            .lacks(&of.case);
        of.receiver
            .post(&format!("{one}/refuse"), &[("why", "")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says(CAUTION);
        let made = of
            .receiver
            .post(&format!("{one}/accept"), &[("accept_words", "")])
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_ne!(made, theirs, "nothing is refused: it becomes a case of its own");
    })
    .await;
}
