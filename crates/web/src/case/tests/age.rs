//! What the page of a case says where an assessment of the person's age and the record contradict each other, and where they are
//! missing.

use super::*;

#[tokio::test]
async fn an_assessment_as_a_child_of_somebody_recorded_as_an_adult_is_pointed_out_until_it_is_put_right() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let contradicted = "Their age was assessed, and the record says otherwise";
        worker.get(&address).await.expect(StatusCode::OK).lacks(contradicted);
        let day = [("on_day", "25"), ("on_month", "5"), ("on_year", "2025")];
        let new = format!("{address}/events/new");
        let assessed = [day.as_slice(), &[("kind", "age_dispute"), ("stage", "child")]].concat();
        worker.post(&new, &assessed).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says(contradicted)
            .says("They are treated here as a child");
        let next_day = [("on_day", "26"), ("on_month", "5"), ("on_year", "2025")];
        let dropped = [next_day.as_slice(), &[("kind", "age_dispute"), ("stage", "dropped")]].concat();
        worker.post(&new, &dropped).await.expect(StatusCode::SEE_OTHER);
        worker.get(&address).await.expect(StatusCode::OK).lacks(contradicted);
    })
    .await;
}

#[tokio::test]
async fn the_page_of_somebody_who_is_missing_says_since_when_nothing_is_sent() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let missing = [
            ("kind", "missing"),
            ("is_reported", "yes"),
            ("on_day", "25"),
            ("on_month", "5"),
            ("on_year", "2025"),
        ];
        let new = format!("{address}/events/new");
        worker.post(&new, &missing).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("They have been missing since 25 May 2025");
    })
    .await;
}
