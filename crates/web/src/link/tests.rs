//! Finding an earlier case and linking it, on both databases.

use axum::http::StatusCode;
use testkit::on_both;

use crate::case::tests::begun;

#[tokio::test]
async fn an_earlier_case_is_searched_linked_and_seen_on_both_pages() {
    on_both(async |stage| {
        let (_, _, worker, earlier) = begun(stage).await;
        let again = [
            ("opened_on_day", "25"),
            ("opened_on_month", "5"),
            ("opened_on_year", "2025"),
            ("nation", "england"),
            ("name", "Canaria Plumage the second"),
        ];
        let later = worker
            .post("/cases/new", &again)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
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
        worker
            .post(&link, &[("earlier", id), ("is_again", "yes")])
            .await
            .expect(StatusCode::SEE_OTHER);
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
    })
    .await;
}
