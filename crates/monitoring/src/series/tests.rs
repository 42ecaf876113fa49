//! Series: vintages, breaks and codes.

mod amend;

use domain::ids::{ImportId, SeriesId};
use store::AppError;
use store::row::observation::Model;
use testkit::{Coalition, on_both};
use uuid::Uuid;

use super::*;

fn published(value: f64, on: &str, kind: &str, source: &str) -> Model {
    Model {
        id: Uuid::nil(),
        series_id: Uuid::nil(),
        import_id: None,
        period_start: "2023-10-01".to_owned(),
        period_end: "2023-12-31".to_owned(),
        breakdown: "total".to_owned(),
        category: "total".to_owned(),
        value: Some(value),
        mark: String::new(),
        published_on: on.to_owned(),
        vintage_note: String::new(),
        source_kind: kind.to_owned(),
        is_unverified: false,
        source_title: source.to_owned(),
        source_url: String::new(),
        licence: String::new(),
    }
}

pub(crate) fn referrals() -> Record {
    Record {
        code: "nrm_referrals".to_owned(),
        title: "Referrals".to_owned(),
        publisher: "Sample Office".to_owned(),
        unit: "persons".to_owned(),
        counting_rule: "person".to_owned(),
        about: String::new(),
    }
}

/// Imports a value of these referrals, published before 2025.
pub(crate) async fn with_a_value(cx: &Cx<'_>) -> ImportId {
    let file = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,source_title\n\
                nrm_referrals,2023-10-01,2023-12-31,total,total,4142,persons,2024-03-07,Bulletin\n";
    let taken = crate::import::take_file(cx, "figures.csv", file.into(), None).await;
    let taken = taken.expect("it is taken");
    assert_eq!(taken.n_good, 1, "{:?}", taken.faults);
    taken.import
}

#[test]
fn the_latest_vintage_counts_and_says_what_it_restated() {
    let both = figures(vec![
        published(4142.0, "2024-03-07", "primary", "Q4"),
        published(4134.0, "2024-05-10", "primary", "Q1"),
    ]);
    let [figure] = both.as_slice() else {
        panic!("one figure")
    };
    assert_eq!(figure.current().value, Some(4134.0));
    assert_eq!(
        figure.superseded()[0].1.to_string(),
        "restated from 4,142 to 4,134 on 10 May 2024"
    );
}

#[test]
fn a_secondary_source_never_supersedes_the_publishers_own_figure() {
    let both = figures(vec![
        published(4200.0, "2025-01-01", "secondary", "A report"),
        published(4134.0, "2024-05-10", "primary", "Q1"),
    ]);
    assert_eq!(both[0].current().value, Some(4134.0));
    assert_eq!(
        both[0].superseded()[0].1.to_string(),
        "given as 4,200 by a secondary source: A report"
    );
}

#[test]
fn two_sources_of_one_day_stand_beside_each_other() {
    let both = figures(vec![
        published(1745.0, "2014-01-01", "primary", "A"),
        published(1746.0, "2014-01-01", "primary", "B"),
    ]);
    assert_eq!(
        both[0].superseded()[0].1.to_string(),
        "given as 1,746 on the same day by B"
    );
}

#[test]
fn a_break_lies_between_periods_on_either_side_of_it_and_within_neither() {
    let at = |from_on: &str| series_break::Model {
        id: Uuid::nil(),
        series_id: Uuid::nil(),
        from_on: from_on.to_owned(),
        reason: String::new(),
        source: String::new(),
        member_id: None,
        at: 0,
    };
    let year = |year: i32| Period {
        start: format!("{year}-01-01"),
        end: format!("{year}-12-31"),
    };
    let breaks = [at("2023-01-30")];
    assert_eq!(
        breaks_between(&breaks, &year(2022), &year(2023)).len(),
        1,
        "the later period is broken within"
    );
    assert_eq!(
        breaks_between(&breaks, &year(2024), &year(2022)).len(),
        1,
        "the order does not matter"
    );
    assert_eq!(
        breaks_between(&breaks, &year(2023), &year(2024)).len(),
        1,
        "half of 2023 was counted the other way"
    );
    assert_eq!(breaks_between(&breaks, &year(2024), &year(2025)).len(), 0);
    assert_eq!(
        breaks_between(&[at("2023-01-01")], &year(2023), &year(2024)).len(),
        0,
        "the whole of 2023 is new"
    );
}

#[tokio::test]
async fn a_series_is_recorded_once_and_lists_its_breaks() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, referrals()).await.expect("it is recorded");
        let AppError::Invalid(errors) = record(&cx, referrals()).await.expect_err("the code is taken") else {
            panic!("not a fault of the form")
        };
        assert!(errors.get("code").is_some());
        let marked = Break {
            series: id,
            from_on: "2023-01-30".into(),
            reason: "The test was raised".into(),
            source: String::new(),
        };
        mark_break(&cx, marked.clone()).await.expect("it is marked");
        let list = list(&cx).await.expect("a list");
        assert_eq!((list.len(), list[0].n_breaks, list[0].n_observations), (1, 1, 0));
        let view = find(&cx, id, "").await.expect("a view");
        assert_eq!(
            (view.breakdown.as_str(), view.breaks.len(), view.figures.len()),
            ("total", 1, 0)
        );

        let observer = stage.cx(&coalition.observer);
        assert!(matches!(
            record(
                &observer,
                Record {
                    code: "x".into(),
                    ..referrals()
                }
            )
            .await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            mark_break(&observer, marked.clone()).await,
            Err(AppError::Forbidden(_))
        ));
        let nowhere = Break {
            series: SeriesId(Uuid::nil()),
            ..marked
        };
        assert!(matches!(mark_break(&cx, nowhere).await, Err(AppError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_named_by_field() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let AppError::Invalid(errors) = record(
            &cx,
            Record {
                code: "two words".into(),
                ..Record::default()
            },
        )
        .await
        .expect_err("faults") else {
            panic!("not faults of the form")
        };
        for field in ["code", "title", "publisher", "unit", "counting_rule"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        let bad = Break {
            series: SeriesId(Uuid::nil()),
            from_on: "30/01/2023".into(),
            reason: " ".into(),
            source: String::new(),
        };
        let AppError::Invalid(errors) = mark_break(&cx, bad).await.expect_err("faults") else {
            panic!("not faults of the form")
        };
        assert!(errors.get("from_on").is_some() && errors.get("reason").is_some());
    })
    .await;
}
