//! What may be recorded as a measurement, and how two are compared.

use domain::ids::{CycleId, IndicatorVersionId};
use domain::indicator::Direction;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::AppError;
use store::row::indicator_version;
use testkit::{Coalition, Stage, on_both};

use super::compare::{Pair, compare};
use super::{Measurement, Record, list, record};

async fn gathering(stage: &Stage, coalition: &Coalition) -> (CycleId, IndicatorVersionId) {
    let cx = stage.cx(&coalition.coordinator);
    crate::standard::load(&cx, &crate::standard::files::shipped())
        .await
        .expect("loads");
    let open = crate::cycle::Open {
        code: "2025".into(),
        title: "Audit 2025".into(),
        period_start: "2025-01-01".into(),
        period_end: "2025-12-31".into(),
        cutoff_on: "2026-03-31".into(),
        ..crate::cycle::Open::default()
    };
    let cycle = crate::cycle::open(&cx, open).await.expect("opens");
    crate::cycle::advance(&cx, cycle).await.expect("gathering");
    let indicator = indicator_version::Entity::find()
        .filter(indicator_version::Column::Code.eq("I11"))
        .one(stage.db.reader())
        .await
        .expect("read")
        .expect("shipped");
    (cycle, IndicatorVersionId(indicator.id))
}

fn share(cycle: CycleId, indicator: IndicatorVersionId) -> Record {
    Record {
        cycle: Some(cycle),
        indicator: Some(indicator),
        measure: "I11a".into(),
        stratum: "all".into(),
        jurisdiction: "uk".into(),
        numerator: "81".into(),
        denominator: "263".into(),
        source: "A log of requests".into(),
        vintage_on: "2025-05-01".into(),
        is_sample: true,
        ..Record::default()
    }
}

#[tokio::test]
async fn a_share_of_a_sample_gets_wilsons_interval_and_a_count_gets_none() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, indicator) = gathering(stage, &coalition).await;
        let cx = stage.cx(&coalition.contributor);
        record(&cx, share(cycle, indicator)).await.expect("recorded");
        record(&cx, share(cycle, indicator))
            .await
            .expect("recording again replaces");
        let rows = list(&cx, cycle).await.expect("visible");
        assert_eq!(rows.len(), 1);
        // Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81 of 263 is 0.2553 to 0.3662.
        let (lower, upper) = rows[0].lower.zip(rows[0].upper).expect("an interval");
        assert!(
            (lower - 25.53).abs() < 0.01 && (upper - 36.62).abs() < 0.01,
            "{lower} to {upper}"
        );
        record(
            &cx,
            Record {
                is_sample: false,
                ..share(cycle, indicator)
            },
        )
        .await
        .expect("recorded");
        assert_eq!(list(&cx, cycle).await.expect("visible")[0].lower, None);
    })
    .await;
}

#[tokio::test]
async fn impossible_numbers_and_unfrozen_indicators_are_refused() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, indicator) = gathering(stage, &coalition).await;
        let cx = stage.cx(&coalition.contributor);
        for (field, bad) in [
            (
                "numerator",
                Record {
                    numerator: "264".into(),
                    ..share(cycle, indicator)
                },
            ),
            (
                "denominator",
                Record {
                    denominator: "0".into(),
                    ..share(cycle, indicator)
                },
            ),
            (
                "numerator",
                Record {
                    numerator: "many".into(),
                    ..share(cycle, indicator)
                },
            ),
            (
                "vintage_on",
                Record {
                    vintage_on: "May".into(),
                    ..share(cycle, indicator)
                },
            ),
            (
                "measure",
                Record {
                    measure: "I99z".into(),
                    ..share(cycle, indicator)
                },
            ),
            (
                "indicator",
                Record {
                    indicator: Some(IndicatorVersionId(cycle.0)),
                    ..share(cycle, indicator)
                },
            ),
        ] {
            let refused = record(&cx, bad).await;
            assert!(
                matches!(&refused, Err(AppError::Invalid(errors)) if errors.get(field).is_some()),
                "{field}: {refused:?}"
            );
        }
        assert!(list(&cx, cycle).await.expect("visible").is_empty());
    })
    .await;
}

fn measured(value: f64, unit: &str) -> Measurement {
    Measurement {
        id: uuid::Uuid::nil(),
        cycle_id: uuid::Uuid::nil(),
        indicator_version_id: uuid::Uuid::nil(),
        measure: "I11a".into(),
        stratum: "all".into(),
        jurisdiction: "uk".into(),
        numerator: None,
        denominator: None,
        value,
        unit: unit.into(),
        origin: "official".into(),
        is_sample: false,
        lower: None,
        upper: None,
        excluded: String::new(),
        missing_share: None,
        whose: String::new(),
        source: "A bulletin".into(),
        source_url: String::new(),
        vintage_on: "2025-05-01".into(),
        observation_id: None,
        evidence_id: None,
        note: String::new(),
        is_invented: false,
        member_id: uuid::Uuid::nil(),
        recorded_at: 0,
    }
}

