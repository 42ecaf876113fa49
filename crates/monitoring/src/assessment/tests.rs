//! Two assessors, blind to each other; the rules that keep them so.

use domain::assessment::AssessmentState;
use domain::cycle::Jurisdiction;
use domain::ids::{AssessmentId, EvidenceId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::AppError;
use store::row::{cycle, evidence};
use testkit::{Coalition, Stage, on_both};

use super::{Assign, Reconcile, Submit, Take, assign, get, reconcile, submit, take_position};
use crate::interest::{Declare, declare};

/// A cycle in the assessing state with one assigned provision and one item of evidence.
async fn assigned(stage: &Stage, coalition: &Coalition) -> (AssessmentId, EvidenceId) {
    let provisions = testkit::provision::provisions(stage, &[("10(1).1", "mandatory"), ("29(4)", "optional")]).await;
    let cx = stage.cx(&coalition.coordinator);
    let open = crate::cycle::Open {
        code: "2024".into(),
        title: "Audit 2024".into(),
        period_start: "2024-01-01".into(),
        period_end: "2024-12-31".into(),
        cutoff_on: "2025-03-31".into(),
        ..crate::cycle::Open::default()
    };
    let cycle = crate::cycle::open(&cx, open).await.expect("a cycle opens");
    crate::cycle::advance(&cx, cycle).await.expect("gathering");
    crate::cycle::advance(&cx, cycle).await.expect("assessing");
    let input = Assign {
        cycle,
        provision: provisions[0],
        jurisdiction: Jurisdiction::Uk,
        first: coalition.first_assessor.member.expect("a member"),
        second: coalition.second_assessor.member.expect("a member"),
    };
    let refused = assign(
        &cx,
        Assign {
            provision: provisions[1],
            ..input
        },
    )
    .await;
    assert!(
        matches!(refused, Err(AppError::Refused(_))),
        "an optional provision is never rated"
    );
    let refused = assign(
        &cx,
        Assign {
            second: coalition.first_assessor.member.expect("a member"),
            ..input
        },
    )
    .await;
    assert!(
        matches!(refused, Err(AppError::Invalid(_))),
        "two assessors of one organisation"
    );
    let id = assign(&cx, input).await.expect("assigned");
    (id, item(stage, coalition).await)
}

async fn item(stage: &Stage, coalition: &Coalition) -> EvidenceId {
    use domain::ids::IdSource as _;
    let id = stage.ids.ordered();
    let tx = stage.db.begin().await.expect("a transaction");
    evidence::ActiveModel {
        id: Set(id),
        organisation_id: Set(coalition.organisations[0].0),
        member_id: Set(coalition.first_assessor.member.expect("a member").0),
        kind: Set("document".into()),
        title: Set("A note".into()),
        summary: Set(String::new()),
        origin: Set(String::new()),
        publisher: Set("Someone".into()),
        publisher_folded: Set("someone".into()),
        derived_from_id: Set(None),
        source_url: Set(String::new()),
        effective_on: Set("2024-05-01".into()),
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

fn rating(score: &str, cites: EvidenceId) -> Submit {
    Submit {
        structure: score.into(),
        process: "2".into(),
        outcome: "1".into(),
        confidence: "moderate".into(),
        reasons: "Because the note says so.".into(),
        cites: vec![cites],
    }
}

#[tokio::test]
async fn an_assessor_sees_the_other_rating_only_when_both_are_in() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (id, note) = assigned(stage, &coalition).await;
        let (first, second) = (
            stage.cx(&coalition.first_assessor),
            stage.cx(&coalition.second_assessor),
        );
        submit(&first, id, rating("3", note)).await.expect("the first submits");
        for cx in [&second, &stage.cx(&coalition.coordinator)] {
            let seen = get(cx, id).await.expect("visible");
            let of_first = seen
                .opinions
                .iter()
                .find(|o| Some(o.opinion.member_id) == coalition.first_assessor.member.map(|m| m.0))
                .expect("a seat");
            assert!(
                of_first.is_sealed
                    && of_first.opinion.structure.is_none()
                    && of_first.opinion.reasons.is_empty()
                    && of_first.cites.is_empty()
            );
        }
        let again = submit(&first, id, rating("4", note)).await;
        assert!(matches!(again, Err(AppError::Refused(_))), "a rating is submitted once");
        submit(&second, id, rating("1", note))
            .await
            .expect("the second submits");
        let seen = get(&second, id).await.expect("visible");
        assert_eq!(seen.row.state, AssessmentState::Reconciling.code());
        assert!(
            seen.opinions
                .iter()
                .all(|opinion| !opinion.is_sealed && opinion.opinion.structure.is_some())
        );
    })
    .await;
}

