//! Claims of the state.

use domain::ids::ProvisionId;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::AppError;
use store::row::{provision, standard};
use testkit::{Coalition, Stage, on_both};
use uuid::Uuid;

use super::*;

/// A provision of a small standard.
async fn a_provision(stage: &Stage) -> ProvisionId {
    use domain::ids::IdSource as _;
    let tx = stage.db.begin().await.unwrap();
    let (standard_id, id) = (stage.ids.ordered(), stage.ids.ordered());
    let text = |text: &str| Set(text.to_owned());
    standard::ActiveModel {
        id: Set(standard_id),
        code: text("sample"),
        version: text("1"),
        title: text("A sample standard"),
        short_title: text("Sample"),
        source: text(""),
        about: text(""),
        loaded_at: Set(0),
    }
    .insert(&tx)
    .await
    .unwrap();
    provision::ActiveModel {
        id: Set(id),
        standard_id: Set(standard_id),
        position: Set(1),
        number: text("12(1)"),
        article: text("12"),
        heading: text(""),
        title: text("Assistance to victims"),
        obligation: text("Assist"),
        force: text("mandatory"),
        qualifier: text(""),
        holder: text(""),
        pillar: Set(None),
        asked: text("[]"),
        verified: text("yes"),
        check_note: text(""),
        chapter: text("III"),
        chapter_title: text("Protection"),
    }
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    ProvisionId(id)
}

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
        let provision = a_provision(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, claim_about(provision)).await.expect("it is recorded");
        let (of_it, last) = list(&cx, Some(provision), 1).await.expect("a list");
        assert_eq!((of_it.len(), last), (1, 1));
        assert_eq!(of_it[0].provision, "Sample, 12(1)");
        assert!(list(&cx, Some(ProvisionId(Uuid::nil())), 1).await.expect("a list").0.is_empty());
        assert_eq!(find(&cx, id).await.expect("it is there"), of_it[0]);
        assert_eq!(choices(&cx).await.expect("choices").provisions[0].1, "Sample, 12(1) Assistance to victims");
    })
    .await;
}

#[tokio::test]
async fn a_claim_needs_words_a_source_and_a_day_that_has_come() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = a_provision(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let bad = Record { made_on: "2025-06-02".into(), source_url: "example.org".into(), ..Record::default() };
        let AppError::Invalid(errors) = record(&cx, bad).await.expect_err("faults") else { panic!("not faults of the form") };
        for field in ["provision", "jurisdiction", "words", "source", "source_url", "made_on"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        let nowhere = claim_about(ProvisionId(Uuid::nil()));
        assert!(matches!(record(&cx, nowhere).await, Err(AppError::NotFound("provision"))));
        let observer = stage.cx(&coalition.observer);
        assert!(matches!(record(&observer, claim_about(provision)).await, Err(AppError::Forbidden(_))));
        assert!(list(&cx, None, 1).await.expect("a list").0.is_empty());
    })
    .await;
}
