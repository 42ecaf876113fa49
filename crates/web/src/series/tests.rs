//! The pages of series.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::import::tests::with_figures;
use crate::tests::router_on;

/// The address of the only series.
async fn only_series(member: &Client) -> String {
    let list = member.get("/series").await.expect(StatusCode::OK).says("Referrals");
    let (_, rest) = list.body.split_once("<th scope=\"row\"><a href=\"").expect("a link");
    rest.split_once('"').expect("its end").0.to_owned()
}

#[tokio::test]
async fn every_vintage_is_shown_with_its_source_and_what_it_restated() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get("/series")
            .await
            .expect(StatusCode::OK)
            .says("No series is recorded yet");
        with_figures(&member).await;
        let series = only_series(&member).await;
        let page = member.get(&series).await.expect(StatusCode::OK);
        let page = page
            .says("restated from 4,142 to 4,134 on 10 May 2024")
            .says("October to December 2023")
            .says("not verified")
            .says("secondary source");
        let page = page
            .says("[c]")
            .says("OGL-UK-3.0")
            .says("href=\"https://example.org/5\"")
            .says("<svg")
            .lacks("style=");
        assert!(page.body.contains("age (1)"), "the breakdowns are links");
        member
            .get(&format!("{series}?breakdown=age"))
            .await
            .expect(StatusCode::OK)
            .says("1,895")
            .lacks("4,134");
        member
            .get(&format!("{series}?breakdown=nothing&page=x&periods=y"))
            .await
            .expect(StatusCode::OK)
            .says("This series has no values here");
    })
    .await;
}

#[tokio::test]
async fn a_break_is_marked_with_its_reason() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        with_figures(&member).await;
        let series = only_series(&member).await;
        let path = format!("{series}/breaks/new");
        let fields = [
            ("from_on_day", "31"),
            ("from_on_month", "2"),
            ("from_on_year", "2023"),
            ("reason", "The test was raised"),
        ];
        member
            .post(&path, &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("href=\"#from_on\"")
            .says("The test was raised");
        let fields = [
            ("from_on_day", "1"),
            ("from_on_month", "4"),
            ("from_on_year", "2023"),
            ("reason", "The test was raised"),
        ];
        assert_eq!(
            member.post(&path, &fields).await.expect(StatusCode::SEE_OTHER).location,
            series
        );
        member
            .get(&series)
            .await
            .says("<strong>1 April 2023</strong>: The test was raised")
            .says("break: 1 April 2023");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.post(&path, &fields).await.expect(StatusCode::FORBIDDEN);
        observer
            .get(&series)
            .await
            .expect(StatusCode::OK)
            .lacks("Mark a break</a>");
    })
    .await;
}

#[tokio::test]
async fn a_series_is_added_by_hand_and_what_was_typed_is_kept() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member.get("/series/new").await.expect(StatusCode::OK);
        let bad = [("code", "two words"), ("title", "Kept words")];
        member
            .post("/series/new", &bad)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Kept words")
            .says("href=\"#code\"");
        let good = [
            ("code", "cgd"),
            ("title", "Decisions"),
            ("publisher", "Sample Office"),
            ("unit", "decisions"),
            ("counting_rule", "decision"),
        ];
        let made = member.post("/series/new", &good).await.expect(StatusCode::SEE_OTHER);
        member
            .get(&made.location)
            .await
            .expect(StatusCode::OK)
            .says("This series has no values here");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.post("/series/new", &good).await.expect(StatusCode::FORBIDDEN);
        member.get("/series/not-an-id").await.expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_series_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let import = with_figures(&member).await;
    let series = only_series(&member).await;
    member
        .post(
            &format!("{series}/breaks/new"),
            &[
                ("from_on_day", "1"),
                ("from_on_month", "4"),
                ("from_on_year", "2023"),
                ("reason", "The test was raised"),
            ],
        )
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 500] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in [
            "/series",
            "/series/new",
            &series,
            &format!("{series}?breakdown=age"),
            &format!("{series}/breaks/new"),
            &import,
        ] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
