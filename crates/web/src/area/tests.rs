//! The pages of the register of areas.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

const FILE: &str = "code,name,kind,parent,valid_from,valid_until,successor\nN1,Specimen Nation,nation,,2009-01-01,,\nP1,Old Force,police,N1,2009-01-01,2019-12-31,\nP1,Renamed Force,police,N1,2020-01-01,,\n";

#[tokio::test]
async fn a_file_of_areas_is_loaded_and_a_second_time_changes_nothing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member
            .get("/areas")
            .await
            .expect(StatusCode::OK)
            .says("No area of this kind is in the register");
        member.get("/areas/load").await.expect(StatusCode::OK);
        for words in [
            "2 added, 0 changed, 0 known already",
            "0 added, 0 changed, 2 known already",
        ] {
            let loaded = member
                .upload("/areas/load", &[], ("file", "areas.csv", FILE.as_bytes()))
                .await
                .expect(StatusCode::SEE_OTHER);
            member
                .get(&loaded.location)
                .await
                .says(words)
                .says("Renamed Force")
                .says("Old Force from 1 January 2009 until 31 December 2019");
        }
        member
            .get("/areas?kind=police")
            .await
            .expect(StatusCode::OK)
            .lacks("<th scope=\"row\">Specimen Nation");
        let wrong = FILE.replace("police,N1", "police,N9");
        member
            .upload("/areas/load", &[], ("file", "areas.csv", wrong.as_bytes()))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("no area has the code “N9”");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .upload("/areas/load", &[], ("file", "areas.csv", FILE.as_bytes()))
            .await
            .expect(StatusCode::FORBIDDEN);
        observer.get("/areas").await.expect(StatusCode::OK).lacks("Load areas");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_areas_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    member
        .upload("/areas/load", &[], ("file", "areas.csv", FILE.as_bytes()))
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in ["/areas", "/areas/load"] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
