//! Finding an earlier case and linking it, on both databases.

use axum::http::StatusCode;
use testkit::{Client, on_both};

use crate::case::tests::begun;
use crate::contribution::tests::counting;

/// Another case of the same person, who came again under another name; its address.
async fn again(worker: &Client) -> String {
    let case = [
        ("opened_on_day", "25"),
        ("opened_on_month", "5"),
        ("opened_on_year", "2025"),
        ("nation", "england"),
        ("name", "Canaria Plumage the second"),
    ];
    let made = worker.post("/cases/new", &case).await;
    made.expect(StatusCode::SEE_OTHER).location
}

#[tokio::test]
async fn an_earlier_case_is_searched_linked_and_seen_on_both_pages() {
    on_both(async |stage| {
        let (_, _, worker, earlier) = begun(stage).await;
        let later = again(&worker).await;
        let link = format!("{later}/link");
        worker
            .post(&link, &[("words", "nobody of that name")])
            .await
            .expect(StatusCode::OK)
            .says("No other case is found");
        worker
            .post(&link, &[("words", "birdie")])
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage");
        let id = earlier.trim_start_matches("/cases/");
        let found = [("words", "birdie"), ("earlier", id), ("is_again", "yes")];
        worker
            .post(&link, &found)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("On which day they were met again")
            .says("Link<span class=\"hidden\">: Canaria Plumage");
        let met = [("on_day", "24"), ("on_month", "5"), ("on_year", "2025")];
        // The other way round, the case that began later is no earlier one.
        let wrong = [
            ("words", "second"),
            ("earlier", later.trim_start_matches("/cases/")),
            ("is_again", "yes"),
        ];
        worker
            .post(&format!("{earlier}/link"), &[wrong.as_slice(), &met].concat())
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("support in that case began on 25 May 2025, after this one");
        let linked = [found.as_slice(), &met].concat();
        worker.post(&link, &linked).await.expect(StatusCode::SEE_OTHER);
        worker
            .post(&link, &linked)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("these two cases are linked already");
        let says = |address: &str| format!("href=\"{address}\"");
        worker
            .get(&later)
            .await
            .expect(StatusCode::OK)
            .says(&says(&earlier))
            .says("an earlier case with you")
            .says("trafficked again in between");
        worker
            .get(&earlier)
            .await
            .expect(StatusCode::OK)
            .says(&says(&later))
            .says("a later case with you");

        // What they say of being counted in one of them holds for the other.
        counting(&worker, &earlier, "21", "given").await;
        worker.get(&earlier).await.expect(StatusCode::OK).lacks("Not counted");
        counting(&worker, &later, "26", "refused").await;
        let another = format!("said no to being counted in <a {}>another case</a>", says(&later));
        worker.get(&earlier).await.expect(StatusCode::OK).says(&another);
        worker.get(&later).await.expect(StatusCode::OK).lacks("Not counted");
    })
    .await;
}

#[tokio::test]
async fn whoever_forgets_a_person_is_told_of_their_other_cases_which_stay() {
    on_both(async |stage| {
        let (coalition, router, worker, earlier) = begun(stage).await;
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        let forget = format!("{earlier}/forget");
        supervisor
            .get(&forget)
            .await
            .expect(StatusCode::OK)
            .lacks("Other cases of the same person");
        let later = again(&worker).await;
        let linked = [
            ("words", "birdie"),
            ("earlier", earlier.trim_start_matches("/cases/")),
            ("is_again", "no"),
            ("on_day", "25"),
            ("on_month", "5"),
            ("on_year", "2025"),
        ];
        worker
            .post(&format!("{later}/link"), &linked)
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&forget)
            .await
            .expect(StatusCode::OK)
            .says("Other cases of the same person with you stay:")
            .says(&format!("href=\"{later}\">Canaria Plumage the second"))
            .says(&format!("href=\"{later}/forget\""));
        counting(&worker, &later, "26", "given").await;
        worker.get(&later).await.expect(StatusCode::OK).lacks("Not counted");
        supervisor
            .post(&forget, &[("sure", "yes")])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&format!("{later}/forget"))
            .await
            .expect(StatusCode::OK)
            .lacks("Other cases of the same person");
        // What they said last may have stood in the one that is gone.
        worker
            .get(&later)
            .await
            .expect(StatusCode::OK)
            .says("Not counted: a case of theirs that is linked to this one was forgotten");
    })
    .await;
}
