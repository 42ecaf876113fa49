//! What a finding must rest on before two reviewers may approve it.

use domain::ids::{CycleId, EvidenceId, FindingId, ProvisionId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::AppError;
use store::row::evidence;
use testkit::{Coalition, Stage, on_both};

use super::{Amend, Record, Review, Withdraw, amend, get, record, review, withdraw};

async fn gathering(stage: &Stage, coalition: &Coalition) -> (CycleId, ProvisionId) {
    let provisions = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await;
    let cx = stage.cx(&coalition.coordinator);
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
    (cycle, provisions[0])
}

async fn item(stage: &Stage, coalition: &Coalition, publisher: &str, derived: Option<EvidenceId>) -> EvidenceId {
    use domain::ids::IdSource as _;
    let id = stage.ids.ordered();
    let tx = stage.db.begin().await.expect("a transaction");
    evidence::ActiveModel {
        id: Set(id),
        organisation_id: Set(coalition.organisations[0].0),
        member_id: Set(coalition.coordinator.member.expect("a member").0),
        kind: Set("document".into()),
        title: Set(format!("By {publisher}")),
        summary: Set(String::new()),
        origin: Set(String::new()),
        publisher: Set(publisher.into()),
        publisher_folded: Set(publisher.to_lowercase()),
        derived_from_id: Set(derived.map(|id| id.0)),
        source_url: Set(String::new()),
        effective_on: Set("2025-05-01".into()),
        reliability: Set("B".into()),
        credibility: Set("2".into()),
        handling: Set("open".into()),
        quoting: Set("yes".into()),
        is_invented: Set(true),
        revision: Set(1),
        recorded_at: Set(stage.now.0),
    }
    .insert(&tx)
    .await
    .expect("an item");
    tx.commit().await.expect("it stays");
    EvidenceId(id)
}

fn input(cycle: CycleId, provision: ProvisionId, supporting: Vec<EvidenceId>) -> Record {
    Record {
        cycle: Some(cycle),
        provision: Some(provision),
        jurisdiction: "uk".into(),
        title: "People wait".into(),
        claim: "People wait for a safe place.".into(),
        wording: "People wait for a safe place.".into(),
        proof: "balance".into(),
        supporting,
        contrary_search: "Asked three providers; none disagreed.".into(),
        contrary_searched_on: "2025-05-02".into(),
        ..Record::default()
    }
}

fn approve(revision: i32) -> Review {
    Review {
        verdict: "approve".into(),
        note: String::new(),
        revision,
    }
}

async fn state(stage: &Stage, coalition: &Coalition, id: FindingId) -> String {
    get(&stage.cx(&coalition.coordinator), id)
        .await
        .expect("visible")
        .row
        .state
}

#[tokio::test]
async fn a_finding_is_approved_by_two_reviewers_of_different_organisations() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, provision) = gathering(stage, &coalition).await;
        let sources = vec![
            item(stage, &coalition, "A", None).await,
            item(stage, &coalition, "B", None).await,
        ];
        let id = record(&stage.cx(&coalition.coordinator), input(cycle, provision, sources))
            .await
            .expect("recorded");
        review(&stage.cx(&coalition.first_reviewer), id, approve(1))
            .await
            .expect("reviewed");
        review(&stage.cx(&coalition.first_reviewer), id, approve(1))
            .await
            .expect("reviewing twice counts once");
        assert_eq!(state(stage, &coalition, id).await, "draft");
        review(&stage.cx(&coalition.second_reviewer), id, approve(1))
            .await
            .expect("reviewed");
        assert_eq!(state(stage, &coalition, id).await, "approved");
        for (name, actor) in coalition.everyone() {
            if name != "reviewer" {
                assert!(
                    matches!(
                        review(&stage.cx(actor), id, approve(1)).await,
                        Err(AppError::Forbidden(_))
                    ),
                    "{name}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_finding_keeps_its_reason_and_is_reviewed_only_after_it_is_amended() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, provision) = gathering(stage, &coalition).await;
        let sources = vec![
            item(stage, &coalition, "A", None).await,
            item(stage, &coalition, "B", None).await,
        ];
        let own = stage.cx(&coalition.coordinator);
        let id = record(&own, input(cycle, provision, sources.clone()))
            .await
            .expect("recorded");
        let because = |reason: &str, revision| Withdraw {
            reason: reason.into(),
            revision,
        };
        let wordless = withdraw(&own, id, because(" ", 1)).await;
        assert!(matches!(wordless, Err(AppError::Invalid(_))));
        let late = withdraw(&own, id, because("The source was misread", 7)).await;
        assert!(matches!(late, Err(AppError::Conflict(_))));
        let observer = stage.cx(&coalition.observer);
        let outsider = withdraw(&observer, id, because("Because", 1)).await;
        assert!(matches!(outsider, Err(AppError::Forbidden(_))));
        assert_eq!(state(stage, &coalition, id).await, "draft");

        // A reviewer who approved it may think better of it.
        let reviewer = stage.cx(&coalition.first_reviewer);
        review(&reviewer, id, approve(1)).await.expect("reviewed");
        withdraw(&reviewer, id, because("The source was misread", 1))
            .await
            .expect("withdrawn");
        let found = get(&own, id).await.expect("visible");
        assert_eq!(found.row.state, "withdrawn");
        let said: Vec<_> = found
            .reviews
            .iter()
            .map(|row| (row.verdict.as_str(), row.note.as_str()))
            .collect();
        assert_eq!(said, [("withdraw", "The source was misread")]);
        let again = withdraw(&own, id, because("Twice", 1)).await;
        assert!(matches!(again, Err(AppError::Refused(_))));
        let other = stage.cx(&coalition.second_reviewer);
        assert!(matches!(
            review(&other, id, approve(1)).await,
            Err(AppError::Refused(_))
        ));
        let forged = Review {
            verdict: "withdraw".into(),
            ..approve(1)
        };
        assert!(matches!(review(&other, id, forged).await, Err(AppError::Invalid(_))));

        let record = input(cycle, provision, sources);
        amend(&own, id, Amend { revision: 1, record }).await.expect("amended");
        assert_eq!(state(stage, &coalition, id).await, "draft");
        review(&other, id, approve(2)).await.expect("reviewed anew");
    })
    .await;
}