#[test]
fn a_small_change_is_not_called_better_and_a_break_refuses_the_comparison() {
    let (earlier, later) = (measured(50.0, "%"), measured(53.0, "%"));
    let pair = Pair {
        earlier: &earlier,
        restated: None,
        later: &later,
    };
    assert!(compare(pair, Direction::Higher, &[]).1.starts_with("No clear change"));
    let later = measured(60.0, "%");
    assert!(
        compare(Pair { later: &later, ..pair }, Direction::Higher, &[])
            .1
            .starts_with("Better")
    );
    assert!(
        compare(Pair { later: &later, ..pair }, Direction::Lower, &[])
            .1
            .starts_with("Worse")
    );
    let refused = compare(
        Pair { later: &later, ..pair },
        Direction::Higher,
        &["the test was raised"],
    )
    .1;
    assert!(
        refused.starts_with("Not compared") && refused.contains("the test was raised"),
        "{refused}"
    );
    let restated = compare(
        Pair {
            restated: Some(58.0),
            later: &later,
            ..pair
        },
        Direction::Higher,
        &[],
    );
    assert!(
        restated.1.starts_with("No clear change"),
        "the latest vintage is compared"
    );
    assert_eq!(restated.0.frozen_change, Some(10.0), "the frozen one is kept beside it");
}

/// What the comparison of two values says.
fn said(earlier: &Measurement, later: &Measurement) -> String {
    let pair = Pair {
        earlier,
        restated: None,
        later,
    };
    compare(pair, Direction::Higher, &[]).1
}

#[test]
fn chance_is_spoken_of_where_a_sample_was_drawn_and_nowhere_else() {
    let sampled = |value: f64, lower: f64, upper: f64| Measurement {
        is_sample: true,
        lower: Some(lower),
        upper: Some(upper),
        ..measured(value, "%")
    };
    assert_eq!(
        said(&measured(50.0, "%"), &measured(55.0, "%")),
        "Better: the change is at least 5 percentage points."
    );
    assert_eq!(
        said(&sampled(50.0, 48.0, 52.0), &sampled(60.0, 58.0, 62.0)),
        "Better: the change is at least 5 percentage points, and more than chance explains."
    );
    assert_eq!(
        said(&sampled(50.0, 40.0, 60.0), &sampled(60.0, 50.0, 70.0)),
        "No clear change: at least 5 percentage points, but no more than chance explains."
    );
}

#[test]
fn a_level_changes_by_a_level_and_a_tenth_of_nothing_decides_nothing() {
    let change = |unit: &str, from: f64, to: f64| said(&measured(from, unit), &measured(to, unit));
    assert_eq!(change("level", 0.0, 1.0), "Better: the change is at least one level.");
    assert_eq!(change("level", 3.0, 2.0), "Worse: the change is at least one level.");
    assert_eq!(change("level", 2.0, 2.0), "No clear change: less than one level.");
    assert_eq!(
        change("days", 0.0, 1.0),
        "Not compared: the earlier value is 0, so a tenth of it says nothing."
    );
    assert_eq!(change("days", 100.0, 110.0), "Better: the change is at least a tenth.");
}

#[tokio::test]
async fn a_cycle_is_compared_with_the_one_before_measure_by_measure() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, indicator) = gathering(stage, &coalition).await;
        let cx = stage.cx(&coalition.coordinator);
        record(&cx, share(cycle, indicator)).await.expect("recorded");
        let alone = super::compared(&cx, cycle).await.expect("visible");
        assert_eq!(
            (alone.len(), alone[0].words.as_str()),
            (1, "Not measured in the cycle before.")
        );
        let open = crate::cycle::Open {
            code: "2026".into(),
            title: "Audit 2026".into(),
            period_start: "2026-01-01".into(),
            period_end: "2026-12-31".into(),
            cutoff_on: "2027-03-31".into(),
            previous: "2025".into(),
            ..crate::cycle::Open::default()
        };
        let next = crate::cycle::open(&cx, open).await.expect("opens");
        crate::cycle::advance(&cx, next).await.expect("gathering");
        record(
            &cx,
            Record {
                numerator: "200".into(),
                ..share(next, indicator)
            },
        )
        .await
        .expect("recorded");
        record(
            &cx,
            Record {
                stratum: "children".into(),
                ..share(next, indicator)
            },
        )
        .await
        .expect("recorded");
        let lines = super::compared(&cx, next).await.expect("visible");
        let said: Vec<(&str, bool)> = lines
            .iter()
            .map(|line| (line.row.stratum.as_str(), line.before.is_some()))
            .collect();
        assert_eq!(
            said,
            [("all", true), ("children", false)],
            "each is set beside its own kind"
        );
        assert_eq!(
            lines[0].before.as_ref().map(ToString::to_string).as_deref(),
            Some("30.8%")
        );
    })
    .await;
}