#[tokio::test]
async fn only_the_assigned_may_rate() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (id, note) = assigned(stage, &coalition).await;
        for (name, actor) in coalition.everyone() {
            if name != "assessor" {
                let refused = submit(&stage.cx(actor), id, rating("3", note)).await;
                assert!(matches!(refused, Err(AppError::Forbidden(_))), "{name}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_reconciled_rating_clears_the_positions_and_needs_the_newest_revision() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (id, note) = assigned(stage, &coalition).await;
        let coordinator = stage.cx(&coalition.coordinator);
        let input = Reconcile {
            rating: rating("2", note),
            trend: "same".into(),
            revision: 1,
        };
        let early = reconcile(&coordinator, id, input.clone()).await;
        assert!(matches!(early, Err(AppError::Refused(_))), "both must submit first");
        submit(&stage.cx(&coalition.first_assessor), id, rating("3", note))
            .await
            .expect("in");
        submit(&stage.cx(&coalition.second_assessor), id, rating("1", note))
            .await
            .expect("in");
        reconcile(&coordinator, id, input.clone()).await.expect("reconciled");
        let dissent = Take {
            stance: "dissent".into(),
            reason: String::new(),
        };
        assert!(
            matches!(
                take_position(&stage.cx(&coalition.first_manager), id, dissent).await,
                Err(AppError::Invalid(_))
            ),
            "a dissent gives its reason"
        );
        let dissent = Take {
            stance: "dissent".into(),
            reason: "The note is old.".into(),
        };
        take_position(&stage.cx(&coalition.first_manager), id, dissent)
            .await
            .expect("taken");
        let seen = get(&coordinator, id).await.expect("visible");
        let answered: Vec<bool> = seen
            .positions
            .iter()
            .map(|standing| standing.position.is_some())
            .collect();
        assert_eq!(answered, [true, false, false], "silence is recorded as silence");
        assert!(
            matches!(
                reconcile(&coordinator, id, input.clone()).await,
                Err(AppError::Conflict(_))
            ),
            "an old revision"
        );
        reconcile(&coordinator, id, Reconcile { revision: 2, ..input })
            .await
            .expect("changed");
        let seen = get(&coordinator, id).await.expect("visible");
        assert!(seen.positions.iter().all(|standing| standing.position.is_none()));
    })
    .await;
}

#[tokio::test]
async fn a_declared_interest_bars_even_after_assignment() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (id, note) = assigned(stage, &coalition).await;
        let cx = stage.cx(&coalition.first_assessor);
        let provision = get(&cx, id).await.expect("visible").provision.id;
        let interest = Declare {
            is_personal: true,
            kind: "party".into(),
            provision: Some(provision.into()),
            words: "Acts in a case on it.".into(),
            bars: true,
            ..Declare::default()
        };
        declare(&cx, interest).await.expect("declared");
        let refused = submit(&cx, id, rating("3", note)).await;
        assert!(matches!(refused, Err(AppError::Refused(words)) if words.contains("Acts in a case on it.")));
    })
    .await;
}

#[tokio::test]
async fn a_cycle_with_open_assessments_does_not_close_and_a_new_one_carries_them_forward_unrated() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let (id, note) = assigned(stage, &coalition).await;
        let cx = stage.cx(&coalition.coordinator);
        let cycle = domain::ids::CycleId(get(&cx, id).await.expect("visible").row.cycle_id);
        let refused = crate::cycle::advance(&cx, cycle).await;
        assert!(matches!(refused, Err(AppError::Refused(words)) if words.contains("10(1).1")));
        submit(&stage.cx(&coalition.first_assessor), id, rating("3", note))
            .await
            .expect("in");
        submit(&stage.cx(&coalition.second_assessor), id, rating("1", note))
            .await
            .expect("in");
        reconcile(
            &cx,
            id,
            Reconcile {
                rating: rating("2", note),
                trend: "new".into(),
                revision: 1,
            },
        )
        .await
        .expect("reconciled");
        crate::cycle::advance(&cx, cycle).await.expect("closed");
        let next = crate::cycle::Open {
            code: "2025".into(),
            title: "Audit 2025".into(),
            period_start: "2025-01-01".into(),
            period_end: "2025-12-31".into(),
            cutoff_on: "2026-03-31".into(),
            previous: "2024".into(),
            ..crate::cycle::Open::default()
        };
        let next = crate::cycle::open(&cx, next).await.expect("opens");
        let carried = super::list(&cx, next).await.expect("visible");
        assert_eq!(carried.len(), 1);
        assert_eq!(carried[0].row.carried_from_id, Some(id.0));
        assert_eq!(
            (
                carried[0].row.state.as_str(),
                &carried[0].row.structure,
                carried[0].n_in
            ),
            ("open", &None, 0)
        );
        let seats = get(&cx, AssessmentId(carried[0].row.id))
            .await
            .expect("visible")
            .opinions
            .len();
        assert_eq!(seats, 2, "the assessors come along");
        let earlier = cycle::Entity::find_by_id(cycle.0)
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("kept");
        assert_eq!(earlier.state, "closed");
    })
    .await;
}
