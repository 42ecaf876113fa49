//! The points in time at which outcomes are gone through, as the page of a case and the list show them.

use super::*;

#[tokio::test]
async fn of_the_times_for_outcomes_the_latest_is_asked_for_and_those_that_were_missed_are_counted() {
    on_both(async |stage| {
        let (_, _, worker, _) = begun(stage).await;
        let person = PERSON.map(|(field, value)| match field {
            "opened_on_year" => (field, "2023"),
            "name" => (field, "Canaria Longsince"),
            "once" => (field, "token-of-another"),
            _ => (field, value),
        });
        let address = worker
            .post("/cases/new", &person)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let agreed = [
            ("kind", "consent"),
            ("purpose", "support"),
            ("said", "given"),
            ("said_by", "person"),
            ("on_day", "20"),
            ("on_month", "5"),
            ("on_year", "2023"),
        ];
        let new = format!("{address}/events/new");
        worker.post(&new, &agreed).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Go through the outcomes: after 24 months")
            .says("3 earlier times were missed")
            .lacks("outcomes: after 12 months")
            .lacks("outcomes: after 36 months");
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("1 more late")
            .lacks("2 more late");
    })
    .await;
}
