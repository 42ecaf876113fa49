//! The pages of exports.

use axum::http::{StatusCode, header};
use monitoring::export;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

/// The address of the first download that a page offers.
fn download(page: &str) -> String {
    let (before, _) = page.split_once("/file\" download").expect("a download");
    let (_, id) = before.rsplit_once('/').expect("an address");
    format!("/exports/{id}/file")
}

/// What the worker does with every agreed request of this member.
async fn made(stage: &Stage, actor: &store::work::Actor) {
    for request in export::list(&stage.cx(actor)).await.expect("requests") {
        if request.is_own {
            export::make(&stage.cx(actor), request.id).await.expect("made");
        }
    }
}

#[tokio::test]
async fn an_export_is_asked_for_agreed_by_a_second_person_and_downloaded_by_the_asker() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let asker = Client::member(&router, stage, &coalition.contributor).await;
        coordinator
            .post("/exports/policy", &[("kinds", "evidence"), ("kinds", "log")])
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator
            .get("/exports/policy")
            .await
            .says("value=\"evidence\" checked")
            .lacks("value=\"measurements\" checked");
        asker.get("/exports").await.says("No export yet");
        let form = asker
            .get("/exports/new")
            .await
            .expect(StatusCode::OK)
            .says("A second person agrees first")
            .lacks("value=\"log\"");
        let once = form.hidden("once");
        for _ in 0..2 {
            asker
                .post(
                    "/exports/new",
                    &[("kind", "evidence"), ("reason", "For the meeting"), ("once", &once)],
                )
                .await
                .expect(StatusCode::SEE_OTHER);
        }
        let page = asker
            .get("/exports")
            .await
            .says("Waiting for a second person")
            .lacks("/agree");
        assert_eq!(page.body.matches("For the meeting").count(), 1);
        let waiting = coordinator
            .get("/exports")
            .await
            .says("Waiting for your answer")
            .says("For the meeting");
        let (before, _) = waiting.body.split_once("/agree").expect("a request to agree to");
        let id = before.rsplit_once('/').expect("an address").1.to_owned();
        asker
            .post(&format!("/exports/{id}/agree"), &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        coordinator
            .post(&format!("/exports/{id}/agree"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator
            .post(&format!("/exports/{id}/refuse"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("answered already");
        made(stage, &coalition.contributor).await;
        let ready = asker
            .get("/exports")
            .await
            .says("0 rows")
            .says("removed on 8 June 2025")
            .says("answered by Test coordinator");
        let file = download(&ready.body);
        let answer = asker
            .get(&file)
            .await
            .expect(StatusCode::OK)
            .says("Evidence register,0 rows");
        assert_eq!(
            answer.headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"evidence-2025-06-01.csv\""
        );
        coordinator.get(&file).await.expect(StatusCode::NOT_FOUND);
        coordinator
            .get("/log?action=export.take")
            .await
            .says("Download an export")
            .says("Test contributor");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_said_beside_the_field() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let asker = Client::member(&router, stage, &coalition.contributor).await;
        asker
            .post("/exports/new", &[("kind", "series"), ("reason", " ")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say what it is for")
            .says("Choose a series");
        asker
            .post("/exports/new", &[("reason", "x")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose what to export");
        // What may not be read cannot be asked for by writing the address by hand.
        asker
            .post("/exports/new", &[("kind", "log"), ("reason", "x")])
            .await
            .expect(StatusCode::FORBIDDEN);
        asker.get("/exports/policy").await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn browser_pages_of_exports_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let ask = |kind: &str| export::Ask {
        kind: kind.to_owned(),
        series: None,
        reason: "For the annual meeting".to_owned(),
    };
    export::ask(&stage.cx(&coalition.contributor), ask("evidence"))
        .await
        .expect("asked");
    made(&stage, &coalition.contributor).await;
    export::ask(&stage.cx(&coalition.second_manager), ask("log"))
        .await
        .expect("asked");
    store::checkpoint::take(
        &stage.db,
        &store::checkpoint::note::Signer::new(&[1; 32]),
        stage.now,
        None,
    )
    .await
    .expect("a checkpoint");
    let browser = Browser::open(router_on(&stage, Settings::default()), 320).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for path in [
        "/exports",
        "/exports/new",
        "/exports/policy",
        "/log",
        "/log/mine",
        "/log/proof",
    ] {
        browser.go(path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}
