//! Editions as the public reads them and publishers make them.

use axum::http::StatusCode;
use domain::ids::RevisionId;
use monitoring::edition::{self, Rendered};
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

/// A closed cycle without assessments.
async fn closed(stage: &Stage, coalition: &Coalition) {
    testkit::provision::provisions(stage, &[("10(1).1", "mandatory")]).await;
    let cx = stage.cx(&coalition.coordinator);
    let open = monitoring::cycle::Open {
        code: "2024".into(),
        title: "Audit 2024".into(),
        period_start: "2024-01-01".into(),
        period_end: "2024-12-31".into(),
        cutoff_on: "2025-03-31".into(),
        ..monitoring::cycle::Open::default()
    };
    let id = monitoring::cycle::open(&cx, open).await.expect("opens");
    for _ in 0..3 {
        monitoring::cycle::advance(&cx, id).await.expect("advances");
    }
}

/// Does what the worker does, with words instead of a whole site: this crate never links page layout.
async fn render(stage: &Stage) {
    for id in edition::pending(&stage.db).await.expect("pending") {
        let content = edition::renderable(&stage.db, id).await.expect("content");
        let page = format!(
            "{} revision {}: {}",
            content.title,
            content.revision,
            content.summary.words.join(" ")
        );
        let files = vec![Rendered {
            path: "index.html".into(),
            media_type: "text/html; charset=utf-8".into(),
            bytes: page.into(),
        }];
        edition::keep(&stage.db, &stage.files, id, files).await.expect("kept");
    }
}

#[tokio::test]
async fn a_closed_cycle_is_published_once_and_read_by_everyone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        closed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let publisher = Client::member(&router, stage, &coalition.publisher).await;
        let visitor = Client::visitor(&router);
        visitor
            .get("/editions")
            .await
            .expect(StatusCode::OK)
            .says("Nothing has been published yet");
        publisher
            .post("/publish/2024/new", &[("summary", "")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Write the summary");
        publisher
            .post("/publish/2024/new", &[("summary", "What we found.")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose under what others may use the data");
        let once = publisher
            .get("/publish/2024/new")
            .await
            .expect(StatusCode::OK)
            .hidden("once");
        for _ in 0..2 {
            let fields = [
                ("summary", "What we found."),
                ("licence", "CC-BY-4.0"),
                ("once", once.as_str()),
            ];
            publisher
                .post("/publish/2024/new", &fields)
                .await
                .expect(StatusCode::SEE_OTHER);
        }
        publisher
            .get("/publish/2024")
            .await
            .expect(StatusCode::OK)
            .says("The edition is being rendered");
        visitor.get("/editions/2024/").await.expect(StatusCode::NOT_FOUND);
        render(stage).await;
        let answer = visitor
            .get("/editions/2024/")
            .await
            .expect(StatusCode::OK)
            .says("What we found.");
        assert!(answer.headers.contains_key("etag"));
        assert_eq!(visitor.get("/editions/2024").await.location, "/editions/2024/");
        visitor.get("/editions/2024/r/1/").await.expect(StatusCode::OK);
        visitor.get("/editions/2024/r/7/").await.expect(StatusCode::NOT_FOUND);
        visitor
            .get("/editions/2024/../../etc/passwd")
            .await
            .expect(StatusCode::NOT_FOUND);
        publisher
            .post("/publish/2024/new", &[("summary", "Again."), ("licence", "CC0-1.0")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("already published");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.get("/publish").await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_cycle_that_is_not_closed_is_not_published_and_the_page_says_why() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        testkit::provision::provisions(stage, &[("10(1).1", "mandatory")]).await;
        let cx = stage.cx(&coalition.coordinator);
        let open = monitoring::cycle::Open {
            code: "2025".into(),
            title: "Audit 2025".into(),
            period_start: "2025-01-01".into(),
            period_end: "2025-12-31".into(),
            cutoff_on: "2026-03-31".into(),
            ..monitoring::cycle::Open::default()
        };
        monitoring::cycle::open(&cx, open).await.expect("opens");
        let router = router_on(stage, Settings::default());
        let publisher = Client::member(&router, stage, &coalition.publisher).await;
        publisher
            .get("/publish/2025/new")
            .await
            .expect(StatusCode::OK)
            .says("The cycle is not closed yet");
        publisher
            .post(
                "/publish/2025/new",
                &[("summary", "Too early."), ("licence", "CC0-1.0")],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Too early.");
        let revisions: Vec<RevisionId> = edition::pending(&stage.db).await.expect("pending");
        assert!(revisions.is_empty());
    })
    .await;
}
