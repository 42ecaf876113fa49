//! Cycles, as members without scripts use them.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

/// What a coordinator types to open a cycle whose cut-off is the stage's own day, so that evidence
/// recorded on stage is frozen in it and it may move on at once.
pub(crate) const TYPED: [(&str, &str); 12] = [
    ("code", "2025"),
    ("title", "Audit 2025"),
    ("period_start_day", "1"),
    ("period_start_month", "6"),
    ("period_start_year", "2024"),
    ("period_end_day", "31"),
    ("period_end_month", "5"),
    ("period_end_year", "2025"),
    ("cutoff_on_day", "1"),
    ("cutoff_on_month", "6"),
    ("cutoff_on_year", "2025"),
    (
        "method",
        "Two assessors rate each provision.\n\n## Sources\n\nAll that is open.",
    ),
];

/// Opens a cycle and gives its address.
pub(crate) async fn opened(coordinator: &Client) -> String {
    coordinator
        .post("/cycles/new", &TYPED)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location
}

/// Moves a cycle on from a state.
pub(crate) async fn moved(coordinator: &Client, cycle: &str, from: &str) {
    coordinator
        .post(&format!("{cycle}/advance"), &[("from", from)])
        .await
        .expect(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_cycle_is_opened_read_and_moved_on_by_its_coordinator_alone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        coordinator
            .get("/cycles")
            .await
            .expect(StatusCode::OK)
            .says("No cycle has been opened yet");
        observer
            .get("/audit")
            .await
            .expect(StatusCode::OK)
            .says("No cycle is open")
            .says("A coordinator opens the next one");
        coordinator
            .get("/cycles/new")
            .await
            .expect(StatusCode::OK)
            .says("## and a space");
        coordinator
            .post("/cycles/new", &TYPED)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("no standard is loaded yet")
            .says("Audit 2025");
        provisions(stage, &[("10(1).1", "mandatory")]).await;
        observer.post("/cycles/new", &TYPED).await.expect(StatusCode::FORBIDDEN);
        coordinator.get("/cycles").await.says("No cycle has been opened yet");
        let cycle = opened(&coordinator).await;
        let page = observer
            .get(&cycle)
            .await
            .expect(StatusCode::OK)
            .says("Specimen convention, version 1")
            .says("No provision has been assigned yet");
        page.says("<h3>Sources</h3>")
            .says("not frozen yet: gathered until 1 June 2025")
            .lacks("Begin gathering evidence");
        coordinator
            .get(&cycle)
            .await
            .says("Begin gathering evidence")
            .says("Assign the first");
        let advance = format!("{cycle}/advance");
        observer
            .post(&advance, &[("from", "opened")])
            .await
            .expect(StatusCode::FORBIDDEN);
        // A second press of the first button must not take the second step.
        for _ in 0..2 {
            moved(&coordinator, &cycle, "opened").await;
        }
        coordinator
            .get(&cycle)
            .await
            .says("Gathering evidence")
            .says("Freeze the evidence and begin assessing");
        moved(&coordinator, &cycle, "gathering").await;
        coordinator
            .get(&cycle)
            .await
            .says("0 items</a>, frozen")
            .says("Close the cycle");
        observer
            .get("/audit")
            .await
            .says("Audit 2025")
            .says("Nothing in this cycle waits for you");
        coordinator
            .get("/cycles/new")
            .await
            .says("Two assessors rate each provision");
    })
    .await;
}

#[tokio::test]
async fn impossible_days_are_said_beside_their_field_and_kept() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        provisions(stage, &[("10(1).1", "mandatory")]).await;
        let mut fields = TYPED.to_vec();
        fields.retain(|(name, _)| *name != "cutoff_on_month");
        let answer = coordinator
            .post("/cycles/new", &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("href=\"#cutoff_on\"")
            .says("value=\"Audit 2025\"")
            .says("Error: ");
        coordinator.get("/cycles/not-an-id").await.expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn evidence_is_not_frozen_before_the_cut_off_and_the_page_says_why() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        provisions(stage, &[("10(1).1", "mandatory")]).await;
        let fields: Vec<_> = TYPED
            .iter()
            .map(|(name, value)| (*name, if *name == "cutoff_on_day" { "2" } else { *value }))
            .collect();
        let cycle = coordinator
            .post("/cycles/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        moved(&coordinator, &cycle, "opened").await;
        let refused = coordinator
            .post(&format!("{cycle}/advance"), &[("from", "gathering")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused
            .says("The cycle cannot move on yet")
            .says("evidence is gathered until 2 June 2025")
            .says("href=\"#next\"");
    })
    .await;
}
