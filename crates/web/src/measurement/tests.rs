//! Measurements, as members without scripts record and read them.

use axum::http::StatusCode;
use domain::indicator::{IndicatorState, Statistic};
use monitoring::indicator::{Measure, Propose, close, propose};
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::cycle::tests::{TYPED, moved, opened};
use crate::import::tests::with_figures;
use crate::tests::router_on;

/// An agreed indicator with a share; gives its id.
async fn agreed(stage: &Stage, coalition: &Coalition) -> String {
    let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0];
    let input = Propose {
        code: "I71".into(),
        provisions: vec![provision],
        kind: "outcome".into(),
        name: "Safe a year on".into(),
        definition: "The share of people who are safe one year after they left support.".into(),
        direction: "higher".into(),
        sources: vec!["NGO".into()],
        limits: "Says nothing of those who cannot be reached.".into(),
        measures: vec![Measure {
            code: "I71a".into(),
            name: "Safe after a year".into(),
            statistic: Statistic::Share,
            numerator: "people found safe".into(),
            denominator: "people reached".into(),
            unit: "%".into(),
            levels: Vec::new(),
        }],
        ..Propose::default()
    };
    let id = propose(&stage.cx(&coalition.contributor), input)
        .await
        .expect("proposed");
    close(&stage.cx(&coalition.coordinator), id, IndicatorState::Agreed)
        .await
        .expect("agreed");
    id.to_string()
}

/// A share of a sample, as it is typed.
fn share<'a>(numerator: &'a str, source: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("measure", "I71a"),
        ("stratum", "all"),
        ("jurisdiction", "uk"),
        ("numerator", numerator),
        ("denominator", "263"),
        ("is_sample", "yes"),
        ("source", source),
        ("vintage_on_day", "1"),
        ("vintage_on_month", "5"),
        ("vintage_on_year", "2025"),
    ]
}

#[tokio::test]
async fn a_figure_is_typed_in_with_its_source_and_read_beside_the_cycle_before() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let indicator = agreed(stage, &coalition).await;
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        let observer = Client::member(&router, stage, &coalition.observer).await;
        let cycle = opened(&coordinator).await;
        let list = format!("{cycle}/measurements");
        let new = format!("{cycle}/measurements/new?indicator={indicator}");
        contributor
            .get(&new)
            .await
            .expect(StatusCode::OK)
            .says("This cycle takes no measurements now");
        moved(&coordinator, &cycle, "opened").await;
        observer
            .get(&list)
            .await
            .expect(StatusCode::OK)
            .says("Nothing has been measured in this cycle yet")
            .lacks("Record the first figure");
        contributor
            .get(&format!("{cycle}/measurements/new"))
            .await
            .expect(StatusCode::OK)
            .says("I71 Safe a year on");
        contributor
            .get(&new)
            .await
            .expect(StatusCode::OK)
            .says("I71a Safe after a year")
            .says("people who are safe one year");
        let impossible = contributor
            .post(&new, &share("264", "A log of requests"))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        impossible
            .says("A share cannot be more than the whole")
            .says("href=\"#numerator\"")
            .says("A log of requests");
        observer
            .post(&new, &share("81", "A log of requests"))
            .await
            .expect(StatusCode::FORBIDDEN);
        observer.get(&list).await.says("Nothing has been measured");
        assert_eq!(
            contributor
                .post(&new, &share("81", "A log of requests"))
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            list
        );
        let page = observer
            .get(&list)
            .await
            .expect(StatusCode::OK)
            .says("30.8%")
            .says("81 of 263")
            .says("95% interval 25.5 to 36.6");
        page.says("A log of requests")
            .says("published 1 May 2025")
            .says("Not measured in the cycle before");
        contributor
            .get(&format!(
                "{cycle}/measurements/new?indicator=00000000-0000-4000-8000-000000000000"
            ))
            .await
            .expect(StatusCode::NOT_FOUND);
        let next: Vec<_> = TYPED
            .iter()
            .map(|(name, value)| (*name, if *name == "code" { "2026" } else { *value }))
            .chain([("previous", "2025")])
            .collect();
        let next = coordinator
            .post("/cycles/new", &next)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        moved(&coordinator, &next, "opened").await;
        contributor
            .post(
                &format!("{next}/measurements/new?indicator={indicator}"),
                &share("160", "A later log"),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        observer
            .get(&format!("{next}/measurements"))
            .await
            .says("60.8%")
            .says("30.8%")
            .says("Better: the change is at least 5 percentage points");
    })
    .await;
}

/// The value of the first option of a list that says this.
fn option(page: &str, words: &str) -> String {
    let (before, _) = page
        .split_once(words)
        .unwrap_or_else(|| panic!("no option says “{words}”: {page}"));
    let (_, value) = before.rsplit_once("value=\"").expect("an option's value");
    value.split_once('"').expect("its end").0.to_owned()
}

#[tokio::test]
async fn a_figure_is_taken_from_a_series_in_steps_without_a_script() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let indicator = agreed(stage, &coalition).await;
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let cycle = opened(&coordinator).await;
        moved(&coordinator, &cycle, "opened").await;
        let taking = format!("{cycle}/measurements/new?indicator={indicator}&from=series");
        coordinator
            .get(&taking)
            .await
            .expect(StatusCode::OK)
            .says("No series is recorded yet");
        with_figures(&coordinator).await;
        let page = coordinator.get(&taking).await.expect(StatusCode::OK);
        let series = option(&page.body, "Referrals");
        let step = format!("{taking}&series={series}&breakdown=total");
        let page = coordinator.get(&step).await.expect(StatusCode::OK);
        let observation = option(&page.body, "4,134");
        let last = format!("{step}&observation={observation}");
        coordinator
            .get(&last)
            .await
            .expect(StatusCode::OK)
            .says("4,134")
            .says("Published")
            .lacks("name=\"source\"");
        let fields = [("measure", "I71a"), ("stratum", "all"), ("jurisdiction", "uk")];
        coordinator.post(&last, &fields).await.expect(StatusCode::SEE_OTHER);
        coordinator
            .get(&format!("{cycle}/measurements"))
            .await
            .says("4,134")
            .says("Official statistic")
            .says(&format!("/series/{series}"))
            .lacks("95% interval");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_measurements_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let indicator = agreed(&stage, &coalition).await;
    let coordinator = Client::member(&router, &stage, &coalition.coordinator).await;
    let cycle = opened(&coordinator).await;
    moved(&coordinator, &cycle, "opened").await;
    with_figures(&coordinator).await;
    let new = format!("{cycle}/measurements/new");
    let typing = format!("{new}?indicator={indicator}");
    coordinator
        .post(&typing, &share("81", "A log of requests"))
        .await
        .expect(StatusCode::SEE_OTHER);
    let taking = format!("{typing}&from=series");
    let series = option(&coordinator.get(&taking).await.body, "Referrals");
    let step = format!("{taking}&series={series}&breakdown=total");
    let observation = option(&coordinator.get(&step).await.body, "4,134");
    let last = format!("{step}&observation={observation}");
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in [&format!("{cycle}/measurements"), &new, &typing, &taking, &step, &last] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}
