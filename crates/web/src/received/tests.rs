//! Contributions and pooled measures as pages: what a coordinator does, what others see, and what a browser makes of it.

use axum::http::StatusCode;
use measures::invented::{Random, lines};
use monitoring::cycle;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

async fn opened(stage: &Stage, coalition: &Coalition) -> String {
    testkit::provisions(stage, &[("12(1)a", "mandatory")]).await;
    let open = cycle::Open {
        code: "2025".into(),
        title: "Audit 2025".into(),
        period_start: "2025-01-01".into(),
        period_end: "2025-12-31".into(),
        cutoff_on: "2025-12-31".into(),
        ..cycle::Open::default()
    };
    let id = cycle::open(&stage.cx(&coalition.coordinator), open)
        .await
        .expect("opened");
    format!("/cycles/{id}")
}

fn rows(n: u64, from: u64) -> Vec<u8> {
    lines(&measures::shipped_pack("2025"), n, from, &mut Random(5))
        .join("\n")
        .into_bytes()
}

#[tokio::test]
async fn a_coordinator_takes_in_a_file_and_computes_and_faults_are_named() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let path = opened(stage, &coalition).await;
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let page = format!("{path}/contributions");
        coordinator
            .get(&page)
            .await
            .expect(StatusCode::OK)
            .says("The coalition has no key yet")
            .says("Awaited:")
            .lacks("Compute the measures</button>");
        coordinator
            .post("/keys/coalition/make", &[])
            .await
            .expect(StatusCode::OK);
        coordinator
            .upload(&format!("{page}/compute"), &[], ("clusters", "", b""))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("no contribution counts yet");
        let organisation = coalition.organisations[1].to_string();
        let send = async |name: &str, bytes: &[u8]| {
            coordinator
                .upload(&page, &[("organisation", &organisation)], ("file", name, bytes))
                .await
        };
        send("rows.csv", b"row,surname\n1,Canary")
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("surname");
        coordinator
            .upload(&page, &[], ("file", "rows.csv", &rows(20, 0)))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose whose contribution it is");
        send("rows.csv", &rows(150, 0)).await.expect(StatusCode::SEE_OTHER);
        coordinator
            .get(&page)
            .await
            .says("Compute the measures")
            .says("a plain file");
        coordinator
            .upload(&format!("{page}/compute"), &[], ("clusters", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator.get(&page).await.says("Second no. 1").lacks("Compute again");
        coordinator
            .get(&format!("{path}/pooled"))
            .await
            .expect(StatusCode::OK)
            .says("of cases whose number is withheld, seen by 1 organisation; may include the same person twice");
        send("rows.csv", &rows(180, 500)).await.expect(StatusCode::SEE_OTHER);
        coordinator
            .get(&page)
            .await
            .says("rest on a contribution that was replaced")
            .says("Replaced by a newer one");
        coordinator
            .get(&format!("{path}/pooled/I13c"))
            .await
            .expect(StatusCode::OK)
            .says("The share where")
            .says("replaced since");
        coordinator
            .get(&format!("{path}/pooled/I999z"))
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_empty_file_of_clusters_is_refused_and_not_taken_for_none() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let path = opened(stage, &coalition).await;
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .upload(
                &format!("{path}/contributions/compute"),
                &[],
                ("clusters", "clusters.csv", b""),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("The file is empty: choose the file of clusters, or none");
    })
    .await;
}

#[tokio::test]
async fn others_see_pooled_measures_and_no_contribution() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let path = opened(stage, &coalition).await;
        for (who, actor) in coalition.everyone() {
            let client = Client::member(&router, stage, actor).await;
            let contributions = client.get(&format!("{path}/contributions")).await.status;
            assert_eq!(contributions == StatusCode::OK, who == "coordinator", "{who}");
            let pooled = client.get(&format!("{path}/pooled")).await.status;
            assert_eq!(pooled == StatusCode::OK, who != "operator", "{who}");
        }
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get(&format!("{path}/pooled"))
            .await
            .says("Nothing has been computed from contributions yet")
            .lacks("/contributions\"");
        observer.get(&path).await.says("/pooled").lacks("/contributions");
    })
    .await;
}

#[tokio::test]
async fn pages_are_accessible_and_fit_a_small_screen() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let path = opened(&stage, &coalition).await;
    let coordinator = Client::member(&router, &stage, &coalition.coordinator).await;
    coordinator
        .post("/keys/coalition/make", &[])
        .await
        .expect(StatusCode::OK);
    let page = format!("{path}/contributions");
    let organisation = coalition.organisations[0].to_string();
    coordinator
        .upload(
            &page,
            &[("organisation", &organisation)],
            ("file", "rows.csv", &rows(150, 0)),
        )
        .await
        .expect(StatusCode::SEE_OTHER);
    coordinator
        .upload(&format!("{page}/compute"), &[], ("clusters", "", b""))
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router, 320).await;
    let (secret, _) = cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for path in [page, format!("{path}/pooled"), format!("{path}/pooled/I13c")] {
        browser.go(&path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
    stage.db.close().await.expect("the database closes");
}