#[tokio::test]
async fn a_finding_without_two_independent_sources_is_refused_and_told_what_is_missing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, provision) = gathering(stage, &coalition).await;
        let upstream = item(stage, &coalition, "Root", None).await;
        let sources = vec![
            item(stage, &coalition, "A", Some(upstream)).await,
            item(stage, &coalition, "B", Some(upstream)).await,
        ];
        let mut weak = input(cycle, provision, sources);
        weak.contrary_search = String::new();
        let id = record(&stage.cx(&coalition.coordinator), weak)
            .await
            .expect("a draft may be weak");
        let refused = review(&stage.cx(&coalition.first_reviewer), id, approve(1)).await;
        let Err(AppError::Refused(words)) = refused else {
            panic!("approved on one upstream")
        };
        assert!(
            words.contains("two independent sources") && words.contains("contrary evidence is not recorded"),
            "{words}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_amended_finding_is_reviewed_anew_and_an_old_revision_is_a_conflict() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (cycle, provision) = gathering(stage, &coalition).await;
        let sources = vec![
            item(stage, &coalition, "A", None).await,
            item(stage, &coalition, "B", None).await,
        ];
        let cx = stage.cx(&coalition.coordinator);
        let content = input(cycle, provision, sources);
        let id = record(&cx, content.clone()).await.expect("recorded");
        for actor in [&coalition.first_reviewer, &coalition.second_reviewer] {
            review(&stage.cx(actor), id, approve(1)).await.expect("reviewed");
        }
        amend(
            &cx,
            id,
            Amend {
                record: Record {
                    title: "People still wait".into(),
                    ..content.clone()
                },
                revision: 1,
            },
        )
        .await
        .expect("amended");
        assert_eq!(state(stage, &coalition, id).await, "draft");
        assert!(matches!(
            review(&stage.cx(&coalition.first_reviewer), id, approve(1)).await,
            Err(AppError::Conflict(_))
        ));
        assert!(matches!(
            amend(
                &cx,
                id,
                Amend {
                    record: content,
                    revision: 1
                }
            )
            .await,
            Err(AppError::Conflict(_))
        ));
    })
    .await;
}
