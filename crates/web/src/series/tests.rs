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

/// The answers that describe the only series as it was added, with these in place of some.
fn described<'f>(others: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields = vec![
        ("code", "nrm_referrals"),
        ("title", "Referrals"),
        ("publisher", "Sample Office"),
        ("unit", "persons"),
        ("counting_rule", "person"),
    ];
    fields.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
    fields.extend(others);
    fields
}

#[tokio::test]
async fn what_is_said_of_a_series_is_amended_and_what_its_values_mean_is_not() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        with_figures(&member).await;
        let series = only_series(&member).await;
        let amend = format!("{series}/amend");
        member
            .get(&series)
            .await
            .says(&format!("href=\"{amend}\""))
            .says("as first recorded");
        member
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("name=\"revision\" value=\"1\"")
            .says("value=\"nrm_referrals\"")
            .says("This series holds values");
        let change = [
            ("code", "referrals"),
            ("title", "Kept words"),
            ("unit", "cases"),
            ("counting_rule", "case"),
            ("revision", "1"),
        ];
        member
            .post(&amend, &described(&change))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Error: Amend a series")
            .says("Kept words")
            .says("value=\"cases\"")
            .says("href=\"#code\"")
            .says("href=\"#unit\"")
            .says("href=\"#counting_rule\"")
            .says("undo the imports that brought them")
            .says("name=\"revision\" value=\"1\"");
        let change = [("title", "People referred"), ("about", "Quarterly."), ("revision", "1")];
        let answer = member.post(&amend, &described(&change)).await;
        assert_eq!(answer.expect(StatusCode::SEE_OTHER).location, series);
        member
            .get(&series)
            .await
            .says("<h1>People referred</h1>")
            .says("Quarterly.")
            .says("restated from 4,142 to 4,134 on 10 May 2024")
            .lacks("as first recorded");
        for stranger in [&coalition.observer, &coalition.first_reviewer] {
            let stranger = Client::member(&router, stage, stranger).await;
            stranger.get(&series).await.expect(StatusCode::OK).lacks("/amend");
            stranger.get(&amend).await.expect(StatusCode::FORBIDDEN);
            stranger
                .post(&amend, &described(&[("revision", "2")]))
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        member
            .get("/series/not-an-id/amend")
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn two_who_amend_one_series_are_shown_both_versions() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let added = member.post("/series/new", &described(&[])).await;
        let series = added.expect(StatusCode::SEE_OTHER).location;
        let amend = format!("{series}/amend");
        let form = member.get(&amend).await.expect(StatusCode::OK);
        let once = form.lacks("This series holds values").hidden("once");
        // Typed before the other was stored, and sent after it.
        let other = Client::member(&router, stage, &coalition.coordinator).await;
        let draft = format!("/draft?form={}", amend.replace('/', "%2F"));
        let typed = [
            ("title", "Typed by the second"),
            ("counting_rule", "decision"),
            ("of_revision", "1"),
        ];
        let kept = other.post(&draft, &described(&typed)).await;
        assert!(kept.status.is_success(), "{}", kept.status);

        let stored = [("title", "Stored by the first"), ("revision", "1"), ("once", &once)];
        for _ in 0..2 {
            let answer = member.post(&amend, &described(&stored)).await;
            assert_eq!(
                answer.expect(StatusCode::SEE_OTHER).location,
                series,
                "a double click changes it once"
            );
        }
        other
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("Typed by the second")
            .says("value=\"nrm_referrals\"")
            .says("name=\"revision\" value=\"1\"");
        let sent = |revision| {
            let mut fields = described(&typed);
            fields.push(("revision", revision));
            fields
        };
        other
            .post(&amend, &sent("1"))
            .await
            .expect(StatusCode::CONFLICT)
            .says("Both versions")
            .says("<dd>Stored by the first</dd>")
            .says("<dd>Typed by the second</dd>")
            .says("<dd>Persons</dd>")
            .says("<dd>Decisions</dd>")
            .says("name=\"revision\" value=\"2\"")
            .lacks("<dt>Publisher</dt>");
        member
            .get(&series)
            .await
            .says("Stored by the first")
            .lacks("Typed by the second");
        other.post(&amend, &sent("2")).await.expect(StatusCode::SEE_OTHER);
        member.get(&series).await.says("Typed by the second").says("Decisions");
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
    for width in [1280, 320] {
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
            &format!("{series}/amend"),
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
