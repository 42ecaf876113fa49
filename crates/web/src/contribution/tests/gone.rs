//! A contribution in which somebody can no longer be counted, before anybody approved it.

use super::*;

#[tokio::test]
async fn what_counts_somebody_who_took_that_back_offers_no_approval_and_says_what_to_do() {
    on_both(async |stage| {
        let all = begun(stage).await;
        let contributor = all.client(stage, &all.contributor).await;
        let manager = all.client(stage, &all.manager).await;
        let case = all.agreed(stage, "first").await;
        all.agreed(stage, "second").await;
        let id = all.prepared(stage).await;
        manager.get(&id).await.says("Approve: this may leave");

        let worker = all.client(stage, &all.coalition.caseworker).await;
        said(&worker, &case, "withdrawn").await;
        for who in [&contributor, &manager] {
            who.get(&id)
                .await
                .expect(StatusCode::OK)
                .says("It can no longer be approved")
                .says("<a href=\"/contributions\">Prepare it anew</a>")
                .lacks("Approve: this may leave");
        }
        let approve = [("verdict", "approve"), ("revision", "1")];
        manager
            .post(&format!("{id}/decide"), &approve)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("prepare it anew")
            .lacks("Approve: this may leave");

        let anew = all.prepared(stage).await;
        manager.get(&anew).await.says("Approve: this may leave");
        all.approved(stage, &anew).await;
    })
    .await;
}
