//! The pages of standards and provisions, as members without scripts use them.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn the_coordinator_loads_the_shipped_standards_and_everyone_browses_them() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get("/standards")
            .await
            .expect(StatusCode::OK)
            .says("A coordinator can load")
            .lacks("Load the shipped standards");
        observer
            .post("/standards/load", &[])
            .await
            .expect(StatusCode::FORBIDDEN);
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let form = coordinator
            .get("/standards")
            .await
            .expect(StatusCode::OK)
            .says("No standard has been loaded yet")
            .says("rapporteur standards load");
        let once = form.hidden("once");
        for _ in 0..2 {
            let answer = coordinator
                .post("/standards/load", &[("once", &once)])
                .await
                .expect(StatusCode::SEE_OTHER);
            assert_eq!(answer.location, "/standards");
        }
        let list = observer
            .get("/standards")
            .await
            .expect(StatusCode::OK)
            .says("1 June 2025")
            .says("CETS 197");
        let address = list
            .body
            .split("href=\"/standards/")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .map(|id| format!("/standards/{id}"))
            .unwrap();
        let whole = observer
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Chapter III")
            .says("10(1).1")
            .says("(our assignment)")
            .says("none of them has been rated yet");
        whole
            .says("Not yet read against the text")
            .says("Monitoring institution");
        observer
            .get(&format!("{address}?force=optional"))
            .await
            .says("Filter (1 on)")
            .lacks("10(1).1");
        observer
            .get(&format!("{address}?force=optional&pillar=justice&verified=no"))
            .await
            .expect(StatusCode::OK);
        observer.get(&format!("{address}?force=nonsense")).await.says("10(1).1");
    })
    .await;
}

#[tokio::test]
async fn its_pages_are_accessible_wide_and_narrow() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    browser.go("/standards").await;
    browser.is_accessible().await;
    browser.press("Load the shipped standards").await;
    browser.sees("Standards that are loaded").await;
    let standards = monitoring::standard::list(&stage.cx(&coalition.coordinator))
        .await
        .unwrap();
    let (_, provisions) = monitoring::standard::get(
        &stage.cx(&coalition.coordinator),
        domain::ids::StandardId(standards[0].id),
    )
    .await
    .unwrap();
    let of = |number: &str| {
        format!(
            "/provisions/{}",
            provisions.iter().find(|row| row.number == number).unwrap().id
        )
    };
    let indicator = crate::provision::tests::filled(
        &stage,
        &coalition,
        domain::ids::ProvisionId(provisions.iter().find(|row| row.number == "12(1)a").unwrap().id),
    )
    .await;
    let framework = format!(
        "/provisions/{}",
        provisions.iter().find(|row| row.force == "framework").unwrap().id
    );
    let pages = [
        "/standards",
        &format!("/standards/{}", standards[0].id),
        &of("12(1)a"),
        &framework,
        "/indicators",
        "/indicators/new",
        &format!("/indicators/{indicator}"),
        &format!("/indicators/{indicator}/new-version"),
    ];
    for width in [1280, 320] {
        browser.client.set_window_size(width, 1000).await.unwrap();
        for path in pages {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
