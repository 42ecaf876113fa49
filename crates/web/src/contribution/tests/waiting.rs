//! What the home page says of contributions, to those who can do something about it and to nobody else.

use super::*;

const TO_APPROVE: &str = "contribution that a colleague prepared, for you to approve or refuse";
const TO_CONFIRM: &str = "contribution that waits until you confirm whose it is";
const DUE: &str = "contribution in which somebody can no longer be counted: a new one is due";
const BEHIND: &str = "cycle in which contributions came or were replaced since: compute its measures again";

/// A line of the home page, with its number and its link.
fn line(href: &str, words: &str) -> String {
    format!("<a href=\"{href}\"><span class=\"figure\">1</span> {words}</a>")
}

#[tokio::test]
async fn the_home_page_says_what_of_contributions_waits_and_says_it_to_those_who_may_act() {
    on_both(async |stage| {
        let all = begun(stage).await;
        let contributor = all.client(stage, &all.contributor).await;
        let manager = all.client(stage, &all.manager).await;
        let coordinator = all.client(stage, &all.coalition.coordinator).await;
        let elsewhere = all.client(stage, &all.coalition.second_manager).await;
        let observer = all.client(stage, &all.coalition.observer).await;
        let case = all.agreed(stage, "first").await;
        all.agreed(stage, "second").await;
        for who in [&contributor, &manager, &coordinator] {
            who.get("/").await.expect(StatusCode::OK).says("Nothing waits for you");
        }

        // Whoever prepared it cannot approve it, and neither can another organisation.
        let id = all.prepared(stage).await;
        manager.get("/").await.says(&line("/contributions", TO_APPROVE));
        for who in [&contributor, &coordinator, &elsewhere, &observer] {
            who.get("/").await.expect(StatusCode::OK).lacks(TO_APPROVE);
        }
        all.approved(stage, &id).await;
        manager.get("/").await.says("Nothing waits for you");

        let received = format!("{}/contributions", all.cycle);
        coordinator.get("/").await.says(&line(&received, TO_CONFIRM));
        all.confirmed(&coordinator).await;
        all.computed(&coordinator).await;
        coordinator.get("/").await.says("Nothing waits for you");

        // A worker hears it from the person; whoever prepares contributions hears that a new one is due, and no name.
        let worker = all.client(stage, &all.coalition.caseworker).await;
        said(&worker, &case, "withdrawn").await;
        for who in [&contributor, &manager] {
            let page = who.get("/").await.expect(StatusCode::OK);
            page.says(&line("/contributions", DUE)).lacks("Canaria");
        }
        for who in [&coordinator, &elsewhere, &observer] {
            who.get("/").await.expect(StatusCode::OK).lacks(DUE);
        }
        let id = all.prepared(stage).await;
        all.approved(stage, &id).await;
        for who in [&contributor, &manager] {
            who.get("/").await.says("Nothing waits for you");
        }
        coordinator.get("/").await.says(&line(&received, BEHIND));
        for who in [&contributor, &manager, &observer] {
            who.get("/").await.lacks(BEHIND);
        }
        all.computed(&coordinator).await;
        coordinator.get("/").await.says("Nothing waits for you");
    })
    .await;
}
