//! Versions of definitions, and what a cycle takes of them.

use domain::indicator::Statistic;
use domain::pack::{Rule, Test};
use store::AppError;
use store::work::Actor;
use testkit::{Coalition, Stage, on_both, provisions};

use super::*;
use crate::cycle::{Open, open};

/// The surroundings of an actor, seconds later than the stage's time.
fn later<'a>(stage: &'a Stage, actor: &'a Actor, seconds: i64) -> Cx<'a> {
    let now = stage.now.plus_seconds(seconds);
    Cx { now, ..stage.cx(actor) }
}

fn changed(measure: &Measure) -> Revise {
    let mut definition = measure.newest().definition.clone();
    definition.population.all.push(Test {
        column: "gender".to_owned(),
        rule: Rule::Recorded(true),
    });
    Revise {
        version: definition.version,
        definition,
        why: "Cases without a gender were counted at random.".to_owned(),
    }
}

async fn opened(cx: &Cx<'_>, code: &str) {
    let input = Open {
        code: code.to_owned(),
        title: format!("Audit {code}"),
        period_start: format!("{code}-01-01"),
        period_end: format!("{code}-12-31"),
        cutoff_on: "2027-03-31".to_owned(),
        ..Open::default()
    };
    open(cx, input).await.expect("it opens");
}

#[tokio::test]
async fn every_shipped_measure_is_listed_once() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let measures = list(&stage.cx(&coalition.observer)).await.expect("a list");
        let shipped = measures::definition::shipped().definitions;
        assert_eq!(measures.len(), shipped.len());
        assert!(
            measures
                .iter()
                .all(|measure| measure.versions.len() == 1 && measure.newest().by.is_empty())
        );
        let place = |code: &str| measures.iter().position(|measure| measure.code == code);
        assert!(place("I8a") < place("I13a"), "in the order of numbers");
    })
    .await;
}

#[tokio::test]
async fn a_cycle_keeps_the_version_that_stood_when_it_opened() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        provisions(stage, &[("10(1).1", "mandatory")]).await;
        let cx = stage.cx(&coalition.coordinator);
        opened(&cx, "2025").await;
        let after = later(stage, &coalition.coordinator, 60);
        let measure = find(&after, "I13a").await.expect("shipped");
        let version = revise(&after, changed(&measure)).await.expect("saved");
        assert_eq!(version, 3);
        let after = later(stage, &coalition.coordinator, 120);
        opened(&after, "2026").await;
        let (old, new) = (
            pack(&after, "2025").await.expect("old"),
            pack(&after, "2026").await.expect("new"),
        );
        assert_eq!((old.version, new.version), (5, 6));
        let days = |pack: &Pack| pack.period.map(|days| days.from.to_string());
        assert!(days(&old).is_some() && days(&new).is_some());
        let of = |pack: &Pack| {
            pack.definitions
                .iter()
                .find(|one| one.code == "I13a")
                .cloned()
                .expect("there")
        };
        assert_eq!(of(&old), measure.newest().definition);
        assert_eq!(of(&new).version, 3);
        assert_eq!(
            of(&new).population.all.last().map(|test| test.column.as_str()),
            Some("gender")
        );
        let versions = find(&after, "I13a").await.expect("there").versions;
        assert_eq!(versions.len(), 2);
        assert_eq!(versions[0].why, "Cases without a gender were counted at random.");
        assert!(!versions[0].by.is_empty());
        assert!(matches!(pack(&after, "1999").await, Err(AppError::NotFound("cycle"))));
    })
    .await;
}

#[tokio::test]
async fn only_a_coordinator_saves_and_nothing_is_saved_that_cannot_be_computed_or_that_changes_nothing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.coordinator);
        let measure = find(&cx, "I13a").await.expect("shipped");
        let refused = revise(&stage.cx(&coalition.first_assessor), changed(&measure)).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))));
        let same = Revise {
            definition: measure.newest().definition.clone(),
            why: "No reason.".to_owned(),
            version: 2,
        };
        // A form gives the columns of breakdowns in its own order.
        let mut turned = same.clone();
        turned.definition.strata.reverse();
        assert_ne!(turned.definition, same.definition);
        for unchanged in [same, turned] {
            let refused = revise(&cx, unchanged).await;
            assert!(matches!(refused, Err(AppError::Refused(words)) if words.contains("nothing differs")));
        }
        let mut wrong = changed(&measure);
        wrong.definition.of = Some("gender".to_owned());
        wrong.why = " ".to_owned();
        let Err(AppError::Invalid(errors)) = revise(&cx, wrong).await else {
            panic!("it cannot be computed");
        };
        assert!(
            errors
                .get("of")
                .is_some_and(|words| words.starts_with("Gender holds no numbers"))
        );
        assert!(errors.get("why").is_some());
        let mut unknown = changed(&measure);
        unknown.definition.code = "I999a".to_owned();
        assert!(matches!(revise(&cx, unknown).await, Err(AppError::NotFound("measure"))));
        let mut turned = changed(&measure);
        turned.definition.strata.reverse();
        revise(&cx, turned).await.expect("saved");
        let saved = find(&cx, "I13a").await.expect("there");
        assert_eq!(
            saved.newest().definition.strata,
            measure.newest().definition.strata,
            "in the order of the version before"
        );
        let late = revise(&cx, changed(&measure)).await;
        assert!(
            matches!(late, Err(AppError::Conflict("measure"))),
            "somebody saved one meanwhile"
        );
    })
    .await;
}

#[tokio::test]
async fn a_measure_computes_what_its_indicator_asks_for() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let cx = stage.cx(&coalition.coordinator);
    crate::standard::load(&cx, &crate::standard::files::shipped())
        .await
        .expect("loaded");
    let measure = find(&cx, "I13a").await.expect("shipped");
    assert!(measure.indicator.is_some() && !measure.name.is_empty());
    let mut other = changed(&measure);
    other.definition.statistic = Statistic::P90;
    let Err(AppError::Invalid(errors)) = revise(&cx, other).await else {
        panic!("the indicator asks for a median");
    };
    assert!(errors.get("statistic").is_some_and(|words| words.contains("median")));
}

#[test]
fn faults_stand_at_the_fields_of_the_form() {
    let mut definition = measures::definition::shipped().definitions[0].clone();
    definition.counted.all = vec![Test {
        column: "gender".to_owned(),
        rule: Rule::Is(vec!["nobody".to_owned()]),
    }];
    assert!(faults(&definition).get("counted_all").is_some());
}
