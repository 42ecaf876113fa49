//! Claims of the state.

use domain::ids::ProvisionId;
use store::AppError;
use testkit::{Coalition, on_both, provisions};
use uuid::Uuid;

use super::*;

fn claim_about(provision: ProvisionId) -> Record {
    Record {
        provision: Some(provision),
        jurisdiction: "uk".into(),
        words: "Everyone is housed within a day.".into(),
        source: "Answer 1 (invented)".into(),
        made_on: "2025-03-01".into(),
        is_invented: true,
        ..Record::default()
    }
}

#[tokio::test]
async fn a_claim_is_listed_by_its_provision() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, claim_about(provision)).await.expect("it is recorded");
        let (of_it, last) = list(&cx, Some(provision), 1).await.expect("a list");
        assert_eq!((of_it.len(), last), (1, 1));
        assert_eq!(of_it[0].provision, "Specimen, 12(1)");
        assert!(
            list(&cx, Some(ProvisionId(Uuid::nil())), 1)
                .await
                .expect("a list")
                .0
                .is_empty()
        );
        assert_eq!(find(&cx, id).await.expect("it is there"), of_it[0]);
        assert_eq!(
            choices(&cx).await.expect("choices").provisions[0].1,
            "Specimen, 12(1) Title of 12(1)"
        );
    })
    .await;
}

#[tokio::test]
async fn a_claim_needs_words_a_source_and_a_day_that_has_come() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let bad = Record {
            made_on: "2025-06-02".into(),
            source_url: "example.org".into(),
            ..Record::default()
        };
        let AppError::Invalid(errors) = record(&cx, bad).await.expect_err("faults") else {
            panic!("not faults of the form")
        };
        for field in ["provision", "jurisdiction", "words", "source", "source_url", "made_on"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        let nowhere = claim_about(ProvisionId(Uuid::nil()));
        assert!(matches!(
            record(&cx, nowhere).await,
            Err(AppError::NotFound("provision"))
        ));
        let observer = stage.cx(&coalition.observer);
        assert!(matches!(
            record(&observer, claim_about(provision)).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(list(&cx, None, 1).await.expect("a list").0.is_empty());
    })
    .await;
}
