//! Opening and moving a cycle.

use store::AppError;
use testkit::{Coalition, on_both};

use super::{Open, advance, get, open};

fn input() -> Open {
    Open {
        code: "2025".into(),
        title: "Audit 2025".into(),
        period_start: "2025-01-01".into(),
        period_end: "2025-12-31".into(),
        cutoff_on: "2026-03-31".into(),
        ..Open::default()
    }
}

#[tokio::test]
async fn evidence_is_not_frozen_before_the_cut_off_day() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        testkit::provision::provisions(stage, &[("10(1).1", "mandatory")]).await;
        let cx = stage.cx(&coalition.coordinator);
        let id = open(&cx, input()).await.expect("opens");
        advance(&cx, id).await.expect("gathering");
        let refused = advance(&cx, id).await;
        assert!(matches!(refused, Err(AppError::Refused(words)) if words.contains("31 March 2026")));
        assert_eq!(get(&cx, id).await.expect("visible").state, "gathering");
    })
    .await;
}

#[tokio::test]
async fn a_cycle_without_a_standard_or_with_impossible_days_is_refused() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.coordinator);
        assert!(
            matches!(open(&cx, input()).await, Err(AppError::Refused(_))),
            "no standard is loaded"
        );
        testkit::provision::provisions(stage, &[("10(1).1", "mandatory")]).await;
        let backwards = open(
            &cx,
            Open {
                period_end: "2024-01-01".into(),
                ..input()
            },
        )
        .await;
        assert!(matches!(backwards, Err(AppError::Invalid(errors)) if errors.get("period_end").is_some()));
        let early = open(
            &cx,
            Open {
                cutoff_on: "2025-06-01".into(),
                ..input()
            },
        )
        .await;
        assert!(matches!(early, Err(AppError::Invalid(errors)) if errors.get("cutoff_on").is_some()));
        open(&cx, input()).await.expect("opens");
        let twice = open(&cx, input()).await;
        assert!(matches!(twice, Err(AppError::Invalid(errors)) if errors.get("code").is_some()));
    })
    .await;
}
