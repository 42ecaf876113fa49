//! A cycle that is closed: nothing more is sent into it, and no page asks for what can no longer be done.

use crate::cycle::tests::moved;

use super::*;

#[tokio::test]
async fn into_a_closed_cycle_nothing_more_is_sent_and_no_page_asks_for_it() {
    on_both(async |stage| {
        let all = begun(stage).await;
        let contributor = all.client(stage, &all.contributor).await;
        let manager = all.client(stage, &all.manager).await;
        let coordinator = all.client(stage, &all.coalition.coordinator).await;
        let case = all.agreed(stage, "first").await;
        all.agreed(stage, "second").await;
        let id = all.prepared(stage).await;
        all.approved(stage, &id).await;
        all.confirmed(&coordinator).await;
        all.computed(&coordinator).await;
        // The results rest on what is replaced, and one more is prepared, when the cycle is closed.
        let id = all.prepared(stage).await;
        all.approved(stage, &id).await;
        let received = format!("{}/contributions", all.cycle);
        coordinator.get(&received).await.says("Compute again");
        let late = all.prepared(stage).await;
        for from in ["opened", "gathering", "assessing"] {
            moved(&coordinator, &all.cycle, from).await;
        }

        let closed = "Audit 2025 is closed, and nothing more is sent into it";
        manager
            .post(&format!("{late}/decide"), &[("verdict", "approve"), ("revision", "1")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says(closed);
        manager
            .get(&late)
            .await
            .says("it can no longer be approved or sent")
            .lacks("Approve: this may leave");
        contributor
            .post(&format!("{late}/file"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says(closed);
        contributor
            .post(&format!("{late}/send"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says(closed);
        contributor
            .post(&format!("{late}/withdraw"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        for holds in ["aggregates", "rows"] {
            contributor
                .post("/contributions/new", &[("cycle", "2025"), ("holds", holds)])
                .await
                .expect(StatusCode::UNPROCESSABLE_ENTITY)
                .says(closed)
                .says("is left out of every contribution to a later cycle");
        }

        let worker = all.client(stage, &all.coalition.caseworker).await;
        contributor.get("/contributions").await.lacks("it is too late");
        said(&worker, &case, "withdrawn").await;
        for who in [&contributor, &manager] {
            who.get("/contributions")
                .await
                .expect(StatusCode::OK)
                .says("Audit 2025 is closed")
                .says("For this cycle it is too late")
                .says(&id)
                .lacks("A new contribution is due")
                .lacks("Prepare it");
            who.get("/").await.lacks("a new one is due");
            who.get(&id)
                .await
                .expect(StatusCode::OK)
                .says("The cycle is closed")
                .lacks("A new contribution is due");
        }

        coordinator
            .get(&received)
            .await
            .expect(StatusCode::OK)
            .says("This cycle is closed")
            .says("rest on a contribution that was replaced since. They stay as they are")
            .lacks("Compute again")
            .lacks("Compute the measures")
            .lacks("Awaited")
            .lacks("Take it in");
        coordinator.get("/").await.lacks("compute its measures again");
        let organisation = all.coalition.organisations[0].to_string();
        coordinator
            .upload(
                &received,
                &[("organisation", &organisation)],
                ("file", "rows.csv", b"row"),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Audit 2025 is closed and takes in nothing more");
        coordinator
            .upload(&format!("{received}/compute"), &[], ("clusters", "", b""))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .lacks("Compute again");
    })
    .await;
}
