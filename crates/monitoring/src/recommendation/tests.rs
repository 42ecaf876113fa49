//! Recommendations: numbered, repeated, graded, overdue.

use domain::ids::{BodyId, CycleId, ProvisionId};
use store::AppError;
use testkit::{Coalition, Stage, on_both};

use super::{Grade, Record, grade, list, record};

async fn cycle(stage: &Stage, coalition: &Coalition, year: &str, previous: &str) -> CycleId {
    let cx = stage.cx(&coalition.coordinator);
    let open = crate::cycle::Open {
        code: year.into(),
        title: format!("Audit {year}"),
        period_start: format!("{year}-01-01"),
        period_end: format!("{year}-12-31"),
        cutoff_on: format!("{year}-12-31"),
        previous: previous.into(),
        ..crate::cycle::Open::default()
    };
    let id = crate::cycle::open(&cx, open).await.expect("opens");
    crate::cycle::advance(&cx, id).await.expect("gathering");
    id
}

fn input(cycle: CycleId, body: BodyId, provision: ProvisionId) -> Record {
    Record {
        cycle: Some(cycle),
        body: Some(body),
        urgency: "urges".into(),
        wording: "open places outside the capital".into(),
        success: "places per region".into(),
        due_on: "2024-06-30".into(),
        provisions: vec![provision],
        ..Record::default()
    }
}

#[tokio::test]
async fn a_recommendation_is_overdue_until_it_is_graded_a() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.coordinator);
        let body = crate::body::record(
            &cx,
            crate::body::Record {
                name: "Specimen Agency".into(),
                ..crate::body::Record::default()
            },
        )
        .await
        .expect("a body");
        let first = cycle(stage, &coalition, "2023", "").await;
        let second = cycle(stage, &coalition, "2024", "2023").await;
        let id = record(&cx, input(first, body, provision)).await.expect("recorded");
        let repeated = record(
            &cx,
            Record {
                repeat_of: Some(id),
                due_on: "2030-01-01".into(),
                ..input(second, body, provision)
            },
        )
        .await
        .expect("repeats");
        let within = record(
            &cx,
            Record {
                repeat_of: Some(repeated),
                ..input(second, body, provision)
            },
        )
        .await;
        assert!(
            matches!(within, Err(AppError::Invalid(_))),
            "repeats an earlier cycle's only"
        );
        let seen = list(&cx).await.expect("visible");
        assert_eq!(
            seen.iter()
                .map(|r| (r.cycle.as_str(), r.row.number, r.is_overdue))
                .collect::<Vec<_>>(),
            [("2024", 1, false), ("2023", 1, true)]
        );
        assert_eq!(seen[0].repeats, Some(("2023".to_owned(), 1)));
        for asked in [id, repeated] {
            let chain = super::chain(&cx, asked).await.expect("visible");
            assert_eq!(chain.iter().map(|r| r.row.id).collect::<Vec<_>>(), [id.0, repeated.0]);
        }
        let own = grade(
            &cx,
            id,
            Grade {
                cycle: Some(first),
                grade: "A".into(),
                reasons: "Done".into(),
                ..Grade::default()
            },
        )
        .await;
        assert!(matches!(own, Err(AppError::Invalid(_))), "graded in a later cycle only");
        grade(
            &cx,
            id,
            Grade {
                cycle: Some(second),
                grade: "C".into(),
                reasons: "Nothing was done".into(),
                ..Grade::default()
            },
        )
        .await
        .expect("graded");
        assert!(list(&cx).await.expect("visible")[1].is_overdue);
        grade(
            &cx,
            id,
            Grade {
                cycle: Some(second),
                grade: "A".into(),
                reasons: "Done after all".into(),
                ..Grade::default()
            },
        )
        .await
        .expect("graded again");
        assert!(!list(&cx).await.expect("visible")[1].is_overdue);
    })
    .await;
}
