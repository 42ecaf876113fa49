//! The coverage grid, as members read it.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn an_empty_cell_says_none_and_a_full_one_leads_to_its_evidence() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get("/coverage")
            .await
            .expect(StatusCode::OK)
            .says("No standard has been loaded yet");
        member
            .get("/coverage?standard=nowhere")
            .await
            .expect(StatusCode::NOT_FOUND);
        let provisions = provisions(stage, &[("13(1)", "mandatory"), ("9(2)", "mandatory")]).await;
        member
            .get("/coverage")
            .await
            .says("24 of 24 cells are empty")
            .says(">none<")
            .says("without any evidence");
        let provision = provisions[0].to_string();
        let fields = [
            ("title", "Specimen"),
            ("kind", "study"),
            ("publisher", "Press"),
            ("effective_on_day", "1"),
            ("effective_on_month", "2"),
            ("effective_on_year", "2024"),
            ("reliability", "A"),
            ("credibility", "3"),
            ("provisions", provision.as_str()),
            ("groups", "children"),
            ("identifies_person", "no"),
            ("handling", "source_only"),
            ("quoting", "no"),
        ];
        member
            .upload("/evidence/new", &fields, ("files", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        let list = format!(
            "/evidence?provision={}&#38;group=children",
            provision.replace('-', "%2D")
        );
        let page = member
            .get("/coverage?standard=specimen")
            .await
            .says("23 of 24 cells are empty")
            .says("A3, 2024")
            .says(&list);
        assert!(page.body.contains("finding about the monitoring itself"));
        // Someone who may not see the item sees that it exists, and not what it is.
        let other = Client::member(&router, stage, &coalition.coordinator).await;
        other
            .get("/coverage")
            .await
            .says("23 of 24 cells are empty")
            .lacks("Specimen Press");
    })
    .await;
}
