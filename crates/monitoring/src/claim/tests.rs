//! Claims of the state.

use domain::ids::{BodyId, ProvisionId};
use sea_orm::ColumnTrait;
use store::AppError;
use store::row::audit;
use testkit::{Coalition, Stage, on_both, provisions};
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

fn amended(record: Record, revision: i32) -> Amend {
    Amend { record, revision }
}

/// The members who amended a claim, as the log of acts has them.
async fn amenders(stage: &Stage, id: ClaimId) -> Vec<Option<Uuid>> {
    let acts = audit::Entity::find()
        .filter(audit::Column::Action.eq(Action::AmendClaim.code()))
        .filter(audit::Column::SubjectId.eq(id.0))
        .order_by_asc(audit::Column::Sequence);
    let acts = acts.all(stage.db.reader()).await.expect("acts");
    acts.into_iter().map(|act| act.member_id).collect()
}

#[tokio::test]
async fn all_that_a_claim_says_is_amended_and_who_did_so_is_in_the_log() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provisions = provisions(stage, &[("12(1)", "mandatory"), ("13(1)", "mandatory")]).await;
        let cx = stage.cx(&coalition.contributor);
        let body = crate::body::Record {
            name: "Specimen Agency".into(),
            ..crate::body::Record::default()
        };
        let body = crate::body::record(&cx, body).await.expect("a body");
        let id = record(&cx, claim_about(provisions[0])).await.expect("it is recorded");
        let before = find(&cx, id).await.expect("it is there").claim;
        assert_eq!((before.revision, before.is_invented), (1, true));
        let right = Record {
            provision: Some(provisions[1]),
            jurisdiction: "sct".into(),
            body: Some(body),
            words: "Everyone is housed within a week.".into(),
            source: "Answer 2 (invented)".into(),
            source_url: "https://example.org/2".into(),
            made_on: "2025-03-02".into(),
            is_invented: false,
        };
        let other = stage.cx(&coalition.first_assessor);
        assert_eq!(amend(&other, id, amended(right, 1)).await.expect("it is amended"), id);
        let line = find(&cx, id).await.expect("it is there");
        assert_eq!(
            line.claim,
            claim::Model {
                provision_id: provisions[1].0,
                jurisdiction: "sct".into(),
                body_id: Some(body.0),
                words: "Everyone is housed within a week.".into(),
                source: "Answer 2 (invented)".into(),
                source_url: "https://example.org/2".into(),
                made_on: "2025-03-02".into(),
                revision: 2,
                ..before
            },
            "what is not said by it stays as recorded"
        );
        assert_eq!(
            (line.provision.as_str(), line.body.as_str()),
            ("Specimen, 13(1)", "Specimen Agency")
        );
        assert_eq!(
            amenders(stage, id).await,
            [coalition.first_assessor.member.map(|member| member.0)]
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_who_amend_one_claim_the_second_is_told() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, claim_about(provision)).await.expect("it is recorded");
        let change = |words: &str| {
            let record = Record {
                words: words.into(),
                ..claim_about(provision)
            };
            amended(record, 1)
        };
        amend(&cx, id, change("First words")).await.expect("it is amended");
        let late = amend(&stage.cx(&coalition.coordinator), id, change("Late words")).await;
        assert!(matches!(late, Err(AppError::Conflict("claim"))));
        let line = find(&cx, id).await.expect("it is there");
        assert_eq!((line.claim.words.as_str(), line.claim.revision), ("First words", 2));
        assert_eq!(amenders(stage, id).await.len(), 1);

        let (one, other) = (stage.cx(&coalition.contributor), stage.cx(&coalition.coordinator));
        let at_once = |words: &str| Amend {
            revision: 2,
            ..change(words)
        };
        let (one, other) = tokio::join!(
            amend(&one, id, at_once("One's words")),
            amend(&other, id, at_once("The other's words"))
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} and {other:?}");
        assert!(matches!(one.and(other), Err(AppError::Conflict("claim"))));
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_amended_only_by_those_who_record_and_only_to_something_whole() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, claim_about(provision)).await.expect("it is recorded");
        let before = find(&cx, id).await.expect("it is there");
        for stranger in [&coalition.observer, &coalition.first_reviewer, &coalition.publisher] {
            let refused = amend(&stage.cx(stranger), id, amended(claim_about(provision), 1)).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))));
        }
        let AppError::Invalid(errors) = amend(&cx, id, Amend::default()).await.expect_err("faults") else {
            panic!("not faults of the form")
        };
        for field in ["provision", "jurisdiction", "words", "source", "made_on"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        let nowhere = amended(claim_about(ProvisionId(Uuid::nil())), 1);
        assert!(matches!(
            amend(&cx, id, nowhere).await,
            Err(AppError::NotFound("provision"))
        ));
        let nobody = Record {
            body: Some(BodyId(Uuid::nil())),
            ..claim_about(provision)
        };
        assert!(matches!(
            amend(&cx, id, amended(nobody, 1)).await,
            Err(AppError::NotFound("public body"))
        ));
        assert!(matches!(
            amend(&cx, ClaimId(Uuid::nil()), amended(claim_about(provision), 1)).await,
            Err(AppError::NotFound("claim"))
        ));
        assert_eq!(find(&cx, id).await.expect("it is there"), before);
        assert!(amenders(stage, id).await.is_empty());
    })
    .await;
}
