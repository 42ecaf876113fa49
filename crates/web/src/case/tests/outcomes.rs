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

#[tokio::test]
async fn an_outcome_that_was_rated_stays_when_a_later_entry_left_it_open_or_reached_nobody() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let entries: [&[(&str, &str)]; 4] = [
            &[("answered_by", "nobody"), ("on_day", "20")],
            &[("answered_by", "person"), ("housing", "mostly"), ("on_day", "21")],
            &[
                ("answered_by", "person"),
                ("housing", "not_asked"),
                ("safety", "little"),
                ("on_day", "22"),
            ],
            &[("answered_by", "nobody"), ("on_day", "23")],
        ];
        let entry = [
            ("kind", "outcomes"),
            ("point", "entry"),
            ("on_month", "5"),
            ("on_year", "2025"),
        ];
        for (n, answers) in entries.into_iter().enumerate() {
            let made = worker.post(&new, &[entry.as_slice(), answers].concat()).await;
            made.expect(StatusCode::SEE_OTHER);
            let page = worker.get(&address).await.expect(StatusCode::OK);
            let page = if n == 0 {
                page.says("When support began: not reached")
            } else {
                page.says("When support began: Mostly")
                    .lacks("When support began: not reached")
            };
            if n > 1 {
                page.says("When support began: A little");
            }
        }
    })
    .await;
}
