//! Measures from cases, as members see and change them.

use axum::http::StatusCode;
use monitoring::cycle;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

const CHANGED: [(&str, &str); 9] = [
    ("revision", "2"),
    ("statistic", "median"),
    ("of", "rg_working_days"),
    ("population_all_0_column", "rg_outcome"),
    ("population_all_0_rule", "is"),
    ("population_all_0_code", "positive"),
    ("strata", "region"),
    ("strata", "gender"),
    ("why", "Negative decisions have a measure of their own."),
];

#[tokio::test]
async fn a_coordinator_sees_what_a_change_gives_and_saves_it() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .get("/measures")
            .await
            .expect(StatusCode::OK)
            .says("href=\"/measures/I13a\"")
            .says("The median of")
            .says("href=\"/measures/I67b\"")
            .says("Not from cases")
            .says("<li>I44b: ");
        coordinator
            .get("/measures/I13a/change")
            .await
            .expect(StatusCode::OK)
            .says("3000 invented cases")
            .says("say anything at random")
            .says("How much is recorded of what it needs")
            .says("name=\"population_all_0_column\" value=\"rg_outcome\"");
        let add = [CHANGED.as_slice(), &[("counted_any_add", "gender")]].concat();
        // A condition that asks nothing yet is left out, and the page says so; who saves must finish it.
        coordinator
            .post("/measures/I13a/change", &add)
            .await
            .expect(StatusCode::OK)
            .says("name=\"counted_any_0_column\" value=\"gender\"")
            .says("Tick at least one. Until then the condition is left out.")
            .says("Left out, because nothing is asked of it yet: gender.")
            .says(" working days</strong>")
            .lacks("There is a problem");
        coordinator
            .post("/measures/I13a/save", &add)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Tick at least one: gender");
        let no_reason = [&CHANGED[..8], &[("why", " ")]].concat();
        coordinator
            .post("/measures/I13a/save", &no_reason)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say why it is computed so")
            .says("The median of")
            .lacks("It cannot be computed yet");
        let nothing = [
            ("revision", "2"),
            ("statistic", "share"),
            ("counted_all_add", "rg_working_days"),
        ];
        coordinator
            .post("/measures/I13a/change", &nothing)
            .await
            .expect(StatusCode::OK)
            .says("It cannot be computed yet: say what is asked of this, or take the condition away: working days")
            .lacks("There is a problem");
        coordinator
            .post("/measures/I13a/change", &nothing[..2])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("say which cases are counted")
            .says("It cannot be computed yet: see what is missing above");
        coordinator
            .post("/measures/I13a/change", &CHANGED)
            .await
            .expect(StatusCode::OK)
            .says("Broken down, one at a time, by region and gender")
            .says("By region");
        let saved = coordinator
            .post("/measures/I13a/save", &CHANGED)
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_eq!(saved.location, "/measures/I13a");
        coordinator
            .get("/measures/I13a")
            .await
            .expect(StatusCode::OK)
            .says("Negative decisions have a measure of their own.")
            .says("version 3");
        coordinator
            .post("/measures/I13a/save", &CHANGED)
            .await
            .expect(StatusCode::CONFLICT)
            .says("Somebody saved version 3 meanwhile");
        coordinator.get("/measures/I999z").await.expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn where_there_is_a_model_a_change_is_tried_on_its_cases_and_the_page_says_so() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = crate::tests::router_with(&stage, |app| app.invented = Some(of_a_model));
    let coordinator = Client::member(&router, &stage, &coalition.coordinator).await;
    coordinator
        .get("/measures/I13a/change")
        .await
        .expect(StatusCode::OK)
        .says("77 invented cases")
        .says("docs/reference/demo-model.md")
        .lacks("at random");
}

/// Rows that stand for those of a model.
fn of_a_model() -> &'static measures::Rows {
    static ROWS: std::sync::LazyLock<measures::Rows> =
        std::sync::LazyLock::new(|| measures::invented::rows(&measures::shipped_pack(""), 77, 1));
    &ROWS
}

#[tokio::test]
async fn others_may_try_and_not_save_and_ones_own_cases_are_for_those_who_prepare_contributions() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let assessor = Client::member(&router, &stage, &coalition.first_assessor).await;
    assessor
        .post("/measures/I13a/change", &CHANGED)
        .await
        .expect(StatusCode::OK)
        .says("A coordinator can save a change")
        .lacks("own-cases");
    for address in ["/measures/I13a/save", "/measures/I13a/own-cases"] {
        assessor.post(address, &CHANGED).await.expect(StatusCode::FORBIDDEN);
    }
    let contributor = Client::member(&router, &stage, &coalition.contributor).await;
    contributor
        .post("/measures/I13a/own-cases", &CHANGED)
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says("no cycle is open whose period has begun");
}

#[tokio::test]
async fn ones_own_cases_are_those_of_an_open_cycle_whose_period_has_begun() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    testkit::provisions(&stage, &[("12(1)a", "mandatory")]).await;
    let router = router_on(&stage, Settings::default());
    let contributor = Client::member(&router, &stage, &coalition.contributor).await;
    let open = async |code: &str| {
        let open = cycle::Open {
            code: code.into(),
            title: format!("Audit {code}"),
            period_start: format!("{code}-01-01"),
            period_end: format!("{code}-12-31"),
            cutoff_on: format!("{code}-12-31"),
            ..cycle::Open::default()
        };
        let id = cycle::open(&stage.cx(&coalition.coordinator), open).await;
        id.expect("opened");
    };
    let own = "/measures/I13a/own-cases";
    open("2026").await;
    contributor
        .post(own, &CHANGED)
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says("no cycle is open whose period has begun");
    // With the days known, what is missing is the key.
    open("2025").await;
    contributor
        .post(own, &CHANGED)
        .await
        .lacks("whose period has begun")
        .lacks("the period has not begun");
}

#[tokio::test]
async fn the_pages_are_accessible_fit_a_phone_and_the_look_follows_each_change() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let browser = Browser::open(router, 320).await;
    let (secret, _) = cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for path in ["/measures", "/measures/I13a", "/measures/I13a/change"] {
        browser.go(path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    // Without a press of the button: choosing a column adds its condition.
    browser.choose("population_all_add", "gender").await;
    browser
        .sees("Left out, because nothing is asked of it yet: gender")
        .await;
    browser.is_accessible().await;
    browser.fits().await;
    browser.close().await;
}
